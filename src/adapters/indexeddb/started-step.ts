import type { Commit, Fact } from "../../engine/model/commit.ts";

/**
 * True for a commit after which a step's function is running: the START of an at-most-once step, which nothing but its
 * being on disk keeps from running twice, or of a step that takes long, where a flush is not felt.
 */
export function leavesStepStarted(body: string): boolean {
  if (isPlain(body)) return false;
  const { facts } = JSON.parse(body) as Commit;
  const later = new Set<string>();
  return [...facts].reverse().some((fact) => {
    if (!("id" in fact)) return false;
    if (isStepStart(fact) && !later.has(fact.id)) return true;
    later.add(fact.id);
    return false;
  });
}

const START = '"kind":"STARTED",';

/**
 * True for nearly every commit, which therefore is not parsed: nothing starts, or one thing does and there is more about
 * it. Text that is quoted in a payload has its quotes escaped, and is not taken for a fact.
 */
function isPlain(body: string): boolean {
  const start = body.indexOf(START);
  if (start < 0) return true;
  if (body.includes(START, start + 1)) return false;
  const from = start + START.length;
  const id = body.slice(from, body.indexOf(",", from) + 1);
  return id.startsWith('"id":"') && body.includes(id, from + 1);
}

/** Of what is introduced only steps lack the fields of the others; of what starts again there are only steps. */
function isStepStart(fact: Fact): fact is Fact & { kind: "STARTED" } {
  return fact.kind === "STARTED" && (fact.type === "STEP" || fact.type === undefined);
}
