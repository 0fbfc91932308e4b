import type { Mutation } from "./mutation.ts";

const contexts = ["test/promises/p03-contexts.test.ts"];
const races = ["test/promises/p03-race.test.ts", "test/promises/p03-branches.test.ts"];

/** How results reach user code, and what an invocation does while none can. */
export const replayOrderMutations: readonly Mutation[] = [
  {
    keeps: "P7",
    what: "a suspension falls due although the invocation has heard of something",
    code: "    this.#idle.end();\n    this.host.drain(this.#turn);",
    becomes: "    this.host.drain(this.#turn);",
    tests: ["src/engine/replay/absorb.test.ts"],
  },
  {
    keeps: "P3",
    what: "results in the order of the journal, not of their numbers",
    code: "  return a.place - b.place || a.number - b.number;",
    becomes: "  return a === b ? 1 : 0;",
    tests: races,
  },
  {
    keeps: "P3",
    what: "a result without a taker is passed over",
    code: '        if (!this.takers.isClosed(due.operation)) return "untaken";\n',
    becomes: "",
    tests: ["src/engine/replay/patience.test.ts", ...races],
  },
  {
    keeps: "P3",
    what: "two results reach the code without a drain between them",
    code: "      this.#replay.delivered(this.delivery.lastNumber);\n      return this.schedule();",
    becomes: "      this.#replay.delivered(this.delivery.lastNumber);\n      return this.#turn();",
    tests: [...races, "test/promises/p03-for-await.test.ts"],
  },
  {
    keeps: "P3",
    what: "what runs again to its end goes before the end that is recorded",
    code: '    const ended = isRecordedEnd ? "empty" : this.ends.deliverNext();',
    becomes: '    const ended = isRecordedEnd && this.ends.isEmpty ? "empty" : this.ends.deliverNext();',
    tests: contexts,
  },
  {
    keeps: "P3",
    what: "a result goes before a context whose value takes its time",
    code: '      if (!isDropped && handover === undefined) return "preparing";',
    becomes: '      if (!isDropped && handover === undefined) return "empty";',
    tests: contexts,
  },
  {
    keeps: "P3",
    what: "the ends of two contexts reach the code without a drain between them",
    code: '      handover?.handOver();\n      return "delivered";',
    becomes:
      '      handover?.handOver();\n      if (this.#ends[this.#head]?.handover === undefined) return "delivered";',
    tests: contexts,
  },
  {
    keeps: "P3",
    what: "a result goes before an invoke whose input cannot be written",
    code: "    const release = scope.invocation.delivery.hold();",
    becomes: "    const release = (): void => undefined;",
    tests: ["src/lambda-compat/serdes-failures.test.ts", ...contexts],
  },
  {
    keeps: "P3",
    what: "news of what lies in a context that is told after it are lost",
    code: "    if (strays !== undefined && strays.length < operations.length) this.#takeAll(strays, news);\n",
    becomes: "",
    tests: ["src/engine/replay/absorb.test.ts"],
  },
  {
    keeps: "P10",
    what: "what was delivered is looked at again",
    code: "    return this.#due[this.#head];",
    becomes: "    return this.#due.find((_due, index) => index >= this.#head);",
    tests: ["test/promises/p10-flat-cost.test.ts"],
  },
  {
    keeps: "P14",
    what: "a leap of the clock counts as time in which the code did nothing",
    code: "        if (this.#host.now() - start < length * LEAP) left -= length;",
    becomes: "        if (this.#host.now() - start < length * LEAP * 1e9) left -= length;",
    tests: ["src/engine/replay/patience.test.ts"],
  },
  {
    keeps: "P10",
    what: "an invocation that is parked keeps what lies in contexts that have ended",
    code: '    if (state === "empty" && this.#journal.hasEnded) this.#letGo();\n',
    becomes: "",
    tests: ["src/engine/replay/absorb.test.ts", "src/engine/replay/let-go.test.ts"],
  },
  {
    keeps: "P8",
    what: "a checkpoint that fails after the function has answered is passed over",
    code: "    if (this.#late !== undefined) throw this.#late.error;\n",
    becomes: "",
    tests: ["src/engine/replay/invocation.test.ts"],
  },
  {
    keeps: "P7",
    what: "a machine that cannot push is asked for nothing while a function runs",
    code: "    if (this.executing > 0) return this.#polls.setNext();",
    becomes: "    if (this.executing > 0) return;",
    tests: ["src/engine/replay/invocation.test.ts"],
  },
  {
    keeps: "P3",
    what: "where the order is inferred, a result that nobody takes keeps the others back for a minute",
    code: "    if (this.#overtakingMs === undefined) return this.#awaitCode();",
    becomes: "    if (this.#overtakingMs !== 0) return this.#awaitCode();",
    tests: ["src/lambda-compat/lambda-checkpoint.test.ts", "test/differential/order.test.ts"],
  },
];
