import { ExecutionStatus } from "perdure/engine";
import type { JSX } from "preact";
import { clockTime, statusLabel } from "./labels.ts";
import type { Playground } from "./playground.ts";
import { VirtualList } from "./virtual-list.tsx";

interface ExecutionListProps {
  readonly playground: Playground;
  readonly onOpen: () => void;
}

export function ExecutionList({ playground, onOpen }: ExecutionListProps): JSX.Element {
  return (
    <div class="executions">
      <Filters playground={playground} />
      <VirtualList
        id="execution"
        label="Executions"
        items={playground.rows.value}
        keyOf={({ id }) => id}
        selected={playground.selected.value}
        onSelect={({ id }) => playground.select(id)}
        empty="No execution here."
        render={({ functionName, name, status, startedAt, halted }) => (
          <span class="cells">
            <span class="cell-main">{functionName}</span>
            <span class="cell-text">{name}</span>
            <span class={`status status-${halted === true ? "HALTED" : status}`}>
              {halted === true ? "halted" : statusLabel(status)}
            </span>
            <time class="cell-time" dateTime={new Date(startedAt).toISOString()}>
              {clockTime(startedAt)}
            </time>
          </span>
        )}
      />
      <Actions playground={playground} onOpen={onOpen} />
    </div>
  );
}

function Filters({ playground }: { readonly playground: Playground }): JSX.Element {
  return (
    <div class="filters">
      <label>
        Function
        <input
          value={playground.functionName.value}
          placeholder="all"
          onChange={({ currentTarget }) => {
            playground.functionName.value = currentTarget.value;
            void playground.list();
          }}
        />
      </label>
      <label>
        Status
        <select
          value={playground.status.value ?? ""}
          onChange={({ currentTarget }) => {
            playground.status.value = Object.values(ExecutionStatus).find((each) => each === currentTarget.value);
            void playground.list();
          }}
        >
          <option value="">all</option>
          {Object.values(ExecutionStatus).map((status) => (
            <option key={status} value={status}>
              {statusLabel(status)}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="quiet" onClick={() => void playground.list()}>
        Refresh
      </button>
    </div>
  );
}

function Actions({ playground, onOpen }: ExecutionListProps): JSX.Element {
  void playground.revision.value;
  const isNone = playground.selected.value === undefined;
  const isLocal = !playground.isRemote.value;
  return (
    <div class="buttons">
      <button type="button" disabled={isNone} onClick={onOpen}>
        Open
      </button>
      <button type="button" disabled={isNone || playground.view.value.isEnded} onClick={() => void playground.stop()}>
        Stop
      </button>
      <button type="button" disabled={isNone} onClick={() => download(playground.exportLog())}>
        Export
      </button>
      {isLocal && (
        <>
          <button type="button" disabled={isNone} onClick={() => void playground.replay()}>
            Replay with this code
          </button>
          <button type="button" disabled={isNone} onClick={() => void playground.purge()}>
            Purge
          </button>
          <label class="button">
            Import
            <input
              type="file"
              accept="application/json"
              class="sr"
              onChange={(event) => void importFrom(event, playground)}
            />
          </label>
        </>
      )}
    </div>
  );
}

function download({ name, text }: ReturnType<Playground["exportLog"]>): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

async function importFrom({ currentTarget }: Event, playground: Playground): Promise<void> {
  const input = currentTarget as HTMLInputElement;
  const text = await input.files?.[0]?.text();
  input.value = "";
  if (text !== undefined) await playground.importLog(text);
}
