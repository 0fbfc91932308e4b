/**
 * Programs whose logs are kept for ever under test/golden: together they write every kind of fact in every shape that
 * replay has to understand. A program here never changes once its log is kept; a new one gets a new name.
 */

import type { DurablePromise } from "../../src/lambda-compat/durable-promise.ts";
import type { DurableContext, DurableLambdaHandler } from "../../src/lambda-compat/types.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { type Env, EXECUTION_ID, programOf, type World, type WorldOptions } from "./world.ts";

export interface History {
  readonly options: WorldOptions;
  /** What happens beside the program, before it is left to run to its end. */
  readonly happens?: (world: World) => Promise<void>;
  /** The version of the format that its commits need; 2 by default. */
  readonly format?: number;
  /** The execution that is looked at; the program's own by default. */
  readonly subject?: string;
}

const NO_RETRY = { retryStrategy: () => ({ shouldRetry: false }) };
/** Above what is recorded of a context. */
const LARGE = "x".repeat(300_000);

async function message(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    const { name, message: text, errorData } = error as Error & { errorData?: string };
    return [name, text, errorData ?? null];
  }
}

function fail(text: string): Promise<never> {
  return Promise.reject(new TypeError(text));
}

async function sequence(context: DurableContext, env: Env): Promise<unknown> {
  const values: unknown[] = [];
  values.push(await context.step("number", async () => 1));
  values.push((await context.step("nothing", async () => undefined)) ?? "nothing");
  values.push(await context.step(async () => ({ at: new Date(0), text: "ünïcödé \ud800 \u2028", list: [null, true] })));
  await context.wait("short", { seconds: 2 });
  await context.wait({ days: 40 });
  values.push(await message(context.step("failing", async () => fail("for good"), NO_RETRY)));
  const retryStrategy = (_error: Error, attempt: number) => ({
    shouldRetry: attempt < 3,
    delay: { seconds: attempt * 10 },
  });
  values.push(
    await context.step("retried", async ({ attempt }) => (attempt < 3 ? fail("again") : attempt), { retryStrategy }),
  );
  values.push(await context.step("once", async () => "once", { semantics: "AT_MOST_ONCE_PER_RETRY" }));
  values.push((await context.step("slow", async () => env.service("slow", 5000))) === undefined);
  const check = async (count: number): Promise<number> => count + 1;
  const waitStrategy = (count: number) =>
    count < 4 ? { shouldContinue: true as const, delay: { seconds: 30 } } : { shouldContinue: false as const };
  values.push(await context.waitForCondition("polled", check, { initialState: 0, waitStrategy }));
  return values;
}

async function lengthy(context: DurableContext, env: Env): Promise<unknown> {
  const [slow] = await Promise.all([
    context.step("slow", async () => env.service("slow", 9000)),
    context.wait({ seconds: 5 }),
  ]);
  const once = await context.step("once", async () => env.service("once", 5000), {
    semantics: "AT_MOST_ONCE_PER_RETRY",
  });
  return [slow ?? "slow", once ?? "once"];
}

/** Since the world began: in the second round the step comes first, in the third nothing but time. */
const STEP_ENDS_S = [45, 55, 500];

async function races(context: DurableContext, env: Env): Promise<unknown> {
  const trace: string[] = [];
  const told = async (label: string, promise: Promise<unknown>): Promise<unknown> => {
    const value = await message(promise);
    trace.push(`${label} ${JSON.stringify(value)}`);
    return value;
  };
  for (const round of [1, 2, 3]) {
    const [answer] = await context.createCallback(`round ${round}`);
    const first = await Promise.race([
      told(`answer ${round}`, answer),
      told(`time ${round}`, context.wait({ seconds: 60 })),
      told(
        `step ${round}`,
        context.step(async () => env.until((STEP_ENDS_S[round - 1] ?? 0) * 1000)),
      ),
    ]);
    await context.step(`after ${JSON.stringify(first ?? "time")}`, async () => round);
  }
  const any = Promise.any([context.step(async () => fail("first"), NO_RETRY), context.wait({ seconds: 3 })]);
  await told("any", any);
  await told("all", Promise.all([context.wait({ seconds: 9 }), context.step(async () => fail("one"), NO_RETRY)]));
  await told(
    "durable race",
    context.promise.race([context.step(async () => "step"), context.wait({ seconds: 90 }) as never]),
  );
  await context.wait({ seconds: 200 });
  return trace;
}

