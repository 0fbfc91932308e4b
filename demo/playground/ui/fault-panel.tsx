import type { JSX } from "preact";

export interface FaultPanelProps {
  readonly isSlow: boolean;
  /** Of this page, for a second tab. */
  readonly pageAddress: string;
  readonly onFailNextWrite: () => void;
  readonly onLoseAcknowledgement: () => void;
  readonly onDuplicateAlarm: () => void;
  readonly onSlow: (isSlow: boolean) => void;
  readonly onSkipTime: () => void;
}

/** The faults of the world, as buttons; the worst of them, Kill, stands beside Run. */
export function FaultPanel(props: FaultPanelProps): JSX.Element {
  return (
    <section class="faults" aria-labelledby="faults-title">
      <h3 id="faults-title">Break something</h3>
      <Fault
        name="Fail the next write"
        effect="The log refuses one write. The worker tries it again."
        onPress={props.onFailNextWrite}
      />
      <Fault
        name="Lose an acknowledgement"
        effect="One write lands, and its answer is lost. The worker finds what it wrote, and goes on."
        onPress={props.onLoseAcknowledgement}
      />
      <Fault
        name="Duplicate the alarm"
        effect="Wakes the execution twice. The log decides what is due."
        onPress={props.onDuplicateAlarm}
      />
      <Fault
        name="Slow storage"
        effect="Each write takes most of a second, until this is pressed again."
        isPressed={props.isSlow}
        onPress={() => props.onSlow(!props.isSlow)}
      />
      <Fault
        name="Skip time"
        effect="Moves the clock, the code's too, to when this execution goes on by itself; once it has ended, to the next scheduled start."
        onPress={props.onSkipTime}
      />
      <a
        class="button"
        href={props.pageAddress}
        target="_blank"
        rel="opener"
        title="One tab has the worker. The others look on, and take over when it is gone."
      >
        Open a second tab
      </a>
    </section>
  );
}

interface FaultProps {
  readonly name: string;
  /** The fault's effect and its consequence. */
  readonly effect: string;
  readonly onPress: () => void;
  /** For what stays until it is pressed again. */
  readonly isPressed?: boolean;
}

function Fault({ name, effect, onPress, isPressed }: FaultProps): JSX.Element {
  return (
    <button type="button" aria-pressed={isPressed} title={effect} onClick={onPress}>
      {name}
    </button>
  );
}
