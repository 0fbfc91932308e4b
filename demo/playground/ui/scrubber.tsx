import type { JSX } from "preact";
import type { Playground } from "./playground.ts";

/** Moves through the log: the state at every commit. */
export function Scrubber({ playground }: { readonly playground: Playground }): JSX.Element {
  void playground.revision.value;
  const { length } = playground.view.value;
  const seq = playground.seq.value;
  const isLive = playground.scrub.value === undefined;
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
          onInput={({ currentTarget }) => (playground.scrub.value = currentTarget.valueAsNumber)}
        />
      </label>
      <button type="button" class="quiet" aria-pressed={isLive} onClick={() => (playground.scrub.value = undefined)}>
        Live
      </button>
    </div>
  );
}
