/**
 * Workflows that every home runs, and whose logs must be the same on all of them. They know no SDK: each home wraps them
 * with its own. Nothing in them hangs on how long anything takes, nor on what else a machine does meanwhile.
 *
 * A callback is answered from outside once the step that asks for it is recorded: `ask` and the callback's name, or what
 * submits the callback of a `waitForCallback`.
 */

import type { CallbackOutcome, InvokeOutcome } from "../../src/engine/runner/client.ts";
import type { DurableContext } from "../../src/lambda-compat/types.ts";

export interface Workflow {
  readonly run: (context: DurableContext) => Promise<unknown>;
  /** What callbacks are told, by name and one after the other; those that are not listed are left open. */
  readonly answers?: Readonly<Record<string, readonly CallbackOutcome[]>>;
  /** What invokes are told by name, whatever the function that they call does. */
  readonly cutOff?: Readonly<Record<string, InvokeOutcome>>;
}

const once = { retryStrategy: () => ({ shouldRetry: false }) };
const LARGE = 300_000;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const said = async (promise: PromiseLike<unknown>): Promise<unknown> => {
  try {
    return await promise;
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
};

class OutOfStock extends Error {
  override readonly name = "OutOfStock";
}

async function sequence(context: DurableContext): Promise<unknown> {
  const values: unknown[] = [await context.step("number", async () => 1)];
  values.push((await context.step("nothing", async () => undefined)) ?? "nothing");
  values.push(await context.step("object", async () => ({ text: "ünïcödé \u2028 ✓", list: [null, true, 1.5] })));
  await context.wait("short", { seconds: 1 });
  values.push(await said(context.step("failing", async () => Promise.reject(new OutOfStock("no chairs")), once)));
  const attempts = await context.step(
    "retried",
    async ({ attempt }) => (attempt < 2 ? Promise.reject(new Error("not yet")) : attempt),
    { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 3 } }) },
  );
  values.push(attempts);
  values.push(await context.step("at most once", async () => "once", { semantics: "AT_MOST_ONCE_PER_RETRY" }));
  return values;
}

/** Many operations: more than one page of anything. */
async function long(context: DurableContext): Promise<unknown> {
  let sum = 0;
  for (const number of numbers(60)) sum += await context.step(`add ${number}`, async () => number);
  return sum;
}

async function orderSaga(context: DurableContext): Promise<unknown> {
  const undo: string[] = [];
  const reservation = await context.step("reserve stock", async () => "chairs");
  undo.push(`release ${reservation}`);
  const [payment] = await context.createCallback<string>("payment", { timeout: { hours: 5 } });
  await context.step("ask payment", async () => "sent");
  const deadline = context.wait("payment deadline", { hours: 3 });
  const paid = await Promise.race([deadline.then(() => "expired"), payment]);
  undo.push(`refund ${paid}`);
  await context.wait("pack", { seconds: 1 });
  const shipped = await said(context.step("ship", async () => Promise.reject(new Error("no truck")), once));
  const undone: string[] = [];
  for (const what of undo.reverse()) undone.push(await context.step(what, async () => `${what}: done`));
  return { shipped, undone };
}

async function approveExpense(context: DurableContext): Promise<unknown> {
  const answers: unknown[] = [];
  for (const approver of ["manager", "director"]) {
    const wait = context.waitForCallback(approver, async () => undefined, { timeout: { hours: 5 } });
    const answer = await said(wait);
    answers.push(answer);
    if (answer === "yes") return { approver, answers };
  }
  return { answers };
}

async function importRows(context: DurableContext): Promise<unknown> {
  const parse = async (row: string): Promise<number> => {
    if (Number.isNaN(Number(row))) throw new TypeError(`${row} is no amount`);
    return Number(row);
  };
  const batch = await context.map(
    "rows",
    ["1", "2", "three", "4"],
    async (item, row) => item.step("parse", () => parse(row), once),
    { maxConcurrency: 1, completionConfig: { toleratedFailureCount: 1 }, itemNamer: (row) => `row ${row}` },
  );
  const { successCount, failureCount, completionReason } = batch;
  return { successCount, failureCount, completionReason, rows: batch.getResults(), errors: batch.getErrors().length };
}

async function pollUntilReady(context: DurableContext): Promise<unknown> {
  return context.waitForCondition("poll", async (looks: number) => looks + 1, {
    initialState: 0,
    waitStrategy: (looks) => (looks < 3 ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false }),
  });
}

