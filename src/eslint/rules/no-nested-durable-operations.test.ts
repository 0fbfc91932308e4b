import { testRule } from "../../../test/eslint/rule-tester.ts";
import { noNestedDurableOperations } from "./no-nested-durable-operations.ts";

testRule("no-nested-durable-operations", noNestedDurableOperations, {
  valid: [
    `await context.runInChildContext("c", async (child) => { await child.step("s", async () => 1); });`,
    `await context.parallel([() => context.step("s", async () => 1), { name: "b", func: async (b) => b.wait({ seconds: 1 }) }]);`,
    `await Promise.all([1, 2].map((n) => context.step(String(n), async () => n)));`,
    `const ask = async (on) => on.step("s", async () => 1); await context.runInChildContext("c", async (child) => ask(child));`,
    `await context.step("s", async (own) => { own.logger.info("in it"); });`,
    `const queue = { step: async (work) => work() }; await context.step("s", async () => { await queue.step(async () => 1); });`,
  ],
  invalid: [
    [
      `await context.step("s", async () => { await «context.wait»({ seconds: 1 }); });`,
      { messageId: "inStep", data: { what: "context.wait" } },
    ],
    [
      `const pause = () => context.wait({ seconds: 1 }); await context.step("s", «pause»);`,
      { messageId: "calledInStep", data: { name: "pause", method: "wait" } },
    ],
    [
      `const ask = async (on) => on.step("s", async () => 1); await context.step("s", async () => ask(«context»));`,
      { messageId: "givenToStep", data: { what: "ask" } },
    ],
    [
      `await context.map("m", event.ids, async (item) => { await «context.step»("s", async () => 1); });`,
      {
        messageId: "outerContext",
        data: { context: "context", own: "item" },
        suggested: {
          messageId: "useOwn",
          data: { own: "item" },
          body: `await context.map("m", event.ids, async (item) => { await item.step("s", async () => 1); });`,
        },
      },
    ],
    [
      `const { step } = context; await context.runInChildContext("c", async (child) => { await «step»("s", async () => 1); });`,
      { messageId: "outerContext", data: { context: "step", own: "child" } },
    ],
    [
      `await context.runInChildContext("c", async () => { await «context.step»("s", async () => 1); });`,
      { messageId: "noOwnContext" },
    ],
    [
      `const pause = () => context.wait({ seconds: 1 }); await context.runInChildContext("c", async (child) => { await «pause»(); await child.wait({ seconds: 1 }); });`,
      { messageId: "outerInHelper", data: { name: "pause", method: "wait" } },
    ],
  ],
});
