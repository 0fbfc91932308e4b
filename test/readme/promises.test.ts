/** The programs of docs/promises-are-your-graph.md, on perdure and on AWS's SDK, replayed at their wait. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { root } from "../../scripts/command.ts";
import type { ExecutionHeader } from "../../src/engine/model/execution.ts";
import { createMemoryHost } from "../../src/homes/memory/index.ts";
import type { ForeignDurableHandler } from "../../src/lambda-compat/function-map.ts";
import { codeBlocks, compile } from "./code-blocks.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder(".copy", join(root, "test", "readme"));
const blocks = codeBlocks(readFileSync(join(root, "docs", "promises-are-your-graph.md"), "utf8"));

/** Runs a program of the page with an SDK, as Lambda does: an invocation ends where it waits, and the next one replays. */
async function run(name: string, sdk: "perdure" | "aws"): Promise<ExecutionHeader> {
  const code = blocks.get(name) ?? "";
  const path = join(folder, `${sdk}-${name}`);
  writeFileSync(path, sdk === "perdure" ? code : code.replace('"perdure"', '"@aws/durable-execution-sdk-js"'));
  const { handler } = (await import(/* @vite-ignore */ path)) as { handler: ForeignDurableHandler["awsDurable"] };
  const host = createMemoryHost({ functions: { program: { awsDurable: handler } } });
  onTestFinished(() => host.close());
  const { execution } = await host.client.start({ functionName: "program", input: "{}" });
  return host.client.settled(execution.id, Date.now() + 60_000);
}

const done = { status: "SUCCEEDED", result: '["authorized, charged","reserved, packed"]' };

test("the programs compile", async () => {
  for (const [name, code] of blocks) writeFileSync(join(folder, name), code);
  expect([...blocks.keys()]).toEqual(["order.ts", "chains.ts"]);
  expect(await compile(folder)).toBe("");
});

test("a graph of promises replays as it ran on perdure", async () => {
  expect(await run("order.ts", "perdure")).toMatchObject(done);
});

test("a graph of promises ends with a breach on AWS's SDK", async () => {
  expect(await run("order.ts", "aws")).toMatchObject({
    status: "FAILED",
    error: {
      errorType: "NonDeterministicExecutionError",
      errorMessage: expect.stringContaining('for step "3". Expected name "pack", but got "charge".'),
    },
  });
});

test.each(["perdure", "aws"] as const)("a context for each chain runs on %s", async (sdk) => {
  expect(await run("chains.ts", sdk)).toMatchObject(done);
});
