import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { withDurableExecution } from "perdure";
import { createMemoryHost } from "perdure/memory";
import { expect, test } from "vitest";
import { answeringReplays } from "./console-replay.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

const folder = temporaryFolder("replay");

const perdure = JSON.stringify(pathToFileURL(join(import.meta.dirname, "../lambda-compat/index.ts")).href);
const fileOf = (name: string, step: string): string => {
  const file = join(folder, name);
  const handler = `withDurableExecution(async (event, context) => context.step("${step}", async () => 1))`;
  writeFileSync(
    file,
    `import { withDurableExecution } from ${perdure};
console.log("{ this is no answer }");
export const handler = ${handler};
`,
  );
  return file;
};

async function recorded(): Promise<readonly string[]> {
  const order = withDurableExecution(async (_event: unknown, context) => context.step("charge", async () => 1));
  const host = createMemoryHost({ functions: { order } });
  const started = await host.start(order, {}, { name: "o-1" });
  await started.result();
  const log: string[] = [];
  for await (const { body } of host.client.watch(started.id, 0)) log.push(body);
  return log;
}

const elsewhere = async (): Promise<Response> => new Response("elsewhere", { status: 404 });
const ask = async (files: readonly string[], body: object, path = "/perdure/replay"): Promise<Response> =>
  answeringReplays(
    files,
    elsewhere,
  )(new Request(`http://127.0.0.1:1${path}`, { method: "POST", body: JSON.stringify(body) }));

test("holds a log against the file of its function, whatever the code prints", async () => {
  const Log = await recorded();
  const [order, other] = [fileOf("order.ts", "charge"), fileOf("other.ts", "ship")];
  const answer = await ask([other, order], { FunctionName: "order", Log });
  expect(await answer.json()).toEqual({ source: order, matches: true });
});

test("says where the code and the log part", async () => {
  const file = fileOf("order.ts", "refund");
  const answer = await ask([file], { FunctionName: "order", Log: await recorded() });
  expect(await answer.json()).toMatchObject({
    source: file,
    matches: false,
    difference: expect.stringContaining("refund"),
  });
});

test("refuses what is no log, and says why a file is of no use", async () => {
  const file = join(folder, "broken.ts");
  writeFileSync(file, "export const handler = 1;");
  const log = await recorded();
  for (const [body, message] of [
    [{ FunctionName: "order" }, "FunctionName and Log must be given"],
    [{ FunctionName: "order", Log: [1] }, "Log"],
    [{ FunctionName: "order", Log: ["{}"] }, "no recorded execution"],
    [{ FunctionName: "order", Log: log }, "broken.ts"],
  ] as const) {
    const answer = await ask([file], body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string }).message).toContain(message);
  }
});

test("leaves all else to the face, and without files replays too", async () => {
  const file = fileOf("order.ts", "charge");
  expect(await (await ask([file], {}, "/2025-12-01/durable-executions/x/stop")).text()).toBe("elsewhere");
  expect(await (await ask([], {})).text()).toBe("elsewhere");
  expect(() => answeringReplays([join(folder, "absent.ts")], elsewhere)).toThrow("There is no file");
});
