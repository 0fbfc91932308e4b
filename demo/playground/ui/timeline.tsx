import { isSettled } from "perdure/engine";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import {
  type ExecutionView,
  firstSeqOf,
  type InvocationSpan,
  operationAt,
  type Span,
  type Track,
} from "../model/execution-view.ts";
import { timeAxis, type TimeAxis } from "../model/time-axis.ts";
import { kindLabel, statusLabel, titleOf } from "./labels.ts";
import type { Playground } from "./playground.ts";
import { VirtualList } from "./virtual-list.tsx";

/** Operations as a tree, each with a lane that shows when it worked, paused and waited. */
export function Timeline({ playground }: { readonly playground: Playground }): JSX.Element {
  const revision = playground.revision.value;
  const view = playground.view.value;
  const seq = playground.seq.value;
  const axis = useMemo(() => axisOf(view), [view, revision]);
  const tracks = useMemo(() => view.tracks.filter((track) => firstSeqOf(track) <= seq), [view, revision, seq]);
  const invocation = view.invocationAt(seq);
  return (
    <VirtualList
      id="operation"
      label="Operations"
      items={tracks}
      keyOf={({ id }) => id}
      selected={playground.operationId.value}
      onSelect={({ id }) => (playground.operationId.value = id)}
      follow={playground.scrub.value === undefined}
      empty="No operation yet. What the code does through its context appears here."
      render={(track) => <Row {...{ track, seq, axis, invocation, view }} />}
    />
  );
}

interface RowProps {
  readonly track: Track;
  readonly seq: number;
  readonly axis: TimeAxis;
  readonly invocation: InvocationSpan | undefined;
  readonly view: ExecutionView;
}

function Row({ track, seq, axis, invocation, view }: RowProps): JSX.Element {
  const operation = operationAt(track, seq);
  if (operation === undefined) return <span />;
  const isReplayed = wasSettledBefore(track, invocation);
  return (
    <>
      <span class="row-name" style={{ paddingInlineStart: `${track.depth * 14}px` }}>
        <span class={`dot dot-${operation.status}`} />
        <span class="row-title">{titleOf(operation)}</span>
        {titleOf(operation) !== kindLabel(operation) && <span class="row-kind">{kindLabel(operation)}</span>}
        <span class="sr">, {statusLabel(operation.status)}</span>
        {isReplayed && (
          <span class="row-replayed">
            <span aria-hidden="true">↺</span>
            <span class="sr">, from the log</span>
          </span>
        )}
      </span>
      <span class="lane" aria-hidden="true">
        {view.invocations
          .slice(1, MOST_MARKS)
          .map(
            ({ firstSeq, at, number }) =>
              firstSeq <= seq && <i key={number} class="lane-mark" style={{ left: percent(axis.position(at)) }} />,
          )}
        {track.spans.map((span) => span.fromSeq <= seq && bar(span, { axis, seq }))}
      </span>
    </>
  );
}

const MOST_MARKS = 24;

interface BarContext {
  readonly axis: TimeAxis;
  readonly seq: number;
}

function bar(span: Span, { axis, seq }: BarContext): JSX.Element {
  const isOpen = span.to === undefined || (span.toSeq ?? 0) > seq;
  const left = axis.position(span.from);
  const right = isOpen ? 1 : axis.position(span.to ?? span.from);
  const outcome = isOpen ? "open" : span.hasFailed === true ? "failed" : "done";
  return (
    <i
      key={`${span.fromSeq}-${span.from}`}
      class={`bar-${span.kind} bar-${outcome}`}
      style={{ left: percent(left), width: percent(Math.max(0, right - left)) }}
    />
  );
}

/** True if the invocation found the outcome in the log. */
function wasSettledBefore(track: Track, invocation: InvocationSpan | undefined): boolean {
  if (invocation === undefined || invocation.number === 1) return false;
  const before = operationAt(track, invocation.firstSeq - 1);
  return before !== undefined && isSettled(before.status);
}

function axisOf(view: ExecutionView): TimeAxis {
  const times: number[] = view.commits.map(({ at }) => at);
  for (const { spans } of view.tracks) for (const { from, to } of spans) times.push(from, to ?? from);
  return timeAxis(times);
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2)}%`;
}