async function subscription(context: DurableContext): Promise<unknown> {
  const events: string[] = [await context.step("start", async () => "started")];
  await context.wait("trial", { seconds: 1 });
  events.push(await context.step("remind", async () => "reminded"));
  await context.wait({ seconds: 1 });
  events.push(await context.step("renew", async () => "renewed"));
  return events;
}

/** The winner is in the name of the step that follows: on replay another one would be a breach. */
async function races(context: DurableContext): Promise<unknown> {
  const winners: unknown[] = [];
  const slow = context.wait("slow", { hours: 2 }).then(() => "slow");
  const quick = context.wait("quick", { seconds: 1 }).then(() => "quick");
  winners.push(await Promise.race([slow, quick]));
  await context.step(`after ${String(winners[0])}`, async () => null);
  const failing = context.step("failing first", async () => Promise.reject(new Error("first")), once);
  winners.push(await Promise.any([failing, context.wait("second", { seconds: 1 }).then(() => "second")]));
  await context.step(`after ${String(winners[1])}`, async () => null);
  const settled = await Promise.allSettled([
    context.step("fails", async () => Promise.reject(new Error("settled")), once),
    context.step("succeeds", async () => "fine"),
  ]);
  return [...winners, settled.map(({ status }) => status)];
}

/** A then C beside B then D. B ends first, and what it opens lets A end. */
async function graph(context: DurableContext): Promise<unknown> {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const left = context.step("A", async () => gate.then(() => "a")).then((a) => context.step("C", async () => `${a}c`));
  const right = context
    .step("B", async () => "b")
    .then((b) => {
      const end = context.step("D", async () => `${b}d`);
      void end.then(open);
      return end;
    });
  const ends = await Promise.all([left, right]);
  await context.wait("pause", { seconds: 1 });
  return ends;
}

async function combinators(context: DurableContext): Promise<unknown> {
  const step = (name: string): ReturnType<typeof context.step<string>> => context.step(name, async () => name);
  const fails = (name: string): ReturnType<typeof context.step<string>> =>
    context.step(name, async () => Promise.reject(new RangeError(name)), once);
  const all = await context.promise.all("all", [step("one"), step("two")]);
  const settled = await context.promise.allSettled("settled", [step("three"), fails("four")]);
  const any = await context.promise.any("any", [fails("five"), step("six")]);
  const race = await context.promise.race("race", [step("seven")]);
  const failed = await said(context.promise.all("failed", [fails("eight")]));
  return { all, settled: settled.map(({ status }) => status), any, race, failed };
}

async function contexts(context: DurableContext): Promise<unknown> {
  const inner = await context.runInChildContext("outer", async (outer) => {
    const first = await outer.step("first", async () => 1);
    await outer.wait("inside", { seconds: 1 });
    const second = await outer.runInChildContext("inner", (child) => child.step("second", async () => first + 1));
    return first + second;
  });
  const failed = await said(
    context.runInChildContext("failing", async (child) => {
      await child.step("before", async () => "done");
      throw new OutOfStock("no tables");
    }),
  );
  return { inner, failed };
}

/** Results above what a context records: they are built anew on replay. */
async function large(context: DurableContext): Promise<unknown> {
  const text = await context.runInChildContext("large child", async (child) => {
    const piece = await child.step("piece", async () => "x".repeat(LARGE / 2));
    return piece + piece;
  });
  await context.wait("pause", { seconds: 1 });
  const batch = await context.map("large map", [1, 2], async (item, number) =>
    item.step("piece", async () => String(number).repeat(LARGE / 2)),
  );
  await context.wait("pause", { seconds: 1 });
  return { length: text.length, lengths: batch.getResults().map((piece) => piece.length) };
}

async function batches(context: DurableContext): Promise<unknown> {
  const map = await context.map(
    "map",
    numbers(5),
    async (item, number) => {
      const first = await item.step("first", async () => number);
      return item.step("second", async () => first * 2);
    },
    { maxConcurrency: 2 },
  );
  const parallel = await context.parallel("parallel", [
    { name: "left", func: async (branch) => branch.step("step", async () => "left") },
    { name: "right", func: async (branch) => branch.step("step", async () => "right") },
  ]);
  const flat = await context.map("flat", numbers(3), async (item, number) => item.step("step", async () => number), {
    maxConcurrency: 1,
    nesting: "FLAT",
  });
  const empty = await context.map("empty", [] as number[], async () => 1);
  return [map.getResults(), parallel.getResults(), flat.getResults(), empty.totalCount];
}