async function contexts(context: DurableContext, env: Env): Promise<unknown> {
  const trace: string[] = [];
  const nested = await context.runInChildContext("outer", async (outer) => {
    const inner = await outer.runInChildContext("inner", async (child) => child.step(async () => "inner"));
    void outer.step("abandoned", async () => env.service("abandoned", 1e9));
    await outer.wait({ seconds: 5 });
    return `${inner} in outer`;
  });
  const failed = await message(
    context.runInChildContext("failing", async (child) => child.step(async () => fail("inside"), NO_RETRY)),
  );
  const virtual = await context.runInChildContext(
    "virtual",
    async (child) => {
      trace.push("virtual");
      return child.step("in no record", async () => "virtual");
    },
    { virtualContext: true },
  );
  const large = await context.runInChildContext("large", async (child) => {
    trace.push("large");
    void child.wait({ days: 1 }).then(() => trace.push("never"));
    return `${await child.step(async () => "large")}${LARGE}`;
  });
  const silent = await context.runInChildContext("large without operations", async () => LARGE);
  await context.wait({ seconds: 30 });
  return [nested, failed, virtual, large.length, silent.length, trace];
}

async function batches(context: DurableContext): Promise<unknown> {
  const trace: string[] = [];
  const item = async (child: DurableContext, seconds: number, index: number): Promise<string> => {
    await child.wait({ seconds });
    return child.step(async () => (seconds === 4 ? fail(`item ${index}`) : `item ${index}`), NO_RETRY);
  };
  const failFast = await context.map("fail fast", [3, 4, 50], item);
  const tolerant = await context.map("tolerant", [3, 4, 5], item, {
    completionConfig: { toleratedFailureCount: 1 },
    maxConcurrency: 2,
  });
  const flat = await context.map("flat", [2, 1], item, { nesting: "FLAT" });
  const [left, right] = await context.parallel("branches", [
    async (child) => child.step(async () => "left"),
    async () => "right",
  ]);
  const large = await context.map(
    "large",
    [9, 2, 3, 4],
    async (child, seconds, index) => {
      trace.push(`start ${index}`);
      await child.wait({ seconds });
      trace.push(`end ${index}`);
      return `${index}${LARGE}`;
    },
    { maxConcurrency: 2, completionConfig: { minSuccessful: 2 } },
  );
  await context.wait({ seconds: 100 });
  const statuses = (batch: { all: { status: string }[]; completionReason: string }): unknown => [
    batch.completionReason,
    ...batch.all.map(({ status }) => status),
  ];
  return [statuses(failFast), statuses(tolerant), flat.getResults(), left, right, statuses(large), trace];
}

/** Contexts that end together with other results, before those, and before they are recorded themselves. */
async function ends(context: DurableContext, env: Env): Promise<unknown> {
  const trace: string[] = [];
  const told = async (label: string, promise: PromiseLike<unknown>, hops = 0): Promise<string> => {
    trace.push(`${label} ${JSON.stringify(await promise)}`);
    for (let hop = 0; hop < hops; hop++) await Promise.resolve();
    trace.push(`${label} later`);
    return label;
  };
  const step = (within: DurableContext, label: string): DurablePromise<string> => within.step(label, async () => label);
  const together = [7, 0, 3].map((hops, index) =>
    told(
      `child ${index}`,
      context.runInChildContext(`child ${index}`, (child) => step(child, `in ${index}`)),
      hops,
    ),
  );
  await step(context, `after ${await Promise.race(together)}`);
  await Promise.all(together);
  const beside = [
    told(
      "slow",
      context.runInChildContext("slow", (child) => child.step(async () => env.until(1950))),
    ),
    told("time", context.wait("time", { seconds: 2 })),
    told(
      "timed",
      context.runInChildContext("timed", (child) => child.wait({ seconds: 2 })),
      4,
    ),
    told("shared", context.promise.all<unknown>([context.wait({ seconds: 2 }), step(context, "quick")])),
  ];
  await Promise.race(beside);
  const long = context.step("long", async () => env.until(20_000));
  await Promise.all(beside);
  const batch = await context.map("early", [1, 2, 3, 4, 5, 6], (item, value) => step(item, `item ${value}`), {
    maxConcurrency: 3,
    completionConfig: { minSuccessful: 2 },
  });
  const statuses = batch.all.map(({ status }) => status).join();
  trace.push((await context.step("statuses", async () => statuses)) === statuses ? statuses : "other statuses");
  await Promise.all([long, told("nested", nested(context, 5, step))]);
  await context.wait({ seconds: 30 });
  return trace;
}

async function nested(
  outer: DurableContext,
  depth: number,
  innermost: (within: DurableContext, label: string) => Promise<string>,
): Promise<string> {
  if (depth === 0) return innermost(outer, "innermost");
  return outer.runInChildContext(`level ${depth}`, (child) => nested(child, depth - 1, innermost));
}

