import type { Operation } from "perdure/engine";
import type { JSX } from "preact";
import { operationAt } from "../model/execution-view.ts";
import { clockTime, duration, kindLabel, pretty, statusLabel, titleOf } from "./labels.ts";
import type { Playground } from "./playground.ts";

/** What is known of the chosen operation at the chosen commit. */
export function OperationDetails({ playground }: { readonly playground: Playground }): JSX.Element | null {
  void playground.revision.value;
  const id = playground.operationId.value;
  const track = id === undefined ? undefined : playground.view.value.track(id);
  const operation = track === undefined ? undefined : operationAt(track, playground.seq.value);
  if (id === undefined || operation === undefined) return null;
  const execution = playground.selected.value ?? "";
  const line = playground.sites.recorded(execution, id)?.line;
  const runs = playground.sites.runs(execution, id);
  return (
    <section class="details" aria-label="Chosen operation">
      <div class="pane-head">
        <h3 class="grow">{titleOf(operation)}</h3>
        {!playground.isRemote.value && (
          <button type="button" onClick={() => void playground.restartFrom(id)}>
            Restart from here
          </button>
        )}
      </div>
      <dl>
        <Fact name="Kind" value={`${kindLabel(operation)}, position ${id}`} />
        <Fact name="Status" value={statusLabel(operation.status)} />
        <Fact name="Time" value={timeOf(operation)} />
        {operation.type === "STEP" && <Fact name="Attempts" value={String(operation.attempt)} />}
        {operation.type === "WAIT" && <Fact name="Due" value={new Date(operation.dueAt).toLocaleString()} />}
        {runs > 0 && <Fact name="Ran" value={`${runs} ${runs === 1 ? "time" : "times"} since this page was opened`} />}
        {line !== undefined && <Fact name="Line" value={String(line)} />}
        {operation.type === "CHAINED_INVOKE" && (
          <Fact name="Input" value={pretty(operation.input ?? "nothing")} isCode />
        )}
        {operation.result !== undefined && <Fact name="Result" value={pretty(operation.result)} isCode />}
        {operation.error !== undefined && (
          <Fact
            name="Error"
            value={`${operation.error.errorType ?? "Error"}: ${operation.error.errorMessage ?? ""}`}
            isCode
          />
        )}
      </dl>
    </section>
  );
}

function Fact({
  name,
  value,
  isCode,
}: {
  readonly name: string;
  readonly value: string;
  readonly isCode?: boolean;
}): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isCode === true ? "code" : ""}>{value}</dd>
    </div>
  );
}

function timeOf({ startedAt, endedAt }: Operation): string {
  const began = clockTime(startedAt);
  return endedAt === undefined ? `since ${began}` : `${began}, ${duration(endedAt - startedAt)}`;
}
