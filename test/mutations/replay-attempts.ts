import type { Mutation } from "./mutation.ts";

const attempts = ["test/promises/p02-attempts.test.ts", "test/promises/p01-left-behind.test.ts"];
const timeouts = ["src/lambda-compat/step-timeout.test.ts"];
const callers = ["src/lambda-compat/callers-context.test.ts"];
const failures = ["src/lambda-compat/serdes-failures.test.ts"];

/** Functions that are tried until they have an outcome. */
export const replayAttemptsMutations: readonly Mutation[] = [
  {
    keeps: "P2",
    what: "a step begins again whenever the service says that it is ready",
    code: "    if (status !== this.#awaits) return;\n",
    becomes: "",
    also: {
      code: '    if (status === "READY" && (this.#mayNotBegin || attempt < this.#attempt)) return;\n',
      becomes: "",
    },
    tests: ["test/conformance/real-time.test.ts"],
  },
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
    tests: ["src/engine/replay/invocation.test.ts"],
  },
  {
    keeps: "P1",
    what: "an attempt that has timed out is recorded when its function ends at last",
    code: "    if (life?.isOver === true) return false;\n",
    becomes: "",
    tests: ["src/lambda-compat/step-timeout.test.ts"],
  },
  {
    keeps: "P2",
    what: "an attempt with a timeout that was cut off counts for nothing",
    code: "    return this.atMostOnce || this.options.timeoutMs !== undefined;\n",
    becomes: "    return this.atMostOnce;\n",
    tests: ["src/lambda-compat/step-timeout.test.ts"],
  },
  {
    keeps: "P6",
    what: "the signal of a step says nothing when its outcome is no longer recorded",
    code: "    this.#closeListeners?.forEach((listener) => listener());\n",
    becomes: "",
    tests: ["src/lambda-compat/step-timeout.test.ts"],
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
    code: "    else if (this.countsInterruptions) this.#conclude(this.interrupted(new StepInterruptedError()));\n",
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
    keeps: "P15",
    what: "the first run gets the value that the function returned",
    code: "      return this.#read ?? readBack(this, options.serdes, result, (value) => future.ready(value));\n    }\n    return future.broken(error === undefined ? new StepError",
    becomes:
      "      return future.ready(result as T);\n    }\n    return future.broken(error === undefined ? new StepError",
    tests: ["test/promises/p15-round-trip.test.ts"],
  },
  {
    keeps: "P2",
    what: "an interrupted attempt is not taken up again",
    code: "new StepInterruptedError()));\n    else this.#execute();",
    becomes: "new StepInterruptedError()));",
    tests: attempts,
  },
  {
    keeps: "P4",
    what: "an attempt begins although its invocation has ended meanwhile",
    code: "    if (!invocation.isOver) invocation.host.ambient.run(this, () => this.run());",
    becomes: "    invocation.host.ambient.run(this, () => this.run());",
    tests: ["src/engine/replay/absorb.test.ts"],
  },
  {
    keeps: "P6",
    what: "the time of an attempt runs on when its function has ended",
    code: "    this.#cancelLimit?.();\n",
    becomes: "",
    tests: timeouts,
  },
  {
    keeps: "P6",
    what: "a signal that is asked for when the attempt is over says nothing",
    code: "    if (this.#isOver) listener(new AttemptAbortedError());\n    else this.#listeners.push(listener);",
    becomes: "    this.#listeners.push(listener);",
    tests: timeouts,
  },
  {
    keeps: "P6",
    what: "an earlier attempt's function is given the signal of the attempt that runs",
    code: "    const isOver = attempt !== this.attempt || this.scope.isClosed;",
    becomes: "    const isOver = this.scope.isClosed;",
    tests: timeouts,
  },
  {
    keeps: "P6",
    what: "a time limit that is up leaves the signal as it is",
    code: "    this.failed(error);\n    life.cutOff(error);",
    becomes: "    this.failed(error);\n    life.end();",
    tests: timeouts,
  },
  {
    keeps: "P10",
    what: "an attempt that is over is still told when its context ends",
    code: "    this.#forgetScope();\n",
    becomes: "",
    tests: ["src/engine/replay/let-go.test.ts"],
  },
  {
    keeps: "callers",
    what: "what follows a timeout runs in the asynchronous context of other code",
    code: "    const within = this.#host.ambient.snapshot();",
    becomes: "    const within = (up: () => void): void => up();",
    tests: [...timeouts, ...callers],
  },
  {
    keeps: "callers",
    what: "a later attempt runs in the asynchronous context of other code",
    code: '    if (verdict.action === "RETRY") this.keepContext();\n',
    becomes: "",
    tests: callers,
  },
  {
    keeps: "callers",
    what: "an attempt that waits for its start runs in the asynchronous context of other code",
    code: "    if (this.atMostOnce || stored !== undefined) this.keepContext();\n",
    becomes: "",
    tests: callers,
  },
  {
    keeps: "P15",
    what: "a step is recorded whose value cannot be read",
    code: '    if (serdes.isJson === true) return this.decided({ action: "SUCCEED", details: { payload } });',
    becomes: '    if (serdes !== undefined) return this.decided({ action: "SUCCEED", details: { payload } });',
    tests: failures,
  },
  {
    keeps: "P15",
    what: "a recorded value that cannot be read now fails the execution for good",
    code: '  called.scope.invocation.end({ status: "FAULT", error: new SerdesFailedError(error) });',
    becomes: '  called.scope.invocation.end({ status: "FAILED", error: new SerdesFailedError(error) });',
    tests: failures,
  },
];
