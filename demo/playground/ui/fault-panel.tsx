import type { JSX } from "preact";
import type { Playground } from "./playground.ts";

/** Everything that goes wrong in the world, as buttons. */
export function FaultPanel({ playground }: { readonly playground: Playground }): JSX.Element | null {
  if (playground.isRemote.value) return null;
  const isRunning = playground.process.value === "running";
  return (
    <section class="faults" aria-labelledby="faults-title">
      <h3 id="faults-title">Break something</h3>
      <div class="buttons">
        <button type="button" disabled={!isRunning} onClick={() => playground.kill()}>
          Kill the worker
        </button>
        <button type="button" onClick={() => playground.failNextWrite()}>
          Fail the next write
        </button>
        <button type="button" onClick={() => playground.loseAcknowledgement()}>
          Lose an acknowledgement
        </button>
        <button type="button" onClick={() => playground.duplicateAlarm()}>
          Duplicate the alarm
        </button>
        <button
          type="button"
          aria-pressed={playground.isSlow.value}
          onClick={() => playground.slow(!playground.isSlow.value)}
        >
          Slow storage
        </button>
        <button type="button" onClick={() => playground.skipTime()}>
          Skip time
        </button>
        <a class="button" href={location.href.replace(/#.*/, "")} target="_blank" rel="opener">
          Open a second tab
        </a>
      </div>
    </section>
  );
}
