import type { Corpus } from "../case.ts";
import { describeError, outcome } from "./describe.ts";
import { sleep } from "./steps.ts";

export const callbacks: Corpus = {
  "a callback that succeeds": {
    program: () => async (_event, context) => {
      const [promise, id] = await context.createCallback("approval");
      return { value: await promise, id: typeof id };
    },
    outside: [{ to: "approval", event: { succeed: "yes" } }],
  },
  "a callback whose text is JSON": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval");
      return promise;
    },
    outside: [{ to: "approval", event: { succeed: '{"a":1}' } }],
  },
  "a callback that succeeds with an empty text": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval");
      const value: unknown = await promise;
      return { value, type: typeof value };
    },
    outside: [{ to: "approval", event: { succeed: "" } }],
    differs: "empty texts are kept",
  },
  "a callback that succeeds with nothing": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval");
      const value: unknown = await promise;
      return { value, type: typeof value };
    },
    outside: [{ to: "approval", event: { succeed: undefined } }],
  },
  "a callback with a timeout of no time": () => async (_event, context) => {
    const [promise] = await context.createCallback("approval", { timeout: { seconds: 0 } });
    promise.catch(() => undefined);
    await context.wait({ seconds: 1 });
    return "waited";
  },
  "a callback with a configuration of nothing": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval", {});
      return promise;
    },
    outside: [{ to: "approval", event: { succeed: "yes" } }],
  },
  "a callback with timeouts that are not reached": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval", {
        timeout: { hours: 1 },
        heartbeatTimeout: { minutes: 10 },
      });
      return promise;
    },
    outside: [
      { to: "approval", event: "heartbeat" },
      { to: "approval", event: { succeed: "yes" } },
    ],
  },
  "a callback with a serdes": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback<{ parsed: unknown }>("approval", {
        serdes: { deserialize: async (text) => ({ parsed: JSON.parse(text ?? "null") as unknown }) },
      });
      return promise;
    },
    outside: [{ to: "approval", event: { succeed: '{"a":1}' } }],
  },
  "a callback whose serdes throws": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval", {
        serdes: {
          deserialize: async () => {
            throw new TypeError("unreadable");
          },
        },
      });
      return outcome(promise);
    },
    outside: [{ to: "approval", event: { succeed: "x" } }],
  },
  "a callback that fails": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval");
      return outcome(promise);
    },
    outside: [
      {
        to: "approval",
        event: { fail: { ErrorType: "Rejected", ErrorMessage: "no", ErrorData: "data", StackTrace: ["at a", "at b"] } },
      },
    ],
  },
  "a callback that fails with a message only": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval");
      return outcome(promise);
    },
    outside: [{ to: "approval", event: { fail: { ErrorMessage: "no" } } }],
  },
  "a callback that fails with nothing": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval");
      return outcome(promise);
    },
    outside: [{ to: "approval", event: { fail: {} } }],
  },
  "a callback that fails, unhandled": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval");
      return promise;
    },
    outside: [{ to: "approval", event: { fail: { ErrorType: "Rejected", ErrorMessage: "no", ErrorData: "data" } } }],
  },
  "a callback that times out": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval", { timeout: { seconds: 1 } });
      return outcome(promise);
    },
    differs: "timeouts have a type",
  },
  "a callback without a heartbeat": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval", {
        timeout: { hours: 1 },
        heartbeatTimeout: { seconds: 1 },
      });
      return outcome(promise);
    },
    differs: "timeouts have a type",
  },
  "work while a callback is open": {
    program: () => async (_event, context) => {
      const [promise, id] = await context.createCallback("approval");
      const told = await context.step("tell", async () => id.length > 0);
      await context.wait("pause", { seconds: 1 });
      return [told, await promise];
    },
    outside: [{ to: "approval", event: { succeed: "yes" } }],
  },
  "several callbacks, completed in another order": {
    program: () => async (_event, context) => {
      const [one] = await context.createCallback("one");
      const [two] = await context.createCallback("two");
      return Promise.all([one, two]);
    },
    outside: [
      { to: "two", event: { succeed: "2" } },
      { to: "one", event: { succeed: "1" } },
    ],
  },
  "callbacks without names, and with the same name": {
    program: () => async (_event, context) => {
      const [first] = await context.createCallback("same");
      const [second] = await context.createCallback("same");
      const [, unnamed] = await context.createCallback();
      const [, alsoUnnamed] = await context.createCallback(undefined, {});
      return [await first, await second, typeof unnamed, typeof alsoUnnamed];
    },
    outside: [
      { to: "same", index: 1, event: { succeed: "2" } },
      { to: "same", event: { succeed: "1" } },
    ],
  },
  "a callback that nobody awaits": () => async (_event, context) => {
    const [, id] = await context.createCallback("not awaited");
    return typeof id;
  },
  "a callback that fails and nobody awaits": {
    program: () => async (_event, context) => {
      await context.createCallback("not awaited");
      await context.wait("pause", { seconds: 1 });
      const [promise] = await context.createCallback("last");
      return promise;
    },
    outside: [
      { to: "not awaited", event: { fail: { ErrorMessage: "unseen" } } },
      { to: "last", event: { succeed: "yes" } },
    ],
  },
  "a callback completed while a step runs": {
    program: () => async (_event, context) => {
      const [promise] = await context.createCallback("approval");
      const [value, step] = await Promise.all([
        promise,
        context.step("busy", async () => {
          await sleep(400);
          return "busy";
        }),
      ]);
      return [value, step];
    },
    outside: [{ to: "approval", event: { succeed: "yes" } }],
  },
};

