import type { Mutation } from "./mutation.ts";

const answers = ["test/runner/checkpoint-answers.test.ts"];
const order = ["test/runner/order.test.ts"];
const owners = ["test/runner/owners.test.ts", "test/promises/p04-fence.test.ts"];
const wakes = ["test/runner/wakes.test.ts", "src/engine/runner/lost-wakes.test.ts"];
const writes = ["test/promises/p08-writes.test.ts"];
const chaos = ["src/testing/chaos/chaos.test.ts"];
const snapshots = ["src/engine/machine/snapshot.test.ts", "test/runner/snapshots.test.ts"];

/** What is written and read of a log, and by which invocation. */
export const runnerLogMutations: readonly Mutation[] = [
  {
    keeps: "P4",
    what: "another owner's commit is not noticed",
    code: "    else this.#claims.note(commit);",
    becomes: "",
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
    what: "what one commit has changed reaches the invocation after what the next one has",
    code: "    if (news !== undefined) listener.onNews(news);",
    becomes:
      "    const tell = (): void => void (news !== undefined && listener.onNews(news));\n" +
      "    if (this.state.seq % 2 === 0) tell();\n" +
      "    else this.#dependencies.host.drain(tell);",
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
    keeps: "P4",
    what: "the invocation of a process that was replaced goes on",
    code: "    this.#loop.interrupt();\n    this.#letGoOfWork();",
    becomes: "    this.#loop.interrupt();",
    tests: owners,
  },
  {
    keeps: "P4",
    what: "of two processes that a queue has woken at once both call the function",
    code: '      await log.record({ type: "RENEW" }, active.claim);\n      if (!active.isOver)',
    becomes: "      if (!active.isOver)",
    tests: ["test/runner/queue-wakes.test.ts"],
  },
  {
    keeps: "P4",
    what: "an SDK elsewhere whose invocation was taken over is refused and breaks",
    code: "    return this.#setup.lostTokens.has(token);",
    becomes: "    return false;",
    tests: answers,
  },
  {
    keeps: "P4",
    what: "a checkpoint token is good for two calls at once",
    code: "    this.#token = this.#randomId();\n    try {",
    becomes: "    try {",
    tests: ["test/http/checkpoint-tokens.test.ts"],
  },
  {
    keeps: "P8",
    what: "a call that was refused uses its token up",
    code: "      if (error instanceof ClientError) this.#token = token;\n",
    becomes: "",
    tests: ["test/http/checkpoint-tokens.test.ts", "test/http/refused-checkpoints.test.ts"],
  },
  {
    keeps: "P10",
    what: "the keys of the state are copied for each commit",
    code: "    const { facts, isSign } = accept(",
    becomes: "    void [...this.state.operations.keys()];\n    const { facts, isSign } = accept(",
    tests: ["test/promises/p10-flat-cost.test.ts"],
  },
  {
    keeps: "snapshots",
    what: "a snapshot is taken although the log does not confirm it",
    code: "    if (last === undefined || !snapshot.follows(last)) return undefined;",
    becomes: "    if (last === undefined) return undefined;",
    tests: snapshots,
  },
  {
    keeps: "snapshots",
    what: "a log that does not follow on its snapshot cannot be read",
    code: "      if (!(error instanceof CorruptLogError)) throw error;",
    becomes: "      if (error instanceof CorruptLogError || error !== undefined) throw error;",
    tests: snapshots,
  },
  {
    keeps: "snapshots",
    what: "a snapshot is kept of a state that has gone on since its last commit was read",
    code: "      if (lastBody === undefined || state.seq !== seq) return;",
    becomes: "      if (lastBody === undefined) return;",
    tests: snapshots,
  },
  {
    keeps: "snapshots",
    what: "a store that fails to give a snapshot keeps the execution from being read",
    code: "      this.#options.onError(error);\n      return undefined;",
    becomes: "      this.#options.onError(error);\n      throw error;",
    tests: snapshots,
  },
];
