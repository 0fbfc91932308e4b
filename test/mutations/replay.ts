import type { Mutation } from "./mutation.ts";

const attempts = ["test/promises/p02-attempts.test.ts", "test/promises/p01-left-behind.test.ts"];
const contexts = ["test/promises/p03-contexts.test.ts"];
const races = ["test/promises/p03-race.test.ts", "test/promises/p03-branches.test.ts"];

/** The half that runs user code against what is recorded. */
export const replayMutations: readonly Mutation[] = [
  {
    keeps: "P1",
    what: "a settled step runs its function again",
    code: "    if (this.isSettled || this.scope.isRebuilding) return this.future;\n",
    becomes: "    if (this.scope.isRebuilding) return this.future;\n",
    tests: ["test/promises/p01-completed-once.test.ts"],
  },
  {
    keeps: "P1",
    what: "what was interrupted is taken up before the replay has caught up",
    code: '    this.scope.invocation.whenCaughtUp(() => this.#takeUp(stored.status === "READY"));',
    becomes: '    this.#takeUp(stored.status === "READY");',
    tests: ["test/promises/p01-left-behind.test.ts"],
  },
  {
    keeps: "P1",
    what: "what is left behind by a context is started and never called",
    code: "    if (status !== this.#awaits) return;",
    becomes: "    if (this.scope.isClosed || status !== this.#awaits) return;",
    tests: ["src/lambda-compat/left-behind.test.ts"],
  },
  {
    keeps: "P1",
    what: "an invocation suspends before it has called what it has started",
    code: "    this.scope.invocation.executing++;\n",
    becomes: "    this.scope.invocation.executing += 0;\n",
    tests: ["src/lambda-compat/left-behind.test.ts"],
  },
  {
    keeps: "P2",
    what: "an at-most-once function does not wait for its start",
    code: '    if (atMostOnce) this.#awaits = "STARTED";\n    else this.#execute();',
    becomes: "    this.#execute();",
    tests: attempts,
  },
  {
    keeps: "P2",
    what: "an interrupted at-most-once attempt runs again",
    code: "    else if (this.atMostOnce) this.#conclude(this.interrupted(new StepInterruptedError()));\n",
    becomes: "",
    tests: attempts,
  },
  {
    keeps: "P2",
    what: "a change that is told twice sets off two attempts",
    code: '    this.#awaits = undefined;\n    if (status === "STARTED") this.#execute();',
    becomes: '    if (status === "STARTED") this.#execute();',
    tests: ["src/engine/replay/absorb.test.ts"],
  },
  {
    keeps: "P3",
    what: "a virtual context hides nothing of what its code has not called",
    code: "    else if (!this.invocation.isOver) hideFrom(this.invocation, this.position, this.#count + 1);\n",
    becomes: "",
    tests: ["test/promises/p01-left-behind.test.ts"],
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
    what: "the end of a context does not say its place",
    code: "        if (isAhead) end.after = delivery.lastNumber;\n",
    becomes: "",
    tests: contexts,
  },
  {
    keeps: "P3",
    what: "nothing is held back for a virtual context",
    code: "    const release = this.scope.invocation.delivery.hold();",
    becomes: "    const release = (): void => undefined;",
    tests: contexts,
  },
  {
    keeps: "P3",
    what: "all items of a rebuilt batch start at once",
    code: "    while (items.startedCount < this.#statuses.length && items.startedCount - items.completedCount < maxConcurrency) {",
    becomes: "    while (items.startedCount < this.#statuses.length && maxConcurrency > 0) {",
    tests: contexts,
  },
  {
    keeps: "P9",
    what: "positions count from zero",
    code: "`${this.#count}` : `${this.position}-${this.#count}`;",
    becomes: "`${this.#count - 1}` : `${this.position}-${this.#count - 1}`;",
    tests: ["test/promises/p09-golden.test.ts"],
  },
  {
    keeps: "P13",
    what: "the end of a context leaves it open",
    code: "        child.close();\n        next(outcome);",
    becomes: "        next(outcome);",
    tests: ["test/promises/p13-closed.test.ts"],
  },
  {
    keeps: "P13",
    what: "an operation can be started in a context that has ended",
    code: "  return scope.isClosed ? new Future<T>() : new Step(scope, options).begin();",
    becomes: "  return new Step(scope, options).begin();",
    tests: ["test/promises/p13-closed.test.ts"],
  },
  {
    keeps: "P14",
    what: "nothing is compared with the log",
    code: "    if (this.stored !== undefined) compare(this, this.stored);\n    else if",
    becomes: "    if",
    tests: ["test/promises/p14-breach.test.ts"],
  },
  {
    keeps: "P14",
    what: "the call goes on after a breach",
    code: '    this.end({ status: "BREACH", error });\n    throw error;',
    becomes: '    this.end({ status: "BREACH", error });\n    return undefined as never;',
    tests: ["test/promises/p14-breach.test.ts"],
  },
  {
    keeps: "P15",
    what: "the first run gets the value that the function returned",
    code: "      return this.#read ?? readBack(this, options.serdes, result, (value) => future.ready(value));\n    }\n    return future.broken(error === undefined ? new StepError",
    becomes:
      "      return future.ready(result as T);\n    }\n    return future.broken(error === undefined ? new StepError",
    tests: ["test/promises/p15-round-trip.test.ts"],
  },
  {
    keeps: "P15",
    what: "the value of a virtual context makes no round trip",
    code: "        const done = (copy: T): void => {\n          future.ready(copy).handOver();",
    becomes: "        const done = (): void => {\n          future.ready(value).handOver();",
    tests: ["test/promises/p15-round-trip.test.ts"],
  },
  {
    keeps: "logs",
    what: "the code behind a context whose end is not recorded counts as replay",
    code: "          invocation.leaveReplay();\n          delivery.handOverAhead",
    becomes: "          delivery.handOverAhead",
    tests: ["src/engine/replay/context-end.test.ts"],
  },
];
