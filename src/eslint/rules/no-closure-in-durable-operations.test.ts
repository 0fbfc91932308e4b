import { testRule } from "../../../test/eslint/rule-tester.ts";
import { noClosureInDurableOperations } from "./no-closure-in-durable-operations.ts";

testRule("no-closure-in-durable-operations", noClosureInDurableOperations, {
  valid: [
    `await context.step("s", async () => { let n = 0; for (let i = 0; i < 3; i++) n += i; return n; });`,
    `let n = 0; n = await context.step("s", async () => 1); n++; return n;`,
    `const all = []; all.push(await context.step("s", async () => 1)); return all;`,
    `const queue = open(); await context.step("s", async () => { queue.push(1); queue.delete(2); });`,
  ],
  invalid: [
    [
      `let total; await context.step("s", async () => { «total» = 1; });`,
      { messageId: "lost", data: { name: "total", method: "step" } },
    ],
    [
      `let n = 0; await context.map("m", event.ids, async (item) => { «n» += 1; await item.step("s", async () => 1); });`,
      { messageId: "lost", data: { name: "n", method: "map" } },
    ],
    [
      `let a, b; await context.step("s", async () => { ({ «a», rest: [«b»] } = event); });`,
      { messageId: "lost", data: { name: "a", method: "step" } },
      { messageId: "lost", data: { name: "b", method: "step" } },
    ],
    [
      `const r = { all: [] }; await context.step("s", async () => { «r».all.push(1); });`,
      { messageId: "lost", data: { name: "r", method: "step" } },
    ],
    [
      `const m = new Map(); await context.waitForCallback("c", async (id) => { «m».set(id, 1); });`,
      { messageId: "lost", data: { name: "m", method: "waitForCallback" } },
    ],
    [
      `await context.step("s", async () => { delete «event».id; });`,
      { messageId: "lost", data: { name: "event", method: "step" } },
    ],
  ],
});
