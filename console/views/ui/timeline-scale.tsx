import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RunAt } from "../model/code-run.ts";
import type { ExecutionView } from "../model/execution-view.ts";
import { ticksOf, type TimeAxis } from "../model/time-axis.ts";
import { tickLabel } from "./labels.ts";

export interface ScaleProps {
  readonly view: ExecutionView;
  readonly seq: number;
  readonly axis: TimeAxis;
  readonly now: number;
  readonly run: RunAt | undefined;
}

/** In px: what a label of the axis takes. */
const LABEL = 54;

/** The scale above the lanes, and what the marks below it mean. */
export function TimelineHead(props: ScaleProps): JSX.Element {
  const { view, axis, run } = props;
  const lane = useRef<HTMLSpanElement>(null);
  const room = Math.min(0.45, LABEL / Math.max(useWidth(lane), 1));
  const runs = withRoom(runsOf(props), room);
  return (
    <div class={runs.length > 0 ? "timeline-head timeline-head-runs" : "timeline-head"}>
      <span class="row-name hint">
        {run !== undefined && run.number > 1 && (
          <span>
            <span class="row-replayed">↺</span> from the log, not done again
          </span>
        )}
      </span>
      <span class="lane" ref={lane} aria-hidden="true">
        {ticksOf(axis, { from: view.commits[0]?.at ?? 0, room }).map(({ elapsed, position }) => (
          <i key={elapsed} class="tick" style={{ left: percent(position) }}>
            {tickLabel(elapsed)}
          </i>
        ))}
        {runs.map(({ number, position }) => (
          <i key={`run-${number}`} class="tick tick-run" style={{ left: percent(position) }}>
            run {number}
          </i>
        ))}
      </span>
      <span
        class="row-time"
        title="Each gap between two commits is as wide as the logarithm of its length: steps of milliseconds have their place beside waits of months."
      >
        log scale
      </span>
    </div>
  );
}

/** Lines through all lanes: where a run of the code began, and the present. */
export function TimelineMarks(props: ScaleProps): JSX.Element {
  const { view, axis, now } = props;
  return (
    <div class="timeline-marks" aria-hidden="true">
      <span class="row-name" />
      <span class="lane">
        {runsOf(props).map(({ number, position }) => (
          <i key={number} class="mark-run" style={{ left: percent(position) }} />
        ))}
        {view.header?.status === "RUNNING" && <i class="mark-now" style={{ left: percent(axis.position(now)) }} />}
      </span>
      <span class="row-time" />
    </div>
  );
}

interface RunMark {
  readonly number: number;
  readonly position: number;
}

const MOST_MARKS = 24;

/** The newest runs but the first, as of the commit that is looked at; also one that has recorded nothing yet. */
function runsOf({ view, seq, axis, run }: ScaleProps): readonly RunMark[] {
  const logged = view.invocations.slice(1).filter(({ firstSeq, number }) => firstSeq <= seq && number !== run?.number);
  return [...logged, ...(run === undefined || run.number === 1 ? [] : [run])]
    .slice(-MOST_MARKS)
    .map(({ number, at }) => ({ number, position: axis.position(at) }));
}

/** Of labels that would lie on each other the newer ones. */
function withRoom(marks: readonly RunMark[], room: number): readonly RunMark[] {
  const kept: RunMark[] = [];
  for (const mark of marks.toReversed()) {
    if (kept.every(({ position }) => position - mark.position >= room)) kept.push(mark);
  }
  return kept;
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(400);
  useLayoutEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box.current]);
  return width;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2)}%`;
}
