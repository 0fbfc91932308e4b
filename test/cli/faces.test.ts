/** The commands against other faces than the emulator's: any host by its address, and AWS by AWS's own client. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { createMemoryHost, type MemoryHost } from "../../src/homes/memory/memory-host.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { type Served, serve } from "../http/serve.ts";

const alive = { heartbeatTimeout: { hours: 1 } };
const keys = { accessKeyId: "AKIDCLI", secretAccessKey: "a secret" };
const environment = {
  PERDURE_TOKEN: "the-token",
  AWS_ACCESS_KEY_ID: keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: "true",
};
let host: MemoryHost;
let served: Served;

beforeAll(async () => {
  Object.assign(process.env, environment);
  const order = withDurableExecution(async (event: { total: number }, context) => {
    const paid = await context.step("charge", async () => event.total);
    if (event.total < 0) throw new RangeError("nothing to pay");
    return { paid, answer: await context.waitForCallback("approve", async () => {}, alive) };
  });
  host = createMemoryHost({ functions: { order } });
  const credentials = [{ id: "cli", rights: ["admin"], bearer: environment.PERDURE_TOKEN, sigv4: keys }] as const;
  served = await serve(createHttpFace({ client: host.client, credentials }));
  process.env["AWS_ENDPOINT_URL_LAMBDA"] = served.url;
});

afterAll(async () => {
  for (const name of [...Object.keys(environment), "AWS_ENDPOINT_URL_LAMBDA"]) delete process.env[name];
  host.close();
  await served.close();
});

async function perdure(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: "", err: "" };
  const to = (stream: "out" | "err") => ({ write: (text: string) => (written[stream] += text) });
  return { code: await main(argv, { out: to("out"), err: to("err"), env: {} }), ...written };
}

const faces = { "an address": () => ["--url", served.url], AWS: () => ["--aws", "--region", "eu-west-1"] };

describe.each(Object.entries(faces))("by %s", (name, place) => {
  const call = (...argv: readonly string[]) => perdure(...argv, ...place());
  const execution = `order/${name.replace(" ", "-")}`;

  test("an execution is started, looked at, answered and followed to its end", async () => {
    const started = await call("invoke", "order", '{"total":7}', "--name", execution.slice(6), "--async");
    expect(started, started.err).toMatchObject({ code: 0 });
    await expect.poll(async () => (await call("history", execution)).out).toContain("CallbackStarted");
    expect((await call("list", "order", "--status", "RUNNING")).out).toContain(execution);
    expect((await call("show", execution)).out).toMatch(/^status +RUNNING$/m);
    const beat = await call("callback", "heartbeat", "--of", execution);
    expect(beat, beat.err).toMatchObject({ code: 0 });
    expect(await call("callback", "succeed", '"yes"', "--of", execution)).toMatchObject({ code: 0 });
    const followed = await call("tail", started.out.trim());
    expect(followed, followed.err).toMatchObject({ code: 0 });
    const { Result, StartTimestamp } = JSON.parse((await call("show", execution, "--json")).out) as Record<
      string,
      string
    >;
    expect(JSON.parse(Result ?? "")).toEqual({ paid: 7, answer: '"yes"' });
    expect(StartTimestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test("a failed execution is 1, and what there is not is 4", async () => {
    const failed = await call("invoke", "order", '{"total":-1}', "--json", "--quiet");
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.out)).toMatchObject({ Status: "FAILED", Error: { ErrorType: "RangeError" } });
    expect(await call("show", "order/nowhere")).toMatchObject({ code: 4 });
    expect(await call("invoke", "nothing")).toMatchObject({ code: 4 });
  });
});

test("executions are started with tags and for later, and found by tags, prefixes and halts", async () => {
  const call = (...argv: readonly string[]) => perdure(...argv, "--url", served.url);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const tags = ["--tag", "customer=c-7", "--tag", "note=a & b = ü"];
  const started = await call("invoke", "order", "{}", "--name", "tagged-1", ...tags, "--at", tomorrow, "--async");
  expect(started, started.err).toMatchObject({ code: 0 });
  for (const filter of [
    ["--tag", "customer=c-7"],
    ["--prefix", "tagged-"],
    [...tags, "--status", "RUNNING"],
  ])
    expect((await call("list", ...filter)).out).toMatch(/^order\/tagged-1 +RUNNING/m);
  expect((await call("list", "order", "--tag", "customer=c-8")).out).not.toContain("tagged-1");
  expect((await call("list", "--halted")).out).not.toContain("tagged-1");
  const shown = await call("show", "order/tagged-1");
  expect(shown.out).toMatch(/^tags +customer=c-7, note=a & b = ü$/m);
  expect(shown.out).toMatch(/^begins +\d{4}-\d\d-\d\d/m);
  expect(await call("stop", "order/tagged-1")).toMatchObject({ code: 0 });
  expect((await call("list", "--tag", "customer")).err).toContain("--tag is KEY=VALUE");
});

test("what AWS has not is told as a mistake, and not asked of it", async () => {
  expect(await perdure("list", "--aws")).toMatchObject({ code: 2 });
  expect((await perdure("history", "order/AWS", "--log", "--aws")).err).toContain("AWS keeps no log");
  expect(await perdure("list", "order", "--halted", "--aws")).toMatchObject({ code: 2 });
  expect(await perdure("invoke", "order", "--tag", "a=b", "--aws")).toMatchObject({ code: 2 });
});

test("a wrong token, and nobody at the address, are 3", async () => {
  process.env["PERDURE_TOKEN"] = "another";
  expect(await perdure("list", "--url", served.url)).toMatchObject({ code: 3 });
  process.env["PERDURE_TOKEN"] = environment.PERDURE_TOKEN;
  expect(await perdure("list", "--url", "http://127.0.0.1:9")).toMatchObject({ code: 3 });
});
