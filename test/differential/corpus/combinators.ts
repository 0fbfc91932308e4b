import type { Corpus } from "../case.ts";
import { outcome } from "./describe.ts";
import { sleep } from "./steps.ts";

const noRetry = { retryStrategy: () => ({ shouldRetry: false }) } as const;
const fails = (message: string) => async () => {
  throw new RangeError(message);
};

/** Slower than the quick one, however long the machine takes for that. */
const never = (): Promise<string> => new Promise(() => {});

export const combinators: Corpus = {
  "all of several": () => async (_event, context) =>
    context.promise.all<unknown>("all", [
      context.step<unknown>("a", async () => 1),
      context.step<unknown>("b", async () => "two"),
      context.wait("w", { seconds: 1 }),
      context.runInChildContext<unknown>("c", async (child) => child.step("d", async () => new Date(0))),
    ]),
  "all without a name": () => async (_event, context) => context.promise.all([context.step("a", async () => 1)]),
  "all named undefined": () => async (_event, context) =>
    context.promise.all(undefined, [context.step("a", async () => 1)]),
  "all of nothing": () => async (_event, context) => context.promise.all("none", []),
  "all of which one fails": () => async (_event, context) =>
    outcome(
      context.promise.all("all", [context.step("a", async () => 1), context.step("b", fails("b failed"), noRetry)]),
    ),
  "all of which one fails, unhandled": () => async (_event, context) =>
    context.promise.all("all", [context.step("a", async () => 1), context.step("b", fails("b failed"), noRetry)]),
  "all of which one fails, after a replay": () => async (_event, context) => {
    const caught = await outcome(context.promise.all("all", [context.step("b", fails("b failed"), noRetry)]));
    await context.wait("pause", { seconds: 1 });
    return caught;
  },
  "all settled": () => async (_event, context) => {
    const describe = (results: PromiseSettledResult<unknown>[]) =>
      results.map((result) =>
        result.status === "fulfilled"
          ? result.value
          : [
              (result.reason as Error).constructor.name,
              (result.reason as Error).name,
              (result.reason as Error).message,
            ],
      );
    const results = await context.promise.allSettled("settled", [
      context.step("a", async () => 1),
      context.step("b", fails("b failed"), noRetry),
      context.step("c", async () => undefined),
    ]);
    await context.wait("pause", { seconds: 1 });
    return describe(results);
  },
  "any of several": () => async (_event, context) =>
    context.promise.any("any", [context.step("a", fails("a failed"), noRetry), context.step("b", async () => "b")]),
  "any of which all fail": () => async (_event, context) =>
    outcome(
      context.promise.any("any", [
        context.step("a", fails("a failed"), noRetry),
        context.step("b", fails("b failed"), noRetry),
      ]),
    ),
  "any of nothing": () => async (_event, context) => outcome(context.promise.any("none", [])),
  "a race of steps": () => async (_event, context) =>
    context.promise.race("race", [context.step("slow", never), context.step("quick", async () => "quick")]),
  "a race that a failure wins": () => async (_event, context) =>
    outcome(context.promise.race("race", [context.step("slow", never), context.step("bad", fails("won"), noRetry)])),
  "a race between a step and a long wait": {
    program: () => async (_event, context) => {
      const winner = await context.promise.race("race", [
        context.step("quick", async () => "quick"),
        context.wait("long", { hours: 1 }).then(() => "timeout") as never,
      ]);
      return winner;
    },
    differs: "time is not skipped",
  },
  "the winner of a race stays the winner": () => async (_event, context) => {
    const winner = await context.promise.race("race", [
      context.step("first", async () => "first"),
      context.step("second", async () => {
        await sleep(20);
        return "second";
      }),
    ]);
    await context.wait("pause", { seconds: 1 });
    return winner;
  },
  "combinators are lazy": () => async (_event, context) => {
    const lazy = context.promise.all("lazy", [context.step("a", async () => 1)]);
    const before = await context.step("takes the second id", async () => 2);
    return [before, await lazy];
  },
  "a combinator that nobody awaits": () => async (_event, context) => {
    void context.promise.all("lazy", [context.step("a", async () => 1)]);
    return context.step("b", async () => 2);
  },
  "a combinator of combinators": () => async (_event, context) =>
    context.promise.all("outer", [context.promise.all("inner", [])]),
  "a combinator of plain promises": () => async (_event, context) =>
    context.promise.all("plain", [Promise.resolve(1), 2, context.step("a", async () => 3)] as never),
  "a combinator in a child context": () => async (_event, context) =>
    context.runInChildContext("child", async (child) =>
      child.promise.all("inside", [child.step("a", async () => 1), child.step("b", async () => 2)]),
    ),
  "a combinator with the serdes of its context": () => async (_event, context) => {
    context.configureSerdes({
      defaultSerdes: {
        serialize: async (value: unknown) => (value === undefined ? undefined : `s:${JSON.stringify(value)}`),
        deserialize: async (text: string | undefined) => (text === undefined ? undefined : JSON.parse(text.slice(2))),
      },
    });
    return [
      await context.promise.all("all", [context.step("a", async () => 1)]),
      await context.promise.allSettled("settled", [context.step("b", async () => 1)]),
    ];
  },

  "native all": () => async (_event, context) =>
    Promise.all([
      context.step("a", async () => 1),
      context.wait("w", { seconds: 1 }),
      context.step("b", async () => 2),
    ]),
  "native all of which one fails": () => async (_event, context) =>
    outcome(Promise.all([context.step("a", async () => 1), context.step("b", fails("b failed"), noRetry)])),
  "native allSettled": () => async (_event, context) => {
    const results = await Promise.allSettled([
      context.step("a", async () => 1),
      context.step("b", fails("b failed"), noRetry),
    ]);
    return results.map(({ status }) => status);
  },
  "native any": () => async (_event, context) =>
    Promise.any([context.step("a", fails("a failed"), noRetry), context.step("b", async () => "b")]),
  "native race of a quick and a slow step": () => async (_event, context) =>
    Promise.race([context.step("slow", never), context.step("quick", async () => "quick")]),
  "native race of a step and a wait": {
    program: () => async (_event, context) =>
      Promise.race([
        context.step("quick", async () => "quick"),
        context.wait("long", { hours: 1 }).then(() => "timeout"),
      ]),
    differs: "time is not skipped",
  },
};
