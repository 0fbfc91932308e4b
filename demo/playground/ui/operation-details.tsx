import type { Failure, Operation } from "perdure/engine";
import type { JSX } from "preact";
import { operationAt, type Span, type Track } from "../model/execution-view.ts";
import { clockTime, duration, kindLabel, moment, pretty, remaining, statusLabel, titleOf } from "./labels.ts";
import type { Playground } from "./playground.ts";

/** What is known of the chosen operation at the chosen commit. */
export function OperationDetails({ playground }: { readonly playground: Playground }): JSX.Element | null {
  void playground.revision.value;
  const id = playground.operationId.value;
  const track = id === undefined ? undefined : playground.view.value.track(id);
  const operation = track === undefined ? undefined : operationAt(track, playground.seq.value);
  if (track === undefined || operation === undefined) return <NoDetails playground={playground} />;
  return (
    <section class="details" aria-label="Chosen operation">
      <div class="details-head">
        <h3 class="grow">{titleOf(operation)}</h3>
        {!playground.isRemote.value && (
          <button
            type="button"
            title="Starts a new execution that has the log up to here, and runs from here with the code in the editor."
            onClick={() => void playground.restartFrom(operation.id)}
          >
            Restart from here
          </button>
        )}
      </div>
      <Facts operation={operation} playground={playground} />
      <Attempts track={track} playground={playground} />
      <Payloads operation={operation} />
    </section>
  );
}

function NoDetails({ playground }: { readonly playground: Playground }): JSX.Element | null {
  void playground.revision.value;
  if (playground.view.value.tracks.length === 0) return null;
  return (
    <section class="details" aria-label="Chosen operation">
      <p class="hint">Choose an operation, with a click or the arrow keys, to see its result, attempts and line.</p>
    </section>
  );
}

function Facts({
  operation,
  playground,
}: {
  readonly operation: Operation;
  readonly playground: Playground;
}): JSX.Element {
  void playground.revision.value;
  const execution = playground.selected.value ?? "";
  const line = playground.sites.recorded(execution, operation.id)?.line;
  const runs = playground.sites.runs(execution, operation.id);
  const now = playground.moment.value;
  const { spans = [] } = playground.view.value.track(operation.id) ?? {};
  const wasCutOff = spans.some((span) => span.wasCutOff === true && (span.toSeq ?? 0) <= playground.seq.value);
  return (
    <dl class="facts">
      <Fact name="Kind" value={`${kindLabel(operation)}, position ${operation.id}`} />
      <Fact name="Status" value={statusLabel(operation.status)} />
      <Fact name="Time" value={timeOf(operation, now)} />
      {line !== undefined && <Fact name="Line" value={String(line)} />}
      {runs > 0 && <Fact name="Ran" value={`${runs} ${runs === 1 ? "time" : "times"} since this page was opened`} />}
      {wasCutOff && <Fact name="Again" value="cut off when its worker died, and done again" />}
      {ownFacts(operation, now).map(([name, value]) => (
        <Fact key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function Attempts({
  track,
  playground,
}: {
  readonly track: Track;
  readonly playground: Playground;
}): JSX.Element | null {
  void playground.revision.value;
  const seq = playground.seq.value;
  const spans = track.spans.filter(({ fromSeq }) => fromSeq <= seq);
  const attempts = spans.filter(({ kind }) => kind === "work");
  if (spans.length < 2) return null;
  const newest = attempts.length;
  return (
    <ol class="attempts" aria-label="Attempts">
      {attempts.slice(-MOST_ATTEMPTS).map((span, index) => (
        <li key={span.from} value={Math.max(0, newest - MOST_ATTEMPTS) + index + 1}>
          {attemptText(span, pauseAfter(span, spans), seq)}
        </li>
      ))}
    </ol>
  );
}

/** The newest ones. */
const MOST_ATTEMPTS = 20;

function pauseAfter(span: Span, spans: readonly Span[]): Span | undefined {
  const next = spans[spans.indexOf(span) + 1];
  return next?.kind === "pause" ? next : undefined;
}

function attemptText(span: Span, pause: Span | undefined, seq: number): string {
  const isOpen = span.to === undefined || (span.toSeq ?? 0) > seq;
  if (isOpen) return `since ${clockTime(span.from)}`;
  const took = `${clockTime(span.from)}, ${duration((span.to ?? span.from) - span.from)}`;
  const error = span.error === undefined ? "" : `: ${textOf(span.error)}`;
  const isOver = pause?.to !== undefined && (pause.toSeq ?? 0) <= seq;
  return `${took}${error}${isOver ? `; then ${duration((pause.to ?? pause.from) - pause.from)} of pause` : ""}`;
}

function Payloads({ operation }: { readonly operation: Operation }): JSX.Element | null {
  const input = "input" in operation ? operation.input : undefined;
  const { result, error } = operation;
  if (input === undefined && result === undefined && error === undefined) return null;
  return (
    <dl class="payloads">
      {input !== undefined && <Fact name="Input" value={pretty(input)} isCode />}
      {result !== undefined && <Fact name="Result" value={pretty(result)} isCode />}
      {error !== undefined && <Fact name="Error" value={textOf(error)} isCode />}
      {error?.errorData !== undefined && <Fact name="Data" value={pretty(error.errorData)} isCode />}
      {error?.stackTrace !== undefined && error.stackTrace.length > 0 && (
        <Fact name="Stack" value={error.stackTrace.join("\n")} isCode />
      )}
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly isCode?: boolean;
}

function Fact({ name, value, isCode = false }: FactProps): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isCode ? "code" : ""}>{value}</dd>
    </div>
  );
}

function timeOf({ startedAt, endedAt }: Operation, now: number): string {
  const began = clockTime(startedAt);
  return endedAt === undefined
    ? `since ${began}, ${duration(now - startedAt)}`
    : `${began}, ${duration(endedAt - startedAt)}`;
}

/** What operations of its type alone have, by name: when it is due or given up, or what it calls. */
function ownFacts(operation: Operation, now: number): readonly (readonly [string, string])[] {
  const at = (name: string, time: number | undefined): readonly (readonly [string, string])[] =>
    time === undefined
      ? []
      : [[name, operation.endedAt === undefined ? `${moment(time)}, in ${remaining(time - now)}` : moment(time)]];
  switch (operation.type) {
    case "WAIT":
      return at("Due", operation.dueAt);
    case "STEP":
      return operation.status === "PENDING" ? at("Next", operation.nextAttemptAt) : [];
    case "CALLBACK":
      return [...at("Times out", operation.timeoutAt), ...at("Heartbeat", operation.heartbeatAt)];
    case "CHAINED_INVOKE":
      return [["Function", operation.functionName]];
    case "CONTEXT":
      return [];
    default:
      return operation satisfies never;
  }
}

function textOf({ errorType = "Error", errorMessage = "" }: Failure): string {
  return `${errorType}: ${errorMessage}`;
}
