import type { Operation } from "perdure/engine";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { isReplayed, type RunAt } from "../model/code-run.ts";
import { type ExecutionView, operationAt, type Span, type Track } from "../model/execution-view.ts";
import { outlineOf } from "../model/outline.ts";
import { waitingFor } from "../model/situation.ts";
import { linearAxis, timeAxis, type TimeAxis, type TimeWindow } from "../model/time-axis.ts";
import { kindLabel } from "../model/titles.ts";
import { statusLabel } from "./labels.ts";
import { isCutOff, timeText, timeTitle } from "./time-text.ts";
import { TimelineHead, TimelineMarks } from "./timeline-scale.tsx";
import { type TreeRows, VirtualList } from "./virtual-list.tsx";

export interface TimelineProps {
  readonly view: ExecutionView;
  /** Changes when the view has: it is changed in place. */
  readonly revision: number;
  /** The commit that is looked at. */
  readonly seq: number;
  readonly isLive: boolean;
  /** The present, and the time at the commit that is looked at; ms since the epoch. */
  readonly present: number;
  readonly now: number;
  readonly run: RunAt | undefined;
  /** When the worker died, while there is no other; ms since the epoch. */
  readonly diedAt: number | undefined;
  /** The operation in whose place the code called another one. */
  readonly partedAt: string | undefined;
  readonly selected: string | undefined;
  readonly onSelect: (operationId: string) => void;
  /** The window of a linear scale; undefined for the logarithmic one of all. */
  readonly window?: TimeWindow | undefined;
  /** Ids of operations of which what is in them is not shown; without it nothing can be folded. */
  readonly folded?: ReadonlySet<string>;
  readonly onFold?: (operationId: string) => void;
}

/** Operations as a tree, each with a lane that shows when it worked, paused and waited, and when it goes on. */
export function Timeline(props: TimelineProps): JSX.Element {
  const { view, revision, seq, isLive, present, now, run, diedAt, partedAt } = props;
  const stops = useMemo(() => stopsOf(view), [view, revision]);
  const { window, folded = NONE, onFold } = props;
  const axis = useMemo(
    () => (window === undefined ? timeAxis(withPresent(stops, view, present)) : linearAxis(window)),
    [stops, view, present, window],
  );
  const tracks = useMemo(() => outlineOf(view.tracks, folded, seq), [view, revision, seq, folded]);
  const isEmpty = tracks.length === 0;
  return (
    <div class={window === undefined ? "timeline" : "timeline timeline-linear"}>
      {!isEmpty && <TimelineHead {...{ view, seq, axis, now, run, window }} />}
      {!isEmpty && <TimelineMarks {...{ view, seq, axis, now, run, window }} />}
      <VirtualList
        id="operation"
        label="Operations"
        items={tracks}
        keyOf={({ id }) => id}
        selected={props.selected}
        onSelect={({ id }) => props.onSelect(id)}
        follow={isLive}
        revealed={isLive ? undefined : view.newestAt(seq)?.id}
        empty={emptyText(view, now)}
        {...(onFold === undefined ? {} : { tree: treeOf(folded, onFold) })}
        render={(track) => <Row {...{ track, seq, axis, now, view, run, diedAt, partedAt, folded, onFold }} />}
      />
    </div>
  );
}

function emptyText({ header }: ExecutionView, now: number): string {
  const isToCome = header?.status === "RUNNING" && (header.startAt ?? now) > now;
  const first = isToCome ? "No operation yet: its time has not come." : "No operation yet.";
  return `${first} What the code does through its context appears here.`;
}

const NONE: ReadonlySet<string> = new Set();

function treeOf(folded: ReadonlySet<string>, onFold: (operationId: string) => void): TreeRows<Track> {
  return {
    level: ({ depth }) => depth,
    isOpen: ({ id, children }) => (children.length === 0 ? undefined : !folded.has(id)),
    onToggle: ({ id }) => onFold(id),
  };
}

interface RowProps {
  readonly track: Track;
  readonly seq: number;
  readonly axis: TimeAxis;
  readonly now: number;
  readonly view: ExecutionView;
  readonly run: RunAt | undefined;
  readonly diedAt: number | undefined;
  readonly partedAt: string | undefined;
  readonly folded: ReadonlySet<string>;
  readonly onFold: ((operationId: string) => void) | undefined;
}

