import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { RunAt } from "../views/model/code-run.ts";
import type { ExecutionView } from "../views/model/execution-view.ts";
import { refolded } from "../views/model/outline.ts";
import { larger, smaller, spanOf, WHOLE, windowOf, type Zoom } from "../model/time-window.ts";
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
  const zoom = useSignal<Zoom>(WHOLE);
  const window = isLinear.value ? windowOf(spanOf(view, now), zoom.value) : undefined;
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
            <button type="button" aria-label="Larger" onClick={() => (zoom.value = larger(zoom.value))}>
              +
            </button>
            <button type="button" aria-label="Smaller" onClick={() => (zoom.value = smaller(zoom.value))}>
              −
            </button>
            <label class="timeline-place">
              <span class="sr">Which part is shown</span>
              <input
                type="range"
                min={0}
                max={1}
                step={0.001}
                value={zoom.value.place}
                disabled={zoom.value.factor === 1}
                onInput={({ currentTarget }) => (zoom.value = { ...zoom.value, place: currentTarget.valueAsNumber })}
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