/** Batches that are over before all of their items are. */
async function earlyEnds(context: DurableContext): Promise<unknown> {
  const first = await context.map(
    "first two",
    numbers(4),
    async (item, number) => {
      if (number > 2) await item.wait("late", { hours: 2 });
      return item.step("step", async () => number);
    },
    { completionConfig: { minSuccessful: 2 } },
  );
  await context.wait("between", { seconds: 1 });
  const failing = await context.map(
    "gives up",
    numbers(4),
    async (item, number) => item.step("step", async () => Promise.reject(new Error(`no ${number}`)), once),
    { maxConcurrency: 1, completionConfig: { toleratedFailureCount: 1 } },
  );
  return [first.completionReason, first.successCount, failing.completionReason, failing.failureCount];
}

async function callbacks(context: DurableContext): Promise<unknown> {
  const values: unknown[] = [];
  for (const name of ["accepted", "declined"]) {
    const [answer] = await context.createCallback(name, { timeout: { hours: 5 } });
    await context.step(`ask ${name}`, async () => name);
    values.push(await said(answer));
  }
  const [silence] = await context.createCallback("silent", { timeout: { seconds: 1 } });
  values.push(await said(silence));
  return values;
}

async function invokes(context: DurableContext): Promise<unknown> {
  const sum = await context.invoke<unknown, number>("durable", "long", {});
  const failed = await said(context.invoke("failing", "failing", {}));
  return { sum, failed };
}

/** A function that is not durable: it runs once, and the invoke has its result. */
async function plainInvokes(context: DurableContext): Promise<unknown> {
  const doubled = await context.invoke<number, number>("plain", "double", 21);
  return [doubled, await context.invoke<number, number>("again", "double", doubled)];
}

/** Invokes whose function is out of time, or is stopped by somebody. */
async function cutOffInvokes(context: DurableContext): Promise<unknown> {
  const outcomes: unknown[] = [];
  for (const name of ["out of time", "stopped"]) {
    outcomes.push(await said(context.invoke(name, "idle", {})));
    await context.step(`after ${name}`, async () => null);
  }
  return outcomes;
}

/** Is invoked, and waits for an answer that nobody gives. */
async function idle(context: DurableContext): Promise<unknown> {
  const [answer] = await context.createCallback("nobody");
  return answer;
}

/** One callback that a heartbeat keeps, and one whose heartbeat does not come. */
async function heartbeats(context: DurableContext): Promise<unknown> {
  const [kept] = await context.createCallback("kept", { heartbeatTimeout: { hours: 5 } });
  await context.step("ask kept", async () => "kept");
  const answer = await kept;
  const [dead] = await context.createCallback("dead", { heartbeatTimeout: { seconds: 1 }, timeout: { hours: 5 } });
  return [answer, await said(dead)];
}

/** Looks until the look is good, at most so often. */
function looks(context: DurableContext, name: string, good: number): PromiseLike<{ attempt: number; found: boolean }> {
  return context.waitForCondition(
    name,
    async ({ attempt }: { attempt: number; found: boolean }) => ({
      attempt: attempt + 1,
      found: attempt + 1 >= good,
    }),
    {
      initialState: { attempt: 0, found: false },
      waitStrategy: ({ attempt, found }) =>
        found || attempt >= 10 ? { shouldContinue: false } : { shouldContinue: true, delay: { seconds: 1 } },
    },
  );
}

/** demo/workflows/encode-video.ts, whose services answer at once and always the same. */
async function encodeVideo(context: DurableContext): Promise<unknown> {
  if (!(await looks(context, "find source", 2)).found) return { status: "failed" };
  const request = await context.step("identify request", async () => ({ id: "request", token: "token" }));
  const endpoint = await context.step("find endpoint", async () => "https://mediaconvert.example");
  const height = await context.step("measure source", async () => 2160);
  if (height > 1080) await context.step("book acceleration", async () => undefined);
  const create = async (attempt: number): Promise<string> => {
    if (attempt < 2) throw new Error("too many requests");
    return `job of ${request.token} at ${endpoint}`;
  };
  const jobId = await context.step("create job", ({ attempt }) => create(attempt), {
    retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: 1 } }),
  });
  const job = await looks(context, "finish job", 3);
  const review = await context.parallel(
    "derive",
    ["poster", "captions", "report"].map((kind) => ({
      name: kind,
      func: async (branch: DurableContext) =>
        branch.step(`derive ${kind}`, async () => `reviews/${request.id}/${kind}`),
    })),
  );
  review.throwIfError();
  const answer = await context.waitForCallback("approval", async () => undefined, { timeout: { hours: 24 } });
  const { approved, by } = JSON.parse(answer) as { approved: boolean; by: string };
  if (!approved) return { status: "rejected", jobId };
  const published = await context.map(
    "publish",
    ["web", "mobile", "archive"],
    async (item, channel) => item.step(`publish to ${channel}`, async () => `published/${channel}/${request.id}`),
    { maxConcurrency: 2, itemNamer: (channel) => channel },
  );
  return { jobId, by, looks: job.attempt, review: review.getResults(), published: published.getResults() };
}

