import type { JSX } from "preact";

/** The three things that a newcomer does to see replay, in their order. */
export type FirstStep = "run" | "kill" | "reload";

const steps: readonly { readonly step: FirstStep; readonly text: string }[] = [
  { step: "run", text: "Press Run" },
  { step: "kill", text: "Press Kill while it works" },
  { step: "reload", text: "Reload this page" },
];

export interface FirstStepsBarProps {
  readonly done: readonly FirstStep[];
  readonly onHide: () => void;
}

/** Shows a newcomer the way, and ticks off what was done. */
export function FirstStepsBar({ done, onHide }: FirstStepsBarProps): JSX.Element {
  const next = steps.find(({ step }) => !done.includes(step))?.step;
  return (
    <section class="first-steps" aria-label="First steps">
      <ol>
        {steps.map(({ step, text }, index) => (
          <li key={step} class={done.includes(step) ? "done" : step === next ? "next" : ""}>
            <span class="first-steps-mark" aria-hidden="true">
              {done.includes(step) ? "✓" : index + 1}
            </span>
            <span class="first-steps-text">{text}</span>
            {done.includes(step) && <span class="sr">, done</span>}
          </li>
        ))}
      </ol>
      <button type="button" class="quiet" aria-label="Hide the first steps" onClick={onHide}>
        Hide
      </button>
    </section>
  );
}
