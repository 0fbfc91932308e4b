import type { Mutation } from "./mutation.ts";

const snapshots = ["src/engine/machine/snapshot.test.ts", "test/runner/snapshots.test.ts"];

/** What a state is after a commit, and what a snapshot of it is worth. */
export const machineFoldMutations: readonly Mutation[] = [
  {
    keeps: "P7",
    what: "an execution that is killed again and again is halted although it goes on each time",
    code: "  if (invocation.failures > 0 && commit.owner !== undefined && commit.facts.some(isProgress)) invocation.failures = 0;\n",
    becomes: "",
    tests: ["src/engine/machine/decide.test.ts"],
  },
  {
    keeps: "P7",
    what: "an attempt that is used up counts as progress, so that what breaks each time is never halted",
    code: "      return fact.result !== undefined;",
    becomes: "      return true;",
    tests: ["src/engine/machine/decide.test.ts"],
  },
  {
    keeps: "P6",
    what: "timers fire a millisecond early",
    code: "if (entry === undefined || entry.at > now) continue;",
    becomes: "if (entry === undefined || entry.at > now + 1) continue;",
    // By the machine's own tests: the plan, too, lets none fire early.
    tests: ["src/engine/machine/timer-heap.test.ts", "src/engine/machine/decide.test.ts"],
  },
  {
    keeps: "P10",
    what: "every operation is looked at for each commit",
    code: "  if (commit.owner !== undefined) takeOver(state, commit.owner, commit.at);",
    becomes:
      "  if (commit.owner !== undefined) takeOver(state, commit.owner, commit.at);\n  for (const id of state.operations.keys()) if (id === '') break;",
    tests: ["test/promises/p10-flat-cost.test.ts"],
  },
  {
    keeps: "P9",
    what: "a settled operation takes no delivery number of its own",
    code: "  draft.delivery = ++state.deliveries;",
    becomes: "  draft.delivery = state.deliveries;",
    tests: ["test/promises/p09-golden.test.ts"],
  },
  {
    keeps: "P13",
    what: "the machine takes what comes after the end of a context",
    code: "  if (operation.parentId === undefined || isOpenContext(state, operation.parentId)) return;",
    becomes: "  if (operation.id !== '') return;",
    tests: ["src/engine/machine/fold.test.ts"],
  },
  {
    keeps: "P10",
    what: "what is over in a context is kept for ever",
    code: "      if (forgets) forget(state, childId);\n",
    becomes: "",
    tests: ["src/engine/machine/fold.test.ts", "src/engine/machine/machine.test.ts"],
  },
  {
    keeps: "P9",
    what: "the start of a callback takes no delivery number",
    code: "  operation.opened = ++state.deliveries;",
    becomes: "  operation.opened = state.deliveries;",
    tests: ["test/promises/p09-golden.test.ts"],
  },
  {
    keeps: "P11",
    what: "members of a commit are assigned one by one",
    code: "  return value as Commit;\n",
    becomes:
      "  const copy: Record<string, unknown> = {};\n  for (const [name, member] of Object.entries(value)) copy[name] = member;\n  return copy as unknown as Commit;\n",
    tests: ["test/promises/p11-payloads.test.ts"],
  },
  {
    keeps: "P5",
    what: "a callback in a context that has ended may be completed",
    code: "      if (!isSettled(child.status)) release(state, child);\n",
    becomes: "",
    tests: ["src/engine/machine/fold.test.ts", "src/engine/machine/decide.test.ts"],
  },
  {
    keeps: "P6",
    what: "timers of an execution that is over stay armed",
    code: "  state.timers.clear();\n",
    becomes: "",
    tests: ["src/engine/machine/machine.test.ts", "src/engine/machine/fold.test.ts"],
  },
  {
    keeps: "P6",
    what: "what is due at once fires in no order",
    code: "  return a.at - b.at || a.order - b.order;",
    becomes: "  return a.at - b.at || b.order - a.order;",
    tests: ["src/engine/machine/timer-heap.test.ts"],
  },
  {
    keeps: "P7",
    what: "a retry that is due is no news for an invocation that suspends",
    code: '    if (fact.kind === "READY") isReady = true;\n',
    becomes: "",
    tests: ["src/engine/machine/decide.test.ts", "src/engine/machine/fold.test.ts"],
  },
  {
    keeps: "plugins",
    what: "a commit without facts counts what has come from outside as heard",
    code: "  if (commit.owner !== undefined && commit.facts.length > 0) hear(state);",
    becomes: "  if (commit.owner !== undefined) hear(state);",
    tests: ["src/engine/machine/decide.test.ts", "src/lambda-compat/hosted-invocation.test.ts"],
  },
  {
    keeps: "plugins",
    what: "an invocation that has not looked at what it was told counts that as heard",
    code: "  if (!hasNotLooked) invocation.heard = deliveries;",
    becomes: "  invocation.heard = hasNotLooked ? deliveries : deliveries;",
    tests: ["src/engine/machine/decide.test.ts", "src/lambda-compat/hosted-invocation.test.ts"],
  },
  {
    keeps: "snapshots",
    what: "a snapshot that was damaged is taken",
    code: " || checksum(text, end + 1) !== sum) return undefined;",
    becomes: " || sum === undefined) return undefined;",
    tests: snapshots,
  },
  {
    keeps: "snapshots",
    what: "a snapshot of an earlier execution of the name is taken",
    code: "    if (!isKnown || ofIncarnation !== incarnation || checksum",
    becomes: "    if (!isKnown || ofIncarnation === undefined || checksum",
    also: {
      code: "    const isOfItsHead = state.seq === seq && state.header.incarnation === incarnation;",
      becomes: "    const isOfItsHead = state.seq === seq;",
    },
    tests: snapshots,
  },
  {
    keeps: "snapshots",
    what: "a snapshot of another version is taken",
    code: "    const isKnown = version === SNAPSHOT_VERSION && logVersion === LOG_FORMAT_VERSION;",
    becomes: "    const isKnown = version > 0 && logVersion > 0;",
    tests: snapshots,
  },
  {
    keeps: "snapshots",
    what: "a snapshot is taken although the log has another commit in its place",
    code: "follows: (lastBody) => checksum(lastBody) === body }",
    becomes: "follows: (lastBody) => checksum(lastBody) !== undefined || body > 0 }",
    tests: snapshots,
  },
];
