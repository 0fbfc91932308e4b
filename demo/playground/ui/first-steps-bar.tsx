import type { JSX } from "preact";
import type { FirstStep } from "./first-steps.ts";
import type { Playground } from "./playground.ts";

const steps: readonly { readonly step: FirstStep; readonly text: string }[] = [
  { step: "run", text: "Press Run" },
  { step: "kill", text: "Press Kill while it works" },
  { step: "reload", text: "Reload this page" },
];

/** Shows a newcomer the way, and ticks off what was done. */
export function FirstStepsBar({
  playground: { firstSteps, isRemote },
}: {
  readonly playground: Playground;
}): JSX.Element | null {
  const { done, isDismissed } = firstSteps.kept.value;
  if (isDismissed || isRemote.value) return null;
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
      <button type="button" class="quiet" aria-label="Hide the first steps" onClick={() => firstSteps.dismiss()}>
        Hide
      </button>
    </section>
  );
}
