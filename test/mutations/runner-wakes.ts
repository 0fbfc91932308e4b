import type { Mutation } from "./mutation.ts";

const sharing = ["test/runner/sharing.test.ts"];
const owners = ["test/runner/owners.test.ts", "test/promises/p04-fence.test.ts"];
const wakes = ["test/runner/wakes.test.ts", "src/engine/runner/lost-wakes.test.ts"];
const alarm = ["test/runner/alarm.test.ts"];
const writes = ["test/promises/p08-writes.test.ts"];
const chaos = ["src/testing/chaos/chaos.test.ts"];

/** When an execution is looked at, what the alarm is told, and how a process lets go. */
export const runnerWakesMutations: readonly Mutation[] = [
  {
    keeps: "alarm",
    what: "a wake that has come elsewhere, by a clock that is ahead, stands for one that is needed",
    code: " && time - now > CLOCKS_DIFFER_MS",
    becomes: "",
    tests: ["src/adapters/hosts/outstanding-wakes.test.ts"],
  },
  {
    keeps: "P7",
    what: "a wake whose log cannot be read is lost",
    code: "      if (!this.#wokenLater.has(id)) this.#wakeLater(id, this.#retries.failed(id, host.now()));\n",
    becomes: "",
    tests: wakes,
  },
  {
    keeps: "P7",
    what: "an execution that somebody else made, and that has not begun, is not woken",
    code: "    if (isOwn || seq === 1) this.#sessions.wakeSoon(header.id);",
    becomes: "    if (isOwn) this.#sessions.wakeSoon(header.id);",
    tests: [...wakes, ...chaos],
  },
  {
    keeps: "P7",
    what: "what is due before the next try waits for it",
    code: "    this.#give(due !== undefined && due > now ? Math.min(due, at) : at, UNREAD);",
    becomes: "    this.#give(at, UNREAD);",
    tests: [...alarm, ...wakes],
  },
  {
    keeps: "P7",
    what: "a look that was asked for during another one is dropped",
    code: "    this.wish({ reads, orders });\n    this.#again = true;\n",
    becomes: "    this.wish({ reads, orders });\n    this.#again = this.#looking === undefined;\n",
    tests: ["test/promises/p07-liveness.test.ts", ...wakes, ...alarm],
  },
  {
    keeps: "P7",
    what: "a wake that comes while the log is read is lost",
    code: "      if (this.#reads) {\n        this.#again = true;",
    becomes: "      if (this.#reads && this.#stops < 0) {\n        this.#again = true;",
    tests: wakes,
  },
  {
    keeps: "P7",
    what: "a wake is lost with what a process was doing that learns that it was replaced",
    code: "    this.#loop.interrupt();",
    becomes: "    this.#loop.stop();",
    tests: wakes,
  },
  {
    keeps: "P7",
    what: "a wake whose look is to be tried again is lost when a process learns that it was replaced",
    code: "    const isOwed = this.#reads;\n",
    becomes: "    const isOwed = this.#again && this.#reads;\n",
    tests: wakes,
  },
  {
    keeps: "P7",
    what: "a process that could not read a log orders the alarm by the number that it knows",
    code: "Math.min(due, at) : at, UNREAD);",
    becomes:
      "Math.min(due, at) : at, {\n      incarnation: this.#options.state().header.incarnation,\n      seq: this.#options.state().seq,\n    });",
    tests: wakes,
  },
  {
    keeps: "alarm",
    what: "orders for one execution overlap",
    code: "    if (!this.#isOrdering) this.#setup.host.background(this.#giveOrders());",
    becomes: "    this.#setup.host.background(this.#giveOrders());",
    tests: alarm,
  },
  {
    keeps: "alarm",
    what: "a process that has not its turn gives orders",
    code: "    if (!mayRun(this.#id) || (wakesFromQueue",
    becomes: "    if ((wakesFromQueue",
    tests: [...alarm, ...owners],
  },
  {
    keeps: "alarm",
    what: "no watchdog is set while a function runs",
    code: "    const isGuarded = watchdogMs !== undefined && this.#options.isRunning();",
    becomes: "    const isGuarded = watchdogMs === 0;",
    tests: [...alarm, ...wakes, ...owners],
  },
  {
    keeps: "alarm",
    what: "a process that was replaced tells the alarm what it knows",
    code: "      await outlook.read();\n      isNewest = true;",
    becomes: "      isNewest = true;",
    tests: [...alarm, ...owners],
  },
  {
    keeps: "alarm",
    what: "a queue is asked for the same time again at every wake",
    code: "      else if (time === at) return false;\n",
    becomes: "",
    tests: ["src/adapters/hosts/outstanding-wakes.test.ts"],
  },
  {
    keeps: "stand-down",
    what: "the look under way goes on after a process has let go",
    code: "    this.#stops++;\n",
    becomes: "",
    // The tests of wakes would never end.
    tests: chaos,
  },
  {
    keeps: "stand-down",
    what: "an invocation that was abandoned is told to nobody",
    code: "    this.#surroundings.log.revoke(this.claim);\n    this.over();\n    this.#running?.abandon();",
    becomes: "    this.over();",
    tests: [...owners, "test/promises/p13-closed.test.ts", ...chaos],
  },
  {
    keeps: "stand-down",
    what: "the output of an abandoned invocation counts",
    code: "    if (this.isOver) return;\n    if (output.status",
    becomes: "    if (output.status",
    tests: [...owners, ...chaos],
  },
  {
    keeps: "P10",
    what: "the alarm is ordered anew with every sign of life",
    code: "    else this.#clock.watch(renewAt, {});",
    becomes: "    else this.#clock.watch(renewAt);",
    tests: [...sharing, ...alarm],
  },
  {
    keeps: "pause",
    what: "a resume in a process without room forgets what is halted in the log",
    code: "      if (this.state.header.halt === undefined) return;\n",
    becomes: "      return;\n",
    tests: ["src/engine/runner/shared-execution.test.ts"],
  },
  {
    keeps: "P6",
    what: "no alarm is set",
    code: "    this.#clock.order(at, order);",
    becomes: "    this.#clock.order(undefined, order);",
    tests: ["test/promises/p06-timers.test.ts", ...alarm],
  },
  {
    keeps: "P7",
    what: "a look that learns in reading that it was replaced drops the wake that has caused it",
    code: "      // What was read may have ended an invocation here. The wake is this process's to see to all the same.\n      stops = this.#stops;\n",
    becomes: "",
    tests: [...wakes, ...owners],
  },
  {
    keeps: "alarm",
    what: "the alarm is ordered for a function that a message stands for",
    code: " || (wakesFromQueue && this.#options.isRunning())) return;",
    becomes: ") return;",
    also: {
      code: "    const { host, mayRun, watchdogMs, wakesFromQueue } = this.#setup;",
      becomes: "    const { host, mayRun, watchdogMs } = this.#setup;",
    },
    tests: ["test/runner/queue-wakes.test.ts"],
  },
  {
    keeps: "alarm",
    what: "an order that the alarm has refused is not given again",
    code: "      this.#giveAgain(host.now());\n",
    becomes: "      void host;\n",
    tests: alarm,
  },
  {
    keeps: "pause",
    what: "a store that has room again leaves the execution shown as halted",
    code: "    this.#pause.end();\n    if (this.#invoker.here",
    becomes: "    if (this.#invoker.here",
    tests: ["test/http/refusals.test.ts", "src/engine/runner/shared-execution.test.ts", ...writes],
  },
  {
    keeps: "close",
    what: "a call that waits for an outcome is answered without one when its host is closed",
    code: "    for (const signal of this.#signals) signal.fail(closed());",
    becomes: "    for (const signal of this.#signals) signal.give();",
    tests: owners,
  },
  {
    keeps: "P7",
    what: "a process that starts looks for nothing that was running",
    code: "    for await (const { id } of running) await this.wake(id);\n",
    becomes: "    void running;\n",
    tests: ["src/engine/runner/lost-wakes.test.ts", "test/promises/p04-fence.test.ts"],
  },
  {
    keeps: "P7",
    what: "a wake uses a session that an earlier one has let go of, and does nothing",
    code: "      if (this.#places.get(session.id) === place) return;\n",
    becomes: "      if (place.users >= 0) return;\n",
    tests: wakes,
  },
];
