import type { JSX } from "preact";
import type { Playground } from "./playground.ts";

/** Everything that goes wrong in the world, as buttons. */
export function FaultPanel({ playground }: { readonly playground: Playground }): JSX.Element | null {
  if (playground.isRemote.value) return null;
  const isSlow = playground.isSlow.value;
  return (
    <section class="faults" aria-labelledby="faults-title">
      <h3 id="faults-title">Break something</h3>
      <div class="buttons">
        <Fault
          name="Kill the worker"
          effect="Ends the process that runs the code. What it had in memory is gone."
          isPossible={playground.process.value === "running"}
          onPress={() => playground.kill()}
        />
        <Fault
          name="Fail the next write"
          effect="The log refuses one write. The worker tries it again."
          onPress={() => playground.failNextWrite()}
        />
        <Fault
          name="Lose an acknowledgement"
          effect="One write lands, and its answer is lost. The worker finds what it wrote, and goes on."
          onPress={() => playground.loseAcknowledgement()}
        />
        <Fault
          name="Duplicate the alarm"
          effect="Wakes the execution twice. The log decides what is due."
          onPress={() => playground.duplicateAlarm()}
        />
        <Fault
          name="Slow storage"
          effect="Each write takes most of a second, until this is pressed again."
          isPressed={isSlow}
          onPress={() => playground.slow(!isSlow)}
        />
        <Fault
          name="Skip time"
          effect="Moves the clock to when this execution goes on by itself."
          onPress={() => playground.skipTime()}
        />
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

interface FaultProps {
  readonly name: string;
  /** What it does, and what comes of it. */
  readonly effect: string;
  readonly onPress: () => void;
  readonly isPossible?: boolean;
  /** For what stays until it is pressed again. */
  readonly isPressed?: boolean;
}

function Fault({ name, effect, onPress, isPossible = true, isPressed }: FaultProps): JSX.Element {
  return (
    <button type="button" disabled={!isPossible} aria-pressed={isPressed} title={effect} onClick={onPress}>
      {name}
    </button>
  );
}
