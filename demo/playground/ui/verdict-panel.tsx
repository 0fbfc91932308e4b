import type { JSX } from "preact";
import { Sides } from "./breach-panel.tsx";
import type { Playground } from "./playground.ts";

/** Whether the code of the editor makes the calls of the selected log. */
export function VerdictPanel({ playground }: { readonly playground: Playground }): JSX.Element | null {
  const verdict = playground.verdict.value;
  if (verdict === undefined) return null;
  const { matches, seq, difference, parting } = verdict;
  const isKnown = parting !== undefined && parting.id !== "";
  return (
    <section class={matches ? "verdict" : "verdict verdict-bad"} aria-label="Replay with this code" role="status">
      <p>
        {matches
          ? "The code in the editor replays this log: it makes the same calls, so this execution could go on with it."
          : `The code in the editor does not replay this log. They part ${isKnown ? `at position ${parting.id}` : `at commit ${seq}: ${difference}`}.`}
      </p>
      {isKnown && <Sides parting={parting} />}
    </section>
  );
}