async function callbacks(context: DurableContext): Promise<unknown> {
  const submitted = await context.waitForCallback("submitted", async () => undefined);
  const refused = await message(context.waitForCallback("refused", async () => undefined));
  const silent = await message(context.waitForCallback("silent", async () => undefined, { timeout: { seconds: 90 } }));
  const dead = await message(
    context.waitForCallback("dead", async () => undefined, { heartbeatTimeout: { seconds: 20 } }),
  );
  const unsent = await message(context.waitForCallback("unsent", async () => fail("not sent"), NO_RETRY));
  const [early] = await context.createCallback("early");
  await context.wait({ minutes: 5 });
  return [submitted, refused, silent, dead, unsent, await early];
}

async function invokes(context: DurableContext): Promise<unknown> {
  const plain = await context.invoke("plain", "plain", { value: 1 });
  const durable = context.invoke("durable", "durable", { value: 2 });
  const failing = message(context.invoke("failing", "durable", { value: -1 }));
  const unknown = message(context.invoke("nobody", "nobody"));
  return [plain, ...(await Promise.all([durable, failing, unknown]))];
}

const callees = (env: Env): ReturnType<WorldOptions["functions"]> => ({
  program: withDurableExecution((_event, context) => invokes(context)),
  plain: async ({ value }: { value: number }) => {
    await env.service("plain", 1000);
    return { value: value * 2 };
  },
  durable: withDurableExecution(async ({ value }: { value: number }, context) => {
    await context.wait({ seconds: 60 });
    if (value < 0) throw new RangeError("negative");
    return { value: value * 2 };
  }),
});

/** Fails to read its own results while the world is young. */
async function faults(context: DurableContext, env: Env): Promise<unknown> {
  const serdes = {
    serialize: async (value: unknown) => JSON.stringify(value),
    deserialize: async (text: string | undefined) => {
      if (env.now() < 10_000) throw new Error("the key store is down");
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
  };
  const value = await context.step("encrypted", async () => "secret", { serdes });
  await context.wait({ seconds: 20 });
  return value;
}

async function interrupted(context: DurableContext, env: Env): Promise<unknown> {
  const retryStrategy = (error: Error) => ({
    shouldRetry: error.name === "StepInterruptedError",
    delay: { seconds: 7 },
  });
  const once = context.step(
    "once",
    async ({ attempt }) => {
      await env.service(`attempt ${attempt}`, 60_000);
      return attempt;
    },
    { semantics: "AT_MOST_ONCE_PER_RETRY", retryStrategy },
  );
  return [await once, await context.step(async () => "after")];
}

function inVersions(program: DurableLambdaHandler): WorldOptions["functions"] {
  return () => ({ program: { latest: "1", versions: { "1": program, "2": program } } });
}

const repaired = inVersions(
  withDurableExecution(async (_event, context) => {
    await context.step("first", async () => 1);
    await context.wait({ minutes: 1 });
    return context.step("second", async () => 2);
  }),
);
const broken = inVersions(withDurableExecution(async (_event, context) => context.wait("another", { seconds: 1 })));

const YES = { type: "SUCCEEDED", result: "yes" } as const;
const NO = { type: "FAILED", error: { errorType: "Refused", errorMessage: "no", errorData: '{"why":"so"}' } } as const;

const plain: Readonly<Record<string, History>> = {
  sequence: { options: { functions: programOf(sequence) } },
  races: {
    options: {
      functions: programOf(races),
      answers: {
        "round 1": { after: 10_000, outcome: YES },
        "round 2": { after: 51_000, outcome: NO },
        "round 3": { after: 300_000, outcome: YES },
      },
    },
  },
  contexts: { options: { functions: programOf(contexts) } },
  batches: { options: { functions: programOf(batches) } },
  ends: { options: { functions: programOf(ends) } },
  callbacks: {
    options: {
      functions: programOf(callbacks),
      answers: {
        submitted: { after: 5000, outcome: YES },
        refused: { after: 5000, outcome: NO },
        dead: { after: 15_000, outcome: { type: "HEARTBEAT" } },
        early: { after: 1000, outcome: YES },
      },
    },
  },
  invokes: { options: { functions: callees } },
  faults: { options: { functions: programOf(faults) } },
};

/** Each in a process that stays, and with an invocation for each suspension. */
const both = Object.entries(plain).flatMap(([name, { options }]): [string, History][] => [
  [name, { options }],
  [`${name}-cold`, { options: { ...options, parks: false } }],
]);

async function failing(context: DurableContext): Promise<unknown> {
  await context.step("fine", async () => 1);
  await context.wait({ seconds: 5 });
  return context.runInChildContext("deep", async (child) =>
    child.step("bottom", async () => fail("at the bottom"), NO_RETRY),
  );
}

async function long(context: DurableContext): Promise<unknown> {
  await context.step(async () => 1);
  return context.wait({ days: 1 });
}

async function tagged(context: DurableContext): Promise<unknown> {
  context.setTags({ stage: "begun", region: null });
  const refused: string[] = [];
  const both = context.parallel([
    async (branch) => {
      branch.setTags({ left: "1" });
      await branch.wait({ seconds: 5 });
      branch.setTags({ left: "2" });
    },
    async (branch) => {
      await branch.step("right", async () => 1);
      try {
        branch.setTags(Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`k${at}`, ""])));
      } catch (error) {
        refused.push((error as Error).message);
      }
      branch.setTags({ right: "ünïcödé" });
    },
  ]);
  await both;
  context.setTags({ stage: "done" });
  return refused;
}