export const submissions: Corpus = {
  "a submission that is answered": {
    program: () => async (_event, context) =>
      context.waitForCallback("approval", async (id, { logger }) => {
        logger.debug?.("not shown", typeof id);
      }),
    outside: [{ to: "approval", when: "SUBMITTED", event: { succeed: "yes" } }],
  },
  "a submission answered as JSON": {
    program: () => async (_event, context) => context.waitForCallback("approval", async () => undefined),
    outside: [{ to: "approval", when: "SUBMITTED", event: { succeed: '{"a":1}' } }],
  },
  "a submission with a serdes": {
    program: () => async (_event, context) =>
      context.waitForCallback<{ read: string | undefined }>("approval", async () => undefined, {
        serdes: { deserialize: async (text) => ({ read: text }) },
      }),
    outside: [{ to: "approval", when: "SUBMITTED", event: { succeed: '{"a":1}' } }],
  },
  "a submission with a default deserialiser": {
    program: () => async (_event, context) => {
      context.configureSerdes({
        defaultCallbackDeserializer: { deserialize: async (text: string | undefined) => ({ read: text }) as never },
      });
      const [promise] = await context.createCallback("direct");
      return [await context.waitForCallback("approval", async () => undefined), await promise];
    },
    outside: [
      { to: "direct", event: { succeed: '{"b":2}' } },
      { to: "approval", when: "SUBMITTED", event: { succeed: '{"a":1}' } },
    ],
  },
  "a submission with a default serdes": {
    program: () => async (_event, context) => {
      context.configureSerdes({
        defaultSerdes: {
          serialize: async (value: unknown) => (value === undefined ? undefined : `s:${JSON.stringify(value)}`),
          deserialize: async (text: string | undefined) => (text === undefined ? undefined : JSON.parse(text.slice(2))),
        },
      });
      return context.waitForCallback("approval", async () => undefined);
    },
    outside: [{ to: "approval", when: "SUBMITTED", event: { succeed: '{"a":1}' } }],
  },
  "a submission whose serdes throws": {
    program: () => async (_event, context) =>
      outcome(
        context.waitForCallback("approval", async () => undefined, {
          serdes: {
            deserialize: async () => {
              throw new TypeError("unreadable");
            },
          },
        }),
      ),
    outside: [{ to: "approval", when: "SUBMITTED", event: { succeed: "x" } }],
  },
  "a submission answered with nothing": {
    program: () => async (_event, context) => {
      const value: unknown = await context.waitForCallback("approval", async () => undefined);
      return { value, type: typeof value };
    },
    outside: [{ to: "approval", when: "SUBMITTED", event: { succeed: undefined } }],
  },
  "a submission that fails outside": {
    program: () => async (_event, context) => outcome(context.waitForCallback("approval", async () => undefined)),
    outside: [
      {
        to: "approval",
        when: "SUBMITTED",
        event: { fail: { ErrorType: "Rejected", ErrorMessage: "no", ErrorData: "data", StackTrace: ["at a"] } },
      },
    ],
  },
  "a submission that fails outside, unhandled": {
    program: () => async (_event, context) => context.waitForCallback("approval", async () => undefined),
    outside: [{ to: "approval", when: "SUBMITTED", event: { fail: { ErrorType: "Rejected", ErrorMessage: "no" } } }],
  },
  "a submission that times out": {
    program: () => async (_event, context) =>
      outcome(context.waitForCallback("approval", async () => undefined, { timeout: { seconds: 1 } })),
    differs: "timeouts have a type",
  },
  "a submission without a heartbeat": {
    program: () => async (_event, context) =>
      outcome(
        context.waitForCallback("approval", async () => undefined, {
          timeout: { hours: 1 },
          heartbeatTimeout: { seconds: 1 },
        }),
      ),
    differs: "timeouts have a type",
  },
  "a submitter that fails": () => async (_event, context) =>
    outcome(
      context.waitForCallback(
        "approval",
        async () => {
          throw new RangeError("cannot submit");
        },
        { retryStrategy: () => ({ shouldRetry: false }) },
      ),
    ),
  "a submitter that fails, unhandled": () => async (_event, context) =>
    context.waitForCallback(
      "approval",
      async () => {
        throw new RangeError("cannot submit");
      },
      { retryStrategy: () => ({ shouldRetry: false }) },
    ),
  "a submitter that fails with data": (sdk) => async (_event, context) =>
    outcome(
      context.waitForCallback(
        "approval",
        async () => {
          throw new sdk.StepError("with data", undefined, "data");
        },
        { retryStrategy: () => ({ shouldRetry: false }) },
      ),
    ),
  "a submitter that succeeds the second time": {
    program: () => {
      let calls = 0;
      return async (_event, context) =>
        context.waitForCallback(
          "approval",
          async () => {
            if (++calls === 1) throw new Error("first");
          },
          { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 5 } }) },
        );
    },
    outside: [{ to: "approval", when: "SUBMITTED", event: { succeed: "yes" } }],
  },
  "a submission without a name": {
    program: () => async (_event, context) =>
      outcome(context.waitForCallback(async () => undefined, { timeout: { seconds: 1 } })),
    differs: "timeouts have a type",
  },
  "a submission named undefined": {
    program: () => async (_event, context) =>
      outcome(context.waitForCallback(undefined, async () => undefined, { timeout: { seconds: 1 } })),
    differs: "timeouts have a type",
  },
  "submissions without a submitter": () => async (_event, context) => [
    await outcome(context.waitForCallback("name" as never, undefined as never)),
    await outcome(context.waitForCallback(undefined as never)),
    await outcome(context.waitForCallback({} as never)),
    await context.step("takes the first id", async () => 1),
  ],
  "several submissions at the same time": {
    program: () => async (_event, context) =>
      Promise.all([
        context.waitForCallback("one", async () => undefined),
        context.waitForCallback("two", async () => undefined),
      ]),
    outside: [
      { to: "two", when: "SUBMITTED", event: { succeed: "2" } },
      { to: "one", when: "SUBMITTED", event: { succeed: "1" } },
    ],
  },
  "submissions in a map": {
    program: () => async (_event, context) => {
      const batch = await context.map("all", ["a", "b"], async (inner, item) =>
        inner.waitForCallback(`approve-${item}`, async () => undefined),
      );
      return batch.getResults();
    },
    outside: [
      { to: "approve-a", when: "SUBMITTED", event: { succeed: "A" } },
      { to: "approve-b", when: "SUBMITTED", event: { succeed: "B" } },
    ],
  },
  "what the submitter is given": {
    program: () => {
      const given: unknown[] = [];
      return async (_event, context) => {
        const value = await context.waitForCallback("approval", async (...args: unknown[]) => {
          given.push(args.length, typeof args[0], Object.keys(args[1] as object));
        });
        return { value, given };
      };
    },
    outside: [{ to: "approval", when: "SUBMITTED", event: { succeed: "yes" } }],
  },
  "the error of a submission, in a child context": {
    program: () => async (_event, context) => {
      try {
        return await context.runInChildContext("outer", async (child) =>
          child.waitForCallback("approval", async () => undefined),
        );
      } catch (error) {
        return describeError(error);
      }
    },
    outside: [
      { to: "approval", when: "SUBMITTED", event: { fail: { ErrorType: "X", ErrorMessage: "no", ErrorData: "d" } } },
    ],
  },
};
