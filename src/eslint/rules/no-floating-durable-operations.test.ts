import { testRule } from "../../../test/eslint/rule-tester.ts";
import { noFloatingDurableOperations } from "./no-floating-durable-operations.ts";

testRule("no-floating-durable-operations", noFloatingDurableOperations, {
  valid: [
    `await context.step("s", async () => 1);`,
    `const s = context.step("s", async () => 1); void context.wait({ seconds: 1 }); return s;`,
    `context.logger.info("no operation");`,
    `open().step("s", async () => 1);`,
  ],
  invalid: [
    [
      `«context».step("s", async () => 1);`,
      {
        messageId: "floating",
        data: { method: "step" },
        suggested: { messageId: "awaitIt", body: `await context.step("s", async () => 1);` },
      },
    ],
    [
      `«context».promise.all([context.wait({ seconds: 1 })]);`,
      {
        messageId: "floating",
        data: { method: "promise.all" },
        suggested: { messageId: "awaitIt", body: `await context.promise.all([context.wait({ seconds: 1 })]);` },
      },
    ],
    [
      `const later = () => { «context».wait({ seconds: 1 }); }; later();`,
      { messageId: "floating", data: { method: "wait" } },
    ],
  ],
});
