import type { Operation } from "perdure/engine";
import type { ComponentChildren, JSX } from "preact";
import type { Span, Track } from "../model/execution-view.ts";
import { FailureText, textOfFailure } from "./failure-text.tsx";
import { clockTime, duration, moment, placedKind, pretty, remaining, statusLabel } from "./labels.ts";
import { LogLinesList, type ShownLogLine } from "./log-lines.tsx";
import { Payload } from "./payload.tsx";

export interface OperationDetailsProps {
  readonly operation: Operation;
  readonly track: Track;
  /** The commit that is looked at. */
  readonly seq: number;
  /** Ms since the epoch. */
  readonly now: number;
  /** The line of the code that called the operation. */
  readonly line: number | undefined;
  /** The number of times that the operation's function has run since the page was opened. */
  readonly runs: number;
  readonly lines: readonly ShownLogLine[];
  /** Its last error as the code threw it. */
  readonly thrown: { readonly stack: string; readonly line?: number } | undefined;
  readonly onClose: () => void;
  readonly onLine: (line: number) => void;
  /** The buttons for what can be done from it on. */
  readonly deeds?: ComponentChildren;
  /** The form of the chosen action. */
  readonly form?: ComponentChildren;
  /** Further sections about the operation. */
  readonly children?: ComponentChildren;
}

/** The facts about the chosen operation at the chosen commit. */
export function OperationDetails(props: OperationDetailsProps): JSX.Element {
  const { track, lines, onClose, onLine, deeds, form } = props;
  return (
    <section class="details" aria-label="Chosen operation" tabIndex={0}>
      <div class="details-head">
        <h3 class="grow">{track.title}</h3>
        {deeds}
        <button type="button" class="quiet" title="Back to the execution as a whole." onClick={onClose}>
          Close
        </button>
      </div>
      {form}
      <Facts {...props} />
      <Attempts {...props} />
      <Payloads {...props} />
      {props.children}
      <LogLinesList lines={lines} onLine={onLine} />
    </section>
  );
}

function Facts({ operation, track, seq, now, line, runs }: OperationDetailsProps): JSX.Element {
  const wasCutOff = track.spans.some((span) => span.wasCutOff === true && (span.toSeq ?? 0) <= seq);
  return (
    <dl class="facts">
      <Fact name="Kind" value={placedKind(operation)} />
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

/** The newest ones. */
const MOST_ATTEMPTS = 20;

function Attempts({ track, seq }: OperationDetailsProps): JSX.Element | null {
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

function pauseAfter(span: Span, spans: readonly Span[]): Span | undefined {
  const next = spans[spans.indexOf(span) + 1];
  return next?.kind === "pause" ? next : undefined;
}

function attemptText(span: Span, pause: Span | undefined, seq: number): string {
  const isOpen = span.to === undefined || (span.toSeq ?? 0) > seq;
  if (isOpen) return `since ${clockTime(span.from)}`;
  const took = `${clockTime(span.from)}, ${duration((span.to ?? span.from) - span.from)}`;
  const error = span.error === undefined ? "" : `: ${textOfFailure(span.error)}`;
  const isOver = pause?.to !== undefined && (pause.toSeq ?? 0) <= seq;
  return `${took}${isOver ? error.replace(/\.$/, "") : error}${isOver ? `; then ${duration((pause.to ?? pause.from) - pause.from)} of pause` : ""}`;
}

function Payloads({ operation, track, seq, thrown, onLine }: OperationDetailsProps): JSX.Element | null {
  const input = "input" in operation ? operation.input : undefined;
  const { result } = operation;
  // A step that is tried again shows the error of its last attempt.
  const error = operation.error ?? track.spans.findLast(({ toSeq }) => (toSeq ?? seq + 1) <= seq)?.error;
  if (input === undefined && result === undefined && error === undefined) return null;
  return (
    <dl class="payloads">
      {input !== undefined && <Payload name="Input" text={pretty(input)} />}
      {result !== undefined && <Payload name="Result" text={pretty(result)} />}
      {error !== undefined && result === undefined && <FailureText {...{ error, thrown, onLine }} />}
    </dl>
  );
}

export function Fact({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function timeOf({ startedAt, endedAt }: Operation, now: number): string {
  const began = clockTime(startedAt);
  return endedAt === undefined
    ? `since ${began}, ${duration(now - startedAt)}`
    : `${began}, ${duration(endedAt - startedAt)}`;
}

/** The facts of the operation's type alone, by name: the time when it is due or given up, or its callee. */
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
