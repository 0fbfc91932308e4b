import { useSignal } from "@preact/signals";
import { ExecutionStatus } from "perdure/engine";
import type { JSX } from "preact";
import { listTime, statusLabel } from "./labels.ts";
import type { Playground } from "./playground.ts";
import { VerdictPanel } from "./verdict-panel.tsx";
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
        onOpen={onOpen}
        empty={emptyText(playground)}
        render={({ functionName, name, status, startedAt, halted }) => (
          <span class="cells">
            <span class="cell-main">{functionName}</span>
            <span class="cell-text">{name}</span>
            <span class={`status status-${halted === true ? "HALTED" : status}`}>
              {halted === true ? "halted" : statusLabel(status)}
            </span>
            <time class="cell-time" dateTime={new Date(startedAt).toISOString()}>
              {listTime(startedAt, playground.now.value)}
            </time>
          </span>
        )}
      />
      <VerdictPanel playground={playground} />
      <Actions playground={playground} onOpen={onOpen} />
    </div>
  );
}

function emptyText({ functionName, status, isRemote }: Playground): string {
  if (functionName.value !== "" || status.value !== undefined) return "No execution is like that. Change the filter.";
  return isRemote.value ? "The Worker has no execution yet." : "No execution yet. Run starts one.";
}

function Filters({ playground }: { readonly playground: Playground }): JSX.Element {
  return (
    <div class="filters">
      <label>
        Function
        <select
          value={playground.functionName.value}
          onChange={({ currentTarget }) => {
            playground.functionName.value = currentTarget.value;
            void playground.list();
          }}
        >
          <option value="">all</option>
          {playground.functionNames.value.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
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
          <button
            type="button"
            disabled={isNone}
            title="Would the code in the editor make the same calls as this log? Nothing is done and nothing is written."
            onClick={() => void playground.replay()}
          >
            Replay with this code
          </button>
          <PurgeButton playground={playground} isNone={isNone} />
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

/** A log that is gone is gone, so it takes two presses. */
function PurgeButton({
  playground,
  isNone,
}: {
  readonly playground: Playground;
  readonly isNone: boolean;
}): JSX.Element {
  const asked = useSignal<string | undefined>(undefined);
  const id = playground.selected.value;
  if (id === undefined || asked.value !== id) {
    return (
      <button
        type="button"
        disabled={isNone}
        title="Removes the execution and its log."
        onClick={() => (asked.value = id)}
      >
        Purge
      </button>
    );
  }
  const answer = (work: () => void) => () => {
    asked.value = undefined;
    work();
  };
  return (
    <span class="confirm">
      Remove its log?
      <button type="button" class="danger" ref={focusOnce} onClick={answer(() => void playground.purge())}>
        Purge for good
      </button>
      <button type="button" onClick={answer(() => undefined)}>
        Keep it
      </button>
    </span>
  );
}

/** The button that was pressed is gone; the question takes its focus. */
function focusOnce(button: HTMLButtonElement | null): void {
  button?.focus();
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
