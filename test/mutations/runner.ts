import type { Mutation } from "./mutation.ts";

const answers = ["test/runner/checkpoint-answers.test.ts"];
const order = ["test/runner/order.test.ts"];
const owners = ["test/runner/owners.test.ts", "test/promises/p04-fence.test.ts"];
const wakes = ["test/runner/wakes.test.ts", "src/engine/runner/lost-wakes.test.ts"];
const alarm = ["test/runner/alarm.test.ts"];
const callees = ["test/runner/callees.test.ts"];
const incarnations = ["test/runner/incarnations.test.ts"];
const writes = ["test/promises/p08-writes.test.ts"];
const chaos = ["src/testing/chaos/chaos.test.ts"];

/** The half that keeps a log, runs invocations and is woken. */
export const runnerMutations: readonly Mutation[] = [
  {
    keeps: "P4",
    what: "another owner's commit is not noticed",
    code: "      onFound: (commit) => this.#claims.note(commit),",
    becomes: "      onFound: () => undefined,",
    tests: owners,
  },
  {
    keeps: "P4",
    what: "the answer to a checkpoint sets functions off though the claim has ended meanwhile",
    code: "    if (!this.#surroundings.log.holds(this.claim)) throw new FencedError();\n",
    becomes: "",
    tests: answers,
  },
  {
    keeps: "P4",
    what: "a claim that was revoked still writes",
    code: "    if (claim !== undefined && !this.#claims.holds(claim)) throw new FencedError();\n",
    becomes: "",
    tests: [...owners, ...chaos],
  },
  {
    keeps: "P8",
    what: "a write that threw is taken for lost",
    code: "      isOwn = await this.#read(written.body);\n",
    becomes: "      throw error;\n",
    tests: writes,
  },
  {
    keeps: "P8",
    what: "a write that threw is taken for landed",
    code: "    if (!isOwn && this.state.seq < written.seq) throw error;\n    return this.#conclude(written, isOwn);",
    becomes: "    return true;",
    tests: writes,
  },
  {
    keeps: "P5",
    what: "what is refused for want of what another process wrote is not decided again",
    code: "    await this.#read(undefined);\n    return this.#attempt(request);",
    becomes: "    return this.#attempt(request);",
    tests: ["src/engine/runner/shared-execution.test.ts", ...order],
  },
  {
    keeps: "P3",
    what: "changes from outside reach the invocation in the order in which their callers hear of them",
    code: "    if (news !== undefined) listener.onNews(news);",
    becomes: "    if (news !== undefined) void Promise.resolve().then(() => listener.onNews(news));",
    tests: [...order, ...chaos],
  },
  {
    keeps: "P7",
    what: "what an invocation has not taken is not told with its next checkpoint",
    code: "    for (const { id } of changed) this.#unheard.add(id);\n",
    becomes: "",
    tests: answers,
  },
  {
    keeps: "P7",
    what: "nobody looks again after a command of unknown fate",
    code: "      if (!(error instanceof ClientError || error instanceof LogGoneError)) this.#tryLater();\n",
    becomes: "",
    tests: ["test/promises/p07-liveness.test.ts", ...wakes],
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
    code: "    this.order(due !== undefined && due > now ? Math.min(due, at) : at);",
    becomes: "    this.order(at);",
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
    keeps: "alarm",
    what: "orders for one execution overlap",
    code: "    if (!this.#isOrdering) this.#setup.host.background(this.#giveOrders());",
    becomes: "    this.#setup.host.background(this.#giveOrders());",
    tests: alarm,
  },
  {
    keeps: "alarm",
    what: "a process that has not its turn gives orders",
    code: "    if (!mayRun(this.#id)) return;\n",
    becomes: "",
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
    code: "      else if (time <= at) return false;\n",
    becomes: "",
    tests: ["src/adapters/hosts/outstanding-wakes.test.ts"],
  },
  {
    keeps: "stand-down",
    what: "the look under way goes on after a process has let go",
    code: "    this.#stops++;\n",
    becomes: "",
    tests: [...owners, ...wakes, ...chaos],
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
    keeps: "plain functions",
    what: "functions are called at every look while they run",
    code: "    this.#sent.set(operation.id, Number.POSITIVE_INFINITY);\n",
    becomes: "",
    tests: callees,
  },
  {
    keeps: "plain functions",
    what: "a function runs again whose outcome could not be recorded",
    code: "this.#outcomes.get(operation.id) ?? (await",
    becomes: "(await",
    tests: callees,
  },
  {
    keeps: "plain functions",
    what: "a callee that cannot be reached is never tried again",
    code: "      this.#sent.set(operation.id, retries.failed(what, setup.host.now()));\n",
    becomes: "",
    tests: callees,
  },
  {
    keeps: "callee names",
    what: "an execution that somebody else has started counts as one's own",
    code: "  return isSameParent(parent, own);",
    becomes: "  return parent === own || true;",
    tests: callees,
  },
  {
    keeps: "incarnations",
    what: "a session goes on in the log of a later execution of its name",
    code: "    if (seq > 0) return store.read(this.#id, seq + 1, { incarnation: header.incarnation });",
    becomes: "    if (seq > 0) return header && store.read(this.#id, seq + 1);",
    tests: [...incarnations, ...chaos],
  },
  {
    keeps: "incarnations",
    what: "a session of an execution that was removed is kept",
    code: "    if (!isUsed || isGone(place.session)) this.#drop(place);",
    becomes: "    if (!isUsed) this.#drop(place);",
    tests: [...incarnations, ...chaos],
  },
  {
    keeps: "retention",
    what: "a start is refused by an execution whose retention is over",
    code: "    if (hasExpired(header, host.now())) {",
    becomes: "    if (hasExpired(header, 0)) {",
    tests: ["src/engine", "test/runner", "test/http"],
  },
  {
    keeps: "directory",
    what: "the newest row is not shown",
    code: "    this.#shown = Math.max(this.#shown, row.seq);",
    becomes: "    this.#shown = Number.POSITIVE_INFINITY;",
    tests: [...chaos, ...incarnations],
  },
];
