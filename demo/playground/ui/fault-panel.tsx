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
        <button
          type="button"
          disabled={!isRunning}
          title="Ends the process that runs the code. What it had in memory is gone."
          onClick={() => playground.kill()}
        >
          Kill the worker
        </button>
        <button
          type="button"
          title="The log refuses one write. The worker tries it again."
          onClick={() => playground.failNextWrite()}
        >
          Fail the next write
        </button>
        <button
          type="button"
          title="One write lands, and its answer is lost. The worker finds what it wrote, and goes on."
          onClick={() => playground.loseAcknowledgement()}
        >
          Lose an acknowledgement
        </button>
        <button
          type="button"
          title="Wakes the execution twice. The log decides what is due."
          onClick={() => playground.duplicateAlarm()}
        >
          Duplicate the alarm
        </button>
        <button
          type="button"
          aria-pressed={playground.isSlow.value}
          title="Each write takes most of a second, until this is pressed again."
          onClick={() => playground.slow(!playground.isSlow.value)}
        >
          Slow storage
        </button>
        <button
          type="button"
          title="Moves the clock to when this execution goes on by itself."
          onClick={() => playground.skipTime()}
        >
          Skip time
        </button>
        <a
          class="button"
          href={location.href.replace(/#.*/, "")}
          target="_blank"
          rel="opener"
          title="One tab has the worker. The others look on, and take over when it is gone."
        >
          Open a second tab
        </a>
      </div>
    </section>
  );
}
