import type { JSX } from "preact";
import type { Breach } from "../model/breach.ts";
import { Sides } from "./breach-panel.tsx";

export interface VerdictPanelProps {
  readonly matches: boolean;
  /** The commit up to which the log was replayed. */
  readonly seq: number;
  readonly difference: string;
  readonly parting: Breach | undefined;
}

/** The verdict whether the code of the editor makes the calls of the selected log. */
export function VerdictPanel({ matches, seq, difference, parting }: VerdictPanelProps): JSX.Element {
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