const patient = (): ReturnType<WorldOptions["functions"]> => ({
  program: withDurableExecution((_event, context) => message(context.invoke("long", "long"))),
  long: withDurableExecution((_event, context) => long(context)),
});

async function stopIn(world: World, { ms, functionName }: { ms: number; functionName: string }): Promise<void> {
  world.boot();
  await world.clock.advance(ms);
  const [id] = [...world.ledger.states.keys()].filter((name) => name.startsWith(`${functionName}/`));
  await world.runner.stop(id ?? "", { errorType: "Stopped", errorMessage: "by hand" });
  await world.clock.settle();
}

async function crashIn(world: World, ms: number): Promise<void> {
  if (world.processes === 0) world.boot();
  await world.clock.advance(ms);
  world.boot();
}

/** Two steps with a pause between them, for what an operator does. */
async function operated(context: DurableContext): Promise<unknown> {
  const [answer, callbackId] = await context.createCallback("answer");
  await context.step("a", async () => callbackId.length);
  const called = context.invoke("plain", 20);
  await context.wait({ seconds: 10 });
  return [await context.step("b", async () => "b"), await answer, await called];
}

const OPERATED: WorldOptions = {
  functions: (env) => ({ ...programOf(operated)(env), plain: async (event: number) => event + 1 }),
  answers: { answer: { after: 5_000, outcome: { type: "SUCCEEDED", result: "yes" } } },
};

async function pauseFor(world: World, ms: number): Promise<void> {
  world.boot();
  await world.clock.advance(1000);
  await world.runner.pause(EXECUTION_ID, { reason: "by hand" });
  await world.clock.advance(ms);
  await world.runner.resume(EXECUTION_ID);
}

/** One fork for good, and one that is removed once it has ended. */
async function forkTwice(world: World): Promise<void> {
  world.boot();
  await world.clock.advance(60_000);
  await world.runner.fork(EXECUTION_ID, { name: "fork", operationId: "4" });
  const { execution } = await world.runner.fork(EXECUTION_ID, { name: "gone" });
  await world.clock.advance(60_000);
  await world.runner.purge(execution.id);
}

async function goBackTwice(world: World): Promise<void> {
  world.boot();
  await world.clock.advance(60_000);
  for (const operationId of ["4", "3"]) {
    await world.runner.rewind(EXECUTION_ID, { operationId });
    await world.clock.advance(60_000);
  }
}

export const histories: Readonly<Record<string, History>> = {
  ...Object.fromEntries(both),
  interrupted: {
    options: { functions: programOf(interrupted) },
    happens: async (world) => {
      await crashIn(world, 30_000);
      await crashIn(world, 30_000);
    },
  },
  failed: { options: { functions: programOf(failing) } },
  // It was started a minute before it begins.
  tagged: {
    options: {
      functions: programOf(tagged),
      start: { tags: { customer: "c-7", region: "eu" }, startAt: 1_767_225_660_000 },
      parks: false,
    },
  },
  // The lease of its process is shorter than its steps, so it has commits without facts.
  renewed: { options: { functions: programOf(lengthy), parks: false, watchdogMs: 4000 } },
  "timed-out": { options: { functions: programOf(long), executionTimeoutSeconds: 60 } },
  stopped: {
    options: { functions: programOf(long) },
    happens: (world) => stopIn(world, { ms: 5000, functionName: "program" }),
  },
  "callee-stopped": {
    options: { functions: patient },
    happens: (world) => stopIn(world, { ms: 5000, functionName: "long" }),
  },
  paused: { format: 3, options: OPERATED, happens: (world) => pauseFor(world, 60_000) },
  forked: { format: 3, options: OPERATED, happens: forkTwice, subject: "program/fork" },
  rewound: { format: 3, options: OPERATED, happens: goBackTwice },
  "halted-and-resumed": {
    options: { functions: repaired },
    happens: async (world) => {
      world.boot();
      await world.clock.advance(1000);
      world.functions = broken;
      world.boot();
      await world.clock.advance(100_000);
      world.functions = repaired;
      world.boot();
      await world.runner.resume(EXECUTION_ID, { version: "2" });
      await world.clock.settle();
    },
  },
};
