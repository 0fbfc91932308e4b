import type { JSX } from "preact";

export interface ScrubberProps {
  /** The commit that is looked at. */
  readonly seq: number;
  readonly length: number;
  readonly isLive: boolean;
  /** With the commit to look at; without one for the newest, whichever that is. */
  readonly onScrub: (seq: number | undefined) => void;
}

/** Moves through the log: the state at every commit. */
export function Scrubber({ seq, length, isLive, onScrub }: ScrubberProps): JSX.Element {
  return (
    <div class="scrubber">
      <label>
        <span>
          Commit {seq} of {length}
        </span>
        <input
          type="range"
          min={Math.min(1, length)}
          max={length}
          value={seq}
          disabled={length === 0}
          onInput={({ currentTarget }) => onScrub(currentTarget.valueAsNumber)}
        />
      </label>
      <button type="button" class="quiet" aria-pressed={isLive} onClick={() => onScrub(undefined)}>
        Live
      </button>
    </div>
  );
}