function Row({ track, seq, axis, now, view, run, diedAt, partedAt, folded, onFold }: RowProps): JSX.Element {
  const operation = operationAt(track, seq);
  if (operation === undefined) return <span />;
  const wasDoneAgain = track.spans.some(({ wasCutOff, toSeq = 0 }) => wasCutOff === true && toSeq <= seq);
  const isFromLog = isReplayed(view, track.id, run, partedAt);
  return (
    <>
      <span class="row-name" style={{ paddingInlineStart: `${track.depth * 14}px` }}>
        {onFold !== undefined && <Fold track={track} isFolded={folded.has(track.id)} onFold={onFold} />}
        <span class={`dot dot-${operation.status}`} />
        <span class="row-title">{track.title}</span>
        <KindTag operation={operation} track={track} />
        <span class="sr">, {statusLabel(operation.status)}</span>
        {isFromLog && (
          <span class="row-replayed" title="From the log: this run of the code did not do it again.">
            <span aria-hidden="true">↺</span>
            <span class="sr">, from the log</span>
          </span>
        )}
      </span>
      <span class={isFromLog ? "lane lane-replayed" : "lane"} aria-hidden="true">
        {track.spans.map(
          (span) => span.fromSeq <= seq && bar(span, { axis, seq, now, operation, title: track.title, diedAt }),
        )}
        {planned(operation, { axis, now })}
      </span>
      <span class="row-time" title={timeTitle(operation, now)}>
        {wasDoneAgain && "again, "}
        {timeText(operation, { now, diedAt })}
      </span>
    </>
  );
}

export interface KindTagProps {
  readonly operation: Operation;
  readonly track: Track;
}

/**
 * The tags behind a title: the kind of operation where the title does not say it, and “copied” for one that did not
 * happen in this execution.
 */
export function KindTag({ operation, track: { title, isCopied } }: KindTagProps): JSX.Element {
  const kind = kindLabel(operation);
  return (
    <>
      {title !== kind && <span class="row-kind">{kind}</span>}
      {isCopied && (
        <span class="row-copied" title="Its result is from the execution that this one was forked from.">
          copied
        </span>
      )}
    </>
  );
}

export interface FoldProps {
  readonly track: Track;
  readonly isFolded: boolean;
  readonly onFold: (operationId: string) => void;
}

/** The sign by which a pointer folds and unfolds a row; keys have their own way, and screen readers are told by the row. */
export function Fold({ track, isFolded, onFold }: FoldProps): JSX.Element {
  const fold = (event: MouseEvent): void => {
    event.stopPropagation();
    onFold(track.id);
  };
  if (track.children.length === 0) return <span class="fold" />;
  return (
    <span class={isFolded ? "fold is-folded" : "fold is-open"} aria-hidden="true" onClick={fold}>
      ▾
    </span>
  );
}

interface BarContext {
  readonly axis: TimeAxis;
  readonly seq: number;
  readonly now: number;
  readonly operation: Operation;
  readonly title: string;
  readonly diedAt: number | undefined;
}

function bar(span: Span, { axis, seq, now, operation, title, diedAt }: BarContext): JSX.Element {
  const isOpen = span.to === undefined || (span.toSeq ?? 0) > seq;
  const left = axis.position(span.from);
  const isDead = isOpen && isCutOff(operation, diedAt);
  const right = axis.position(isDead ? (diedAt ?? now) : isOpen ? now : (span.to ?? span.from));
  const outcome = isDead ? "cut" : isOpen ? "open" : span.hasFailed === true ? "failed" : "done";
  return (
    <i
      key={`${span.fromSeq}-${span.from}`}
      class={`bar-${span.kind} bar-${outcome}${span.wasCutOff === true ? " bar-again" : ""}`}
      title={titleFor(span, title)}
      style={{ left: percent(left), width: percent(Math.max(0, right - left)) }}
    />
  );
}

function titleFor({ kind, error, wasCutOff }: Span, title: string): string {
  const why = error === undefined ? "" : `, ${error.errorMessage}`;
  const again = wasCutOff === true ? ", cut off when its worker died, and done again" : "";
  return `${spanLabels[kind]}: ${title}${why}${again}`;
}

const spanLabels: Readonly<Record<Span["kind"], string>> = {
  work: "runs",
  pause: "waits to be tried again",
  wait: "waits",
};

/** The time that something still has to wait. */
function planned(operation: Operation, { axis, now }: Pick<BarContext, "axis" | "now">): JSX.Element | null {
  const waiting = waitingFor(operation);
  if (waiting?.until === undefined || waiting.kind === "answer") return null;
  const [left, right] = [axis.position(now), axis.position(waiting.until)];
  return <i class="bar-planned" style={{ left: percent(left), width: percent(Math.max(0, right - left)) }} />;
}

/** The moments that the log tells of, in their order. */
function stopsOf(view: ExecutionView): readonly number[] {
  const times = new Set(view.commits.map(({ at }) => at));
  for (const { spans } of view.tracks) for (const { from, to } of spans) times.add(from).add(to ?? from);
  return [...times].toSorted((a, b) => a - b);
}

/** With the present, and what is due, of an execution that goes on. */
function withPresent(stops: readonly number[], view: ExecutionView, now: number): readonly number[] {
  if (view.header?.status !== "RUNNING") return stops;
  const due = view.unsettledAt(view.length).flatMap((operation) => {
    const waiting = waitingFor(operation);
    return waiting?.until === undefined || waiting.kind === "answer" ? [] : [waiting.until];
  });
  const last = stops.at(-1) ?? 0;
  const beyond = new Set([now, ...due].filter((at) => at > last));
  return [...stops, ...[...beyond].toSorted((a, b) => a - b)];
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2)}%`;
}