/** demo/workflows/transcode-video.ts, of which the first job is refused for good. */
async function transcodeVideo(context: DurableContext): Promise<unknown> {
  const source = await looks(context, "check-source", 1);
  if (!source.found) return { status: "failed", reason: "no source" };
  const endpoint = await context.step("get-endpoint", async () => "https://mediaconvert.example");
  const refused = await said(
    context.step("create-job", async () => Promise.reject(new RangeError("no such role")), {
      retryStrategy: (error, attempt) => ({
        shouldRetry: !(error instanceof RangeError) && attempt < 3,
        delay: { seconds: 1 },
      }),
    }),
  );
  const jobId = await context.step("create-job", async () => `job at ${endpoint}`);
  const { attempt } = await looks(context, "check-job", 2);
  return { status: "succeeded", refused, jobId, attempt };
}

/** demo/workflows/quote-price.ts: branches without a parameter, and a batch that is taken apart by position. */
async function quotePrice(context: DurableContext): Promise<unknown> {
  const [user, stock, price] = await context.parallel([
    () => context.step("load user", async () => ({ name: "Ada", discount: 0.25 })),
    () => context.step("check stock", async () => 4),
    () => context.step("look up price", async () => 100),
  ]);
  return { user: user.name, price: price * (1 - user.discount), deliverable: stock > 0 };
}

async function failing(context: DurableContext): Promise<unknown> {
  await context.step("before", async () => "done");
  throw Object.assign(new OutOfStock("nothing is left"), { errorData: "shelf 7" });
}

export const workflows: Readonly<Record<string, Workflow>> = {
  sequence: { run: sequence },
  long: { run: long },
  orderSaga: { run: orderSaga, answers: { payment: [{ type: "SUCCEEDED", result: "card" }] } },
  approveExpense: {
    run: approveExpense,
    answers: {
      manager: [{ type: "FAILED", error: { errorType: "Declined", errorMessage: "too dear" } }],
      director: [{ type: "SUCCEEDED", result: "yes" }],
    },
  },
  importRows: { run: importRows },
  pollUntilReady: { run: pollUntilReady },
  subscription: { run: subscription },
  races: { run: races },
  graph: { run: graph },
  combinators: { run: combinators },
  contexts: { run: contexts },
  large: { run: large },
  batches: { run: batches },
  earlyEnds: { run: earlyEnds },
  callbacks: {
    run: callbacks,
    answers: {
      accepted: [{ type: "SUCCEEDED", result: "gladly" }],
      declined: [{ type: "FAILED", error: { errorType: "Declined", errorMessage: "no time", errorData: "until May" } }],
    },
  },
  invokes: { run: invokes },
  plainInvokes: { run: plainInvokes },
  cutOffInvokes: {
    run: cutOffInvokes,
    cutOff: {
      "out of time": { status: "TIMED_OUT", error: { errorType: "TimedOut", errorMessage: "it took too long" } },
      stopped: { status: "STOPPED", error: { errorType: "Stopped", errorMessage: "somebody stopped it" } },
    },
  },
  heartbeats: {
    run: heartbeats,
    answers: { kept: [{ type: "HEARTBEAT" }, { type: "HEARTBEAT" }, { type: "SUCCEEDED", result: "alive" }] },
  },
  encodeVideo: {
    run: encodeVideo,
    answers: { approval: [{ type: "SUCCEEDED", result: '{"approved":true,"by":"Ada"}' }] },
  },
  transcodeVideo: { run: transcodeVideo },
  quotePrice: { run: quotePrice },
  failing: { run: failing },
};

/** What the workflows invoke that is not durable: a home has it under these names, too. */
export const plainFunctions = { double: async (number: number): Promise<number> => number * 2 };

/** The workflows, and what they invoke, in the form in which a home takes functions, made by an SDK. */
export function functionsOf<Handler>(
  wrap: (handler: (event: unknown, context: DurableContext) => Promise<unknown>) => Handler,
): Record<string, Handler> {
  return Object.fromEntries(
    Object.entries({ ...workflows, idle: { run: idle } }).map(([name, { run }]) => [
      name,
      wrap((_event, context) => run(context)),
    ]),
  );
}
