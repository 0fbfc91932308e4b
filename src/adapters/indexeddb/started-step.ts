import type { Commit, Fact } from "../../engine/model/commit.ts";

/**
 * True for a commit after which a step's function is running: the START of an at-most-once step, which nothing but its
 * being on disk keeps from running twice, or of a step that takes long, where a flush is not felt.
 */
export function leavesStepStarted(body: string): boolean {
  // Most commits have no start, and those are not parsed.
  if (!body.includes('"kind":"STARTED"')) return false;
  const { facts } = JSON.parse(body) as Commit;
  return facts.some((fact, index) => isStepStart(fact) && !facts.slice(index + 1).some(isAbout(fact.id)));
}

/** Of what is introduced only steps lack the fields of the others; of what starts again there are only steps. */
function isStepStart(fact: Fact): fact is Fact & { kind: "STARTED" } {
  return fact.kind === "STARTED" && (fact.type === "STEP" || fact.type === undefined);
}

function isAbout(id: string): (fact: Fact) => boolean {
  return (fact) => "id" in fact && fact.id === id;
}
