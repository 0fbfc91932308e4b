/** Programs for perdure and for AWS's own SDK alike. Each step says to the test that it runs, and hears how often it has. */

import type { DurableContext } from "@aws/durable-execution-sdk-js";

export type Program = (event: never, context: DurableContext) => Promise<unknown>;

async function report(what: string): Promise<unknown> {
  const response = await fetch(`${process.env["AWS_ENDPOINT_URL_LAMBDA"]}/report/${encodeURIComponent(what)}`);
  return response.json();
}

const ran = (name: string): Promise<unknown> => report(`ran ${name}`);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Every kind of operation, and some beside each other. */
const tour: Program = async (event: { n: number }, context) => {
  const step = (of: DurableContext, name: string): Promise<string> =>
    of.step(name, async () => {
      await ran(name);
      return `${name} ${event.n}`;
    });
  const first = await step(context, "first");
  const both = await Promise.all([step(context, "left"), step(context, "right")]);
  await context.wait("pause", { minutes: 5 });
  const flaky = await context.step(
    "flaky",
    async () => {
      if ((await ran("flaky")) === 1) throw new RangeError("not yet");
      return "at last";
    },
    { retryStrategy: (_error, attempts) => ({ shouldRetry: attempts < 3, delay: { seconds: 30 } }) },
  );
  const items = await context.map(
    "items",
    [1, 2],
    async (child, item) => {
      const before = await step(child, `before ${item}`);
      await child.wait("between", { seconds: item });
      return [before, await step(child, `after ${item}`)];
    },
    { maxConcurrency: 1 },
  );
  const answer = await context.waitForCallback("approval", async (id) => void (await report(`asks ${id}`)), {
    timeout: { days: 3 },
  });
  const child = await context.runInChildContext("child", (inner) => step(inner, "inside"));
  const polls = await context.waitForCondition("poll", async (state: number) => state + 1, {
    initialState: 0,
    waitStrategy: (state) => (state < 2 ? { shouldContinue: true, delay: { seconds: 10 } } : { shouldContinue: false }),
  });
  const doubled = await context.invoke("twice", "double", 21);
  return { first, both, flaky, items: items.getResults(), answer, child, polls, doubled };
};

/** A step that takes for ever the first time, and is not told to when it must not run again. */
const slow: Program = async (event: { atMostOnce: boolean }, context) => {
  const before = await context.step("before", () => ran("before"));
  const caught = await context
    .step(
      "slow",
      async () => {
        if ((await ran("slow")) === 1) await sleep(86_400_000);
        return "done";
      },
      {
        semantics: event.atMostOnce ? ("AT_MOST_ONCE_PER_RETRY" as never) : ("AT_LEAST_ONCE_PER_RETRY" as never),
        retryStrategy: () => ({ shouldRetry: false }),
      },
    )
    .catch((error: unknown) => ((error as Error).cause as Error).name);
  return [before, caught];
};

/**
 * Where it leaves, it is over while a step still runs, which stands still with its process and goes on while another
 * execution, which stays for a while, has its turn there.
 */
const lodger: Program = async (event: { leaves: boolean }, context) => {
  if (!event.leaves) {
    await context.step("stay", () => sleep(400));
    return context.step("and tell", async () => "stayed");
  }
  void context.step("left behind", async () => {
    await ran("left behind");
    await sleep(150);
    await ran("left behind, later");
  });
  await context.step("in time", async () => {
    await sleep(50);
    return ran("in time");
  });
  return "left";
};

/** A then C beside B then D, of which B ends first, and a wait behind which it runs again. */
const graph: Program = async (_event, context) => {
  const step = (name: string): Promise<string> =>
    context.step(name, async () => {
      await report(name);
      return name;
    });
  const left = step("A").then((a) => step(`C after ${a}`));
  const right = step("B").then((b) => step(`D after ${b}`));
  const ends = await Promise.all([left, right]);
  await context.wait("pause", { minutes: 1 });
  return ends;
};

export const programs = { tour, slow, lodger, graph };
