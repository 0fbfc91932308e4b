import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { type Cost, costOf } from "../model/cost.ts";
import type { Subject } from "../state/subject.ts";
import { Fact } from "../views/ui/operation-details.tsx";

const numbers = new Intl.NumberFormat("en");

/** Which version and which processes ran it, and what it has taken. */
export function ExecutionFacts({ subject }: { readonly subject: Subject }): JSX.Element {
  const { view, revision } = subject;
  const cost = useMemo(() => costOf(view), [view, revision.value]);
  const { header } = view;
  return (
    <dl class="facts">
      <Fact name="Version" value={header?.version ?? ""} />
      {header?.parent !== undefined && <Fact name="Invoked by" value={header.parent.executionId} />}
      <Fact name="Operations" value={operationsText(cost)} />
      <Fact name="Log" value={`${many(cost.commits, "row")}, ${sizeText(cost.characters)}`} />
      <Fact
        name="Runs"
        value={`${many(cost.runs, "time")} from the top, in ${many(cost.processes.length, "process")}`}
      />
      <Fact name="Written by" value={processesText(cost.processes)} />
    </dl>
  );
}

function operationsText({ operations, copied, attempts }: Cost): string {
  const parts = [numbers.format(operations), many(attempts, "attempt")];
  return [...parts, ...(copied > 0 ? [`${numbers.format(copied)} more copied`] : [])].join(", ");
}

function sizeText(characters: number): string {
  return characters < 10_000 ? many(characters, "character") : `${numbers.format(Math.round(characters / 1000))} KB`;
}

/** The newest ones. */
const MOST_NAMED = 3;

function processesText(processes: readonly string[]): string {
  const named = processes.slice(-MOST_NAMED).map((each) => each.slice(0, 8));
  const more = processes.length - named.length;
  return `${named.join(", ")}${more > 0 ? `, and ${more} before` : ""}`;
}

function many(count: number, what: string): string {
  const plural = what.endsWith("s") ? `${what}es` : `${what}s`;
  return `${numbers.format(count)} ${count === 1 ? what : plural}`;
}
