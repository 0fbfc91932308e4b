/** The commands against other faces than the emulator's: any host by its address, and AWS by AWS's own client. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
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
  const temporary = { accessKeyId: "AKIDTEMPORARY", secretAccessKey: "s", sessionToken: "t+/=" };
  const credentials = [
    { id: "cli", rights: ["admin"], bearer: environment.PERDURE_TOKEN, sigv4: keys },
    { id: "temporary", rights: ["read"], sigv4: temporary },
  ] as const;
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

const faces = {
  "an address": () => ["--url", served.url],
  "an address, signed": () => ["--url", `${served.url}/`, "--sigv4"],
  AWS: () => ["--aws", "--region", "eu-west-1"],
};

describe.each(Object.entries(faces))("by %s", (name, place) => {
  const call = (...argv: readonly string[]) => perdure(...argv, ...place());
  const execution = `order/${name.replace(/\W+/g, "-")}`;

  test("an execution is started, looked at, answered and followed to its end", async () => {
    const started = await call("invoke", "order", '{"total":7}', "--name", execution.slice(6), "--async");
    expect(started, started.err).toMatchObject({ code: 0 });
    await expect.poll(async () => (await call("history", execution)).out).toContain("CallbackStarted");
    expect((await call("list", "order", "--status", "RUNNING")).out).toContain(execution);
    expect((await call("show", execution)).out).toMatch(/^status +RUNNING$/m);
    const beat = await call("callback", "heartbeat", "--of", execution);
    expect(beat, beat.err).toMatchObject({ code: 0 });
    expect(await call("callback", "succeed", "yes", "--of", execution)).toMatchObject({ code: 0 });
    const followed = await call("tail", started.out.trim());
    expect(followed, followed.err).toMatchObject({ code: 0 });
    const { Result, StartTimestamp } = JSON.parse((await call("show", execution, "--json")).out) as Record<
      string,
      string
    >;
    expect(JSON.parse(Result ?? "")).toEqual({ paid: 7, answer: "yes" });
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

describe("a key pair for --sigv4", () => {
  const signed = (...argv: readonly string[]) => perdure(...argv, "--url", served.url, "--sigv4");
  /** With these variables for this test, and without what is undefined. */
  const given = (variables: Readonly<Record<string, string | undefined>>): void => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
  };
  const noAws = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

  test("is perdure's own before that of AWS, which handlers and other programs use", async () => {
    given({ PERDURE_ACCESS_KEY_ID: keys.accessKeyId, PERDURE_SECRET_ACCESS_KEY: "another secret" });
    expect(await signed("list")).toMatchObject({ code: 3 });
    given({ ...noAws, PERDURE_SECRET_ACCESS_KEY: keys.secretAccessKey });
    expect(await signed("list")).toMatchObject({ code: 0 });
  });

  test("is found in AWS's profiles, by AWS's client, with the session token that belongs to it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "perdure-profile-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const lines = [
      "[temporary]",
      "aws_access_key_id=AKIDTEMPORARY",
      "aws_secret_access_key=s",
      "aws_session_token=t+/=",
    ];
    writeFileSync(join(folder, "credentials"), lines.join("\n"));
    given({ ...noAws, AWS_PROFILE: "temporary", AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials") });
    const listed = await signed("list", "--json");
    expect(listed, listed.err).toMatchObject({ code: 0 });
  });

  test("signs what goes around the client: tags, lists, and a log as it comes", async () => {
    const started = await signed("invoke", "order", "{}", "--name", "signed", "--tag", "note=a & b = ü", "--async");
    expect(started, started.err).toMatchObject({ code: 0 });
    expect((await signed("list", "--tag", "note=a & b = ü")).out).toContain("order/signed");
    expect(await signed("stop", "order/signed")).toMatchObject({ code: 0 });
    expect((await signed("history", "order/signed", "--log")).out.split("\n").length).toBeGreaterThan(2);
    expect(await signed("purge", "order/signed")).toMatchObject({ code: 0 });
  });

  test("that there is not is a mistake, and so is one for another place", async () => {
    given({ ...noAws, AWS_SHARED_CREDENTIALS_FILE: "/nowhere", AWS_CONFIG_FILE: "/nowhere" });
    expect(await signed("list")).toMatchObject({ code: 2, err: expect.stringContaining("a key pair is needed") });
    expect(await perdure("list", "--sigv4")).toMatchObject({ code: 2 });
  });
});
