import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RunAt } from "../views/model/code-run.ts";
import type { ExecutionView } from "../views/model/execution-view.ts";
import { refolded } from "../views/model/outline.ts";
import type { TimeWindow } from "../views/model/time-axis.ts";
import { Timeline } from "../views/ui/timeline.tsx";

export interface TimelinePaneProps {
  readonly view: ExecutionView;
  readonly revision: number;
  readonly seq: number;
  readonly isLive: boolean;
  /** Ms since the epoch. */
  readonly now: number;
  readonly run: RunAt | undefined;
  readonly selected: string | undefined;
  readonly onSelect: (operationId: string) => void;
  readonly folded: Signal<ReadonlySet<string>>;
}

/** The timeline, on a scale that can be chosen, and with what lies in each other folded. */
export function TimelinePane({ folded, ...props }: TimelinePaneProps): JSX.Element {
  const { view, now } = props;
  const isLinear = useSignal(false);
  /** How many times larger than all of it, and where in it from 0 to 1. */
  const zoom = useSignal(1);
  const place = useSignal(0);
  const whole = spanOf(view, now);
  const window = isLinear.value ? windowOf(whole, zoom.value, place.value) : undefined;
  return (
    <>
      <div class="timeline-bar">
        <button type="button" aria-pressed={!isLinear.value} onClick={() => (isLinear.value = false)}>
          Log scale
        </button>
        <button type="button" aria-pressed={isLinear.value} onClick={() => (isLinear.value = true)}>
          Linear
        </button>
        {isLinear.value && (
          <>
            <button type="button" aria-label="Larger" onClick={() => (zoom.value = Math.min(1e6, zoom.value * 2))}>
              +
            </button>
            <button type="button" aria-label="Smaller" onClick={() => (zoom.value = Math.max(1, zoom.value / 2))}>
              −
            </button>
            <label class="timeline-place">
              <span class="sr">Which part is shown</span>
              <input
                type="range"
                min={0}
                max={1}
                step={0.001}
                value={place.value}
                disabled={zoom.value === 1}
                onInput={({ currentTarget }) => (place.value = currentTarget.valueAsNumber)}
              />
            </label>
          </>
        )}
      </div>
      <Timeline
        {...props}
        present={now}
        diedAt={undefined}
        partedAt={undefined}
        window={window}
        folded={folded.value}
        onFold={(id) => (folded.value = refolded(folded.value, id))}
      />
    </>
  );
}

/** From its start to its end, or to the present. */
function spanOf(view: ExecutionView, now: number): TimeWindow {
  const from = view.beganAt;
  return { from, to: view.isEnded ? (view.commits.at(-1)?.at ?? from) : Math.max(now, from + 1) };
}

function windowOf({ from, to }: TimeWindow, zoom: number, place: number): TimeWindow {
  const length = (to - from) / zoom;
  const start = from + (to - from - length) * place;
  return { from: start, to: start + length };
}
