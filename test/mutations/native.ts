import type { Mutation } from "./mutation.ts";

const contexts = ["test/promises/p03-contexts.test.ts"];
const skippedTime = ["test/conformance/skipped-time.test.ts"];
const checkpoints = ["src/lambda-compat/lambda-checkpoint.test.ts"];

/** Durable functions on AWS's own service. */
export const nativeMutations: readonly Mutation[] = [
  {
    keeps: "P7",
    what: "a context that ended before what is in it, by the clocks of the service, never comes to its end again",
    code: '    if (state === "untaken" || state === "rebuilding") return this.#idle.awaitTaker();\n',
    becomes: '    if (state === "untaken") return this.#idle.awaitTaker();\n',
    tests: checkpoints,
  },
  {
    keeps: "P3",
    what: "what is beside a context that runs again for its value overtakes it",
    code: " && (!around || this.takers.liesIn(operation, around)),",
    becomes: ",",
    tests: checkpoints,
  },
  {
    keeps: "P7",
    what: "a package that is loaded under a fake clock waits for it when it is gone",
    code: '  return setImmediate && "clock" in setImmediate ? {} : {',
    becomes: "  return {",
    tests: skippedTime,
  },
  {
    keeps: "P4",
    what: "a service that gives no other token is asked again",
    code: "    if (!answer.CheckpointToken) throw new FencedError();\n    this.#token = answer.CheckpointToken;",
    becomes: "    this.#token = answer.CheckpointToken ?? this.#token;",
    tests: checkpoints,
  },
  {
    keeps: "P7",
    what: "an answer that holds the operation as it was before the update counts",
    code: "      if (!answered.has(update.id) || this.#isBehind(update)) this.#echo(update);",
    becomes: "      if (!answered.has(update.id)) this.#echo(update);",
    tests: checkpoints,
  },
  {
    keeps: "P3",
    what: "the end of a context comes after other results of its millisecond",
    code: "    if (a.isAhead !== b.isAhead) return a.isAhead ? -1 : 1;\n",
    becomes: "",
    tests: checkpoints,
  },
  {
    keeps: "P3",
    what: "the end of a context comes before what is in it and ended in its millisecond",
    code: "    for (const each of due) if ((latest.get(each.operation.id) ?? -1) >= each.at) each.isAhead = false;\n",
    becomes: "",
    tests: checkpoints,
  },
  {
    keeps: "P3",
    what: "a context hands its value over while other results may be recorded before its end",
    code: "    return !this.#checkpoints.isInFlight && !this.delivery.takers.expectsOutside;",
    becomes: "    return true;",
    tests: [...checkpoints, "src/engine/replay/context-end.test.ts", ...contexts],
  },
  {
    keeps: "P11",
    what: "a state in which a context lies in itself is taken",
    code: "      if (around.has(context)) throw circular(context);",
    becomes: "      if (around.has(context)) return void circular;",
    tests: checkpoints,
  },
  {
    keeps: "P7",
    what: "a state whose marker comes back counts as whole",
    code: "      if (seen.has(marker))\n        throw",
    becomes: "      if (seen.has(marker)) break;\n      if (marker === undefined)\n        throw",
    tests: checkpoints,
  },
  {
    keeps: "P7",
    what: "a token that is no longer valid fails the execution for good",
    code: '  return isToken ? "INVOCATION" : "EXECUTION";',
    becomes: '  return isToken ? "EXECUTION" : "EXECUTION";',
    tests: checkpoints,
  },
];
