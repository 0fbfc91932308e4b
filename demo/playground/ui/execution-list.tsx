import { type DirectoryRow, ExecutionStatus } from "perdure/engine";
import type { ComponentChildren, JSX } from "preact";
import { stateOfRow } from "../../../console/views/model/execution-state.ts";
import { listTime, statusLabel } from "../../../console/views/ui/labels.ts";
import { TagList } from "../../../console/views/ui/tag-list.tsx";
import { VirtualList } from "../../../console/views/ui/virtual-list.tsx";
import { FunctionSelect } from "./function-select.tsx";

export interface ExecutionFilter {
  /** Empty for all. */
  readonly functionName: string;
  readonly status: ExecutionStatus | undefined;
  /** `key=value`; empty for all. */
  readonly tag: string;
}

export interface ExecutionListProps {
  readonly rows: readonly DirectoryRow[];
  /** The query of the rows: a change of it makes another list. */
  readonly question: string;
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
  /** The actions on the selected execution. */
  readonly children: ComponentChildren;
}

export function ExecutionList(props: ExecutionListProps): JSX.Element {
  return (
    <div class="executions">
      <Filters {...props} />
      <VirtualList
        key={props.question}
        id="execution"
        label="Executions"
        items={props.rows}
        keyOf={({ id }) => id}
        selected={props.selected}
        onSelect={({ id }) => props.onSelect(id)}
        onOpen={props.onOpen}
        holdsStill
        empty={props.empty}
        render={(row) => <Row row={row} now={props.now} />}
      />
      {props.children}
    </div>
  );
}

interface RowProps {
  readonly row: DirectoryRow;
  readonly now: number;
}

function Row({ row, now }: RowProps): JSX.Element {
  const { functionName, name, tags, startedAt, startAt } = row;
  const state = stateOfRow(row, now);
  const isToCome = state === "SCHEDULED";
  const at = isToCome ? (startAt ?? startedAt) : startedAt;
  return (
    <span class="cells">
      <span class="cell-main">{functionName}</span>
      <span class="cell-text">{name}</span>
      <span class="cell-tags">
        <TagList tags={tags} />
      </span>
      <span class={`status status-${state}`}>{statusLabel(state)}</span>
      <time
        class="cell-time"
        dateTime={new Date(at).toISOString()}
        title={isToCome ? "It begins then." : "It was started then."}
      >
        {isToCome && <span class="sr">begins </span>}
        {listTime(at, now)}
      </time>
    </span>
  );
}

function Filters({ filter, functionNames, onFilter, onRefresh }: ExecutionListProps): JSX.Element {
  return (
    <div class="filters">
      <FunctionSelect
        label="Function"
        functionNames={functionNames}
        value={filter.functionName}
        hasAll
        onChoose={(functionName) => onFilter({ functionName })}
      />
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
      <label>
        Tag
        <input
          value={filter.tag}
          placeholder="key=value"
          size={10}
          spellcheck={false}
          autoComplete="off"
          onInput={({ currentTarget }) => onFilter({ tag: currentTarget.value })}
        />
      </label>
      <button type="button" class="quiet" onClick={onRefresh}>
        Refresh
      </button>
    </div>
  );
}
