import { globSync, readFileSync } from "node:fs";
import { typescriptLanguage } from "@codemirror/lang-javascript";
import { describe, expect, test } from "vitest";
import { lintDeterminism } from "./determinism-lint.ts";

function lint(code: string): readonly string[] {
  return lintDeterminism(typescriptLanguage.parser.parse(code), code).map(({ from, to }) => code.slice(from, to));
}

const handler = (body: string): string =>
  `export const run = withDurableExecution(async (event, context: DurableContext) => { ${body} });`;

describe("outside steps", () => {
  test.each([
    "Date.now()",
    "Math.random()",
    "crypto.randomUUID()",
    "fetch('/')",
    "performance.now()",
    "setTimeout(go, 1)",
    "new Date()",
  ])("%s is found", (call) => {
    expect(lint(handler(`const x = ${call};`))).toHaveLength(1);
    expect(lint(handler(`const x = await context.step("x", async () => ${call});`))).toEqual([]);
  });

  test("a date of something is no time of now", () => {
    expect(lint(handler(`const x = new Date(event.at);`))).toEqual([]);
  });

  test("functions that are given a context are looked at, others are not", () => {
    expect(lint(`async function ask(who: string, context: DurableContext) { return Date.now(); }`)).toEqual([
      "Date.now",
    ]);
    expect(lint(`async function now() { return Date.now(); }`)).toEqual([]);
  });

  test("the code of a branch is looked at", () => {
    const code = handler(
      `await context.map("m", [1], async (item, n) => { await item.wait({ seconds: Math.random() }); })`,
    );
    expect(lint(code)).toEqual(["Math.random"]);
  });
});

describe("contexts", () => {
  test("the outer one is not for a child", () => {
    const code = handler(
      `await context.runInChildContext("c", async (child) => { await context.step(f); await child.step(f); })`,
    );
    expect(lint(code)).toEqual(["context.step"]);
  });

  test("branches in a list are children too", () => {
    const code = handler(
      `await context.parallel([async (a) => context.wait({ seconds: 1 }), { func: async (b) => b.step(f) }])`,
    );
    expect(lint(code)).toEqual(["context.wait"]);
  });

  test("a branch without a parameter takes the outer one", () => {
    expect(lint(handler(`await context.parallel([() => context.step(f)])`))).toEqual([]);
  });

  test("members that a context does not have are found", () => {
    expect(lint(handler(`await context.stop("x"); context.logger.info("y");`))).toEqual(["context.stop"]);
  });

  test("a durable call inside a step is found", () => {
    expect(lint(handler(`await context.step("s", async () => { await context.wait({ seconds: 1 }); })`))).toEqual([
      "context.wait",
    ]);
  });
});

test("the example workflows are clean", () => {
  const files = [...globSync("demo/workflows/*.ts"), ...globSync("demo/playground/examples/*.ts")];
  const sources = files.filter((path) => !path.endsWith(".test.ts")).map((path) => readFileSync(path, "utf8"));
  expect(sources.length).toBeGreaterThan(6);
  expect(sources.flatMap(lint)).toEqual([]);
});
