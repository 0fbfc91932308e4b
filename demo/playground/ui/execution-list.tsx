import { type DirectoryRow, ExecutionStatus } from "perdure/engine";
import type { ComponentChildren, JSX } from "preact";
import { listTime, statusLabel } from "../../../console/views/ui/labels.ts";
import { VirtualList } from "../../../console/views/ui/virtual-list.tsx";

export interface ExecutionFilter {
  /** Empty for all. */
  readonly functionName: string;
  readonly status: ExecutionStatus | undefined;
}

export interface ExecutionListProps {
  readonly rows: readonly DirectoryRow[];
  readonly filter: ExecutionFilter;
  /** Those that can be chosen from. */
  readonly functionNames: readonly string[];
  readonly selected: string | undefined;
  /** Ms since the epoch. */
  readonly now: number;
  readonly empty: string;
  readonly onFilter: (change: Partial<ExecutionFilter>) => void;
  readonly onRefresh: () => void;
  readonly onSelect: (id: string) => void;
  readonly onOpen: () => void;
  /** What can be done with the selected one. */
  readonly children: ComponentChildren;
}

export function ExecutionList(props: ExecutionListProps): JSX.Element {
  return (
    <div class="executions">
      <Filters {...props} />
      <VirtualList
        id="execution"
        label="Executions"
        items={props.rows}
        keyOf={({ id }) => id}
        selected={props.selected}
        onSelect={({ id }) => props.onSelect(id)}
        onOpen={props.onOpen}
        empty={props.empty}
        render={({ functionName, name, status, startedAt, halted }) => (
          <span class="cells">
            <span class="cell-main">{functionName}</span>
            <span class="cell-text">{name}</span>
            <span class={`status status-${halted === true ? "HALTED" : status}`}>
              {halted === true ? "halted" : statusLabel(status)}
            </span>
            <time class="cell-time" dateTime={new Date(startedAt).toISOString()}>
              {listTime(startedAt, props.now)}
            </time>
          </span>
        )}
      />
      {props.children}
    </div>
  );
}

function Filters({ filter, functionNames, onFilter, onRefresh }: ExecutionListProps): JSX.Element {
  return (
    <div class="filters">
      <label>
        Function
        <select
          value={filter.functionName}
          onChange={({ currentTarget }) => onFilter({ functionName: currentTarget.value })}
        >
          <option value="">all</option>
          {functionNames.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Status
        <select
          value={filter.status ?? ""}
          onChange={({ currentTarget }) =>
            onFilter({ status: Object.values(ExecutionStatus).find((each) => each === currentTarget.value) })
          }
        >
          <option value="">all</option>
          {Object.values(ExecutionStatus).map((status) => (
            <option key={status} value={status}>
              {statusLabel(status)}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="quiet" onClick={onRefresh}>
        Refresh
      </button>
    </div>
  );
}
