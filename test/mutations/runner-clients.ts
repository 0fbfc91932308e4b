import type { Mutation } from "./mutation.ts";

const sharing = ["test/runner/sharing.test.ts"];
const wakes = ["test/runner/wakes.test.ts", "src/engine/runner/lost-wakes.test.ts"];
const callees = ["test/runner/callees.test.ts"];
const incarnations = ["test/runner/incarnations.test.ts"];
const chaos = ["src/testing/chaos/chaos.test.ts"];
const lists = ["src/engine/runner/directory-list.test.ts"];

/** Starts, invoked functions, names that are used again, and lists. */
export const runnerClientsMutations: readonly Mutation[] = [
  {
    keeps: "P1",
    what: "an execution that was started here and has ended elsewhere is started again",
    code: "return isCreated ? { execution: header, created: true } : undefined;",
    becomes: "return undefined;",
    tests: incarnations,
  },
  {
    keeps: "P10",
    what: "a callee is started at every look while its start is under way",
    code: "this.#sent.set(operation.id, Number.POSITIVE_INFINITY);",
    // At every look of the same moment, too, a process would never come to an end.
    becomes: "this.#sent.set(operation.id, this.#options.setup.host.now() + 1);",
    tests: callees,
  },
  {
    keeps: "plain functions",
    what: "a function runs again whose outcome could not be recorded",
    code: "const outcome = this.#outcomes.get(call) ?? callPlain(",
    becomes: "const outcome = callPlain(",
    tests: callees,
  },
  {
    keeps: "plain functions",
    what: "what a plain function comes to is forgotten when its execution is rewound while it runs",
    code: "    this.#rewinds = rewinds;\n    this.#sent.clear();\n",
    becomes: "    this.#rewinds = rewinds;\n    this.#sent.clear();\n    this.#outcomes.clear();\n",
    tests: callees,
  },
  {
    keeps: "plain functions",
    what: "a duty is carried out that follows from a state which is past",
    code: "if (stops !== this.#stops || seq !== outlook.seq) return;",
    becomes: "if (stops !== this.#stops) return;",
    tests: ["src/engine/runner/look-loop.test.ts"],
  },
  {
    keeps: "plain functions",
    what: "a callee that cannot be reached is never tried again",
    code: "      if (caller().rewinds === rewinds) this.#sent.set(operation.id, retries.failed(what, setup.host.now()));\n",
    becomes: "",
    tests: callees,
  },
  {
    keeps: "callees",
    what: "a peer that lacks the version of a callee refuses it for good",
    code: "  ClientErrorCode.NOT_FOUND,\n  ClientErrorCode.THROTTLED,",
    becomes: "  ClientErrorCode.THROTTLED,",
    tests: sharing,
  },
  {
    keeps: "callees",
    what: "a function that only another process knows fails the invoke at once",
    code: "    if (host.now() < startedAt + watchdogMs)",
    becomes: "    if (host.now() < startedAt && watchdogMs > 0)",
    tests: sharing,
  },
  {
    keeps: "incarnations",
    what: "an outcome is dropped by a process that knows an earlier execution of the name",
    code: "      if (!isMeant()) await session.read();\n",
    becomes: "",
    tests: incarnations,
  },
  {
    keeps: "incarnations",
    what: "a call that waits while another one finds the execution removed is told that there is none",
    code: "    if (isGone(session)) throw new LogGoneError(session.id);\n    throw unknownExecution",
    becomes: "    throw unknownExecution",
    tests: incarnations,
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
    code: "    if (!isOwn && hasExpired(header, host.now())) {",
    becomes: "    if (!isOwn && hasExpired(header, 0)) {",
    tests: incarnations,
  },
  {
    keeps: "directory",
    what: "the newest row is not shown",
    code: "    this.#shown = Math.max(this.#shown, row.seq);",
    becomes: "    this.#shown = Number.POSITIVE_INFINITY;",
    tests: [...chaos, ...incarnations],
  },
  {
    keeps: "P7",
    what: "a start of unknown fate wakes nobody",
    code: "      if (!(error instanceof ClientError)) this.#sessions.wakeSoon(id);\n",
    becomes: "",
    tests: wakes,
  },
  {
    keeps: "incarnations",
    what: "a start is refused whose name was removed at the same moment",
    code: "        return isCreated ? { execution: header, created: true } : undefined;",
    becomes: "        if (isCreated) return { execution: header, created: true };",
    tests: incarnations,
  },
  {
    keeps: "callee names",
    what: "a start by itself is answered with an execution that was invoked",
    code: "header.version === version && isSameParent(header.parent, parent);",
    becomes: "header.version === version && (parent ?? isSameParent) !== undefined;",
    tests: callees,
  },
  {
    keeps: "retention",
    what: "an execution whose parent is removed tells it for ever",
    code: "    if (!(error instanceof ClientError && error.code === ClientErrorCode.NOT_FOUND)) throw error;\n  }\n}\n\nfunction outcomeOf",
    becomes:
      "    if (error instanceof ClientError || ClientErrorCode !== undefined) throw error;\n  }\n}\n\nfunction outcomeOf",
    tests: [...incarnations, ...callees],
  },
  {
    keeps: "directory",
    what: "an execution that ends while a list is read is in neither part of it",
    code: '  const running = asked.delete("RUNNING") ? await read({ ...scan, status: "RUNNING" }) : [];\n  const ended = await Promise.all(Array.from(asked, async (status) => read({ ...scan, status })));\n',
    becomes:
      '  const isRunningAsked = asked.delete("RUNNING");\n  const ended = await Promise.all(Array.from(asked, async (status) => read({ ...scan, status })));\n  const running = isRunningAsked ? await read({ ...scan, status: "RUNNING" }) : [];\n',
    tests: lists,
  },
  {
    keeps: "directory",
    what: "an execution that ends while a list is read is shown as it was",
    code: "    else if (head.row.seq > last.seq) rows[rows.length - 1] = head.row;\n",
    becomes: "",
    tests: lists,
  },
  {
    keeps: "directory",
    what: "a list with any number of rows is read",
    code: "  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {",
    becomes: "  if (!Number.isInteger(limit) || limit < 1) {",
    tests: lists,
  },
  {
    keeps: "retention",
    what: "what has expired while no process was there is kept",
    code: "    for (const { id } of await store.expired(host.now(), RECOVERY_PAGE)) await this.wake(id);\n",
    becomes: "",
    tests: ["src/engine/runner/lost-wakes.test.ts", ...incarnations],
  },
  {
    keeps: "incarnations",
    what: "the next page of a history is of a later execution of the name",
    code: "incarnation !== (query.incarnation ?? incarnation))",
    becomes: "incarnation === '')",
    tests: ["test/runner/history.test.ts"],
  },
  {
    keeps: "P11",
    what: "a page of the state is as large as it may be, and one more operation",
    code: "    return units > UNITS_PER_PAGE && index > 0;\n",
    becomes: "    return units - payloadLength(operation) >= UNITS_PER_PAGE && index > 0;\n",
    tests: ["src/engine/runner/state-page.test.ts"],
  },
];
