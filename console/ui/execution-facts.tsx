import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { costOf } from "../model/cost.ts";
import { logText, operationsText, processesText, runsText } from "../model/cost-text.ts";
import type { Subject } from "../state/subject.ts";
import { Fact } from "../views/ui/operation-details.tsx";

/** The version and the processes that ran the execution, and its cost. */
export function ExecutionFacts({ subject }: { readonly subject: Subject }): JSX.Element {
  const { view, revision } = subject;
  const cost = useMemo(() => costOf(view), [view, revision.value]);
  const { header } = view;
  return (
    <dl class="facts">
      <Fact name="Version" value={header?.version ?? ""} />
      {header?.parent !== undefined && <Fact name="Invoked by" value={header.parent.executionId} />}
      <Fact name="Operations" value={operationsText(cost)} />
      <Fact name="Log" value={logText(cost)} />
      <Fact name="Runs" value={runsText(cost)} />
      <Fact name="Written by" value={processesText(cost)} />
    </dl>
  );
}
