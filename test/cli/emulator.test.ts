/** The emulator as its users have it: real processes, real handlers, AWS's own client. */

import { GetDurableExecutionCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { Emulator, PERDURE, Project, SCHEDULES } from "./emulator.ts";

const project = new Project();
let emulator: Emulator;

const FLOWS = `
import { appendFileSync } from "node:fs";
import { withDurableExecution } from ${PERDURE};
import { schedule } from ${SCHEDULES};

const note = (text: string): void => appendFileSync("notes.txt", text + "\\n");

export const order = withDurableExecution(async (event: { total: number }, context) => {
  const paid = await context.step("charge", async () => event.total);
  await context.wait("cool off", { seconds: 1 });
  const twice = await context.invoke<number, number>("double", "double", paid);
  return { paid, twice };
});

export const selfish = withDurableExecution(async (_event, context) =>
  context.waitForCallback("self", async (CallbackId) => {
    const { LambdaClient, SendDurableExecutionCallbackSuccessCommand } = await import("@aws-sdk/client-lambda");
    const credentials = { accessKeyId: "AKIDOTHER", secretAccessKey: "of another account" };
    const command = new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: '"from within"' });
    await new LambdaClient({ credentials }).send(command);
  }),
);

export const approval = withDurableExecution(async (_event, context) =>
  context.waitForCallback("approve", async () => {}),
);

export const sleeper = withDurableExecution(async (_event, context) => {
  await context.wait("a day", { days: 1 });
  return context.step("after", async () => "awake");
});

export const watched = withDurableExecution(
  async (_event, context) => {
    await context.wait("a second", { seconds: 1 });
  },
  {
    plugins: [
      {
        async onInvocationStart({ isFirstInvocation, updatedOperations }) {
          const updates = Object.values(updatedOperations).map(({ name, status }) => name + " " + status);
          note("updates " + isFirstInvocation + " " + updates);
        },
      },
    ],
  },
);

export const tagged = withDurableExecution(async (_event, context) => {
  context.setTags({ stage: "asleep", team: "a" });
  await context.wait("a day", { days: 1 });
});

export const tick = withDurableExecution(async (event: { slot: string }) => event.slot);
export const everySecond = schedule({
  cron: "* * * * * *",
  start: { functionName: "tick" },
  input: (slot) => ({ slot: slot.toISOString() }),
});

export const failing = withDurableExecution(async () => {
  throw new RangeError("no such thing");
});

/** Breaks in the way that the event says, and only once. */
export const crashing = withDurableExecution(async (event: { how: string }, context) => {
  await context.step("before", async () => note("before " + event.how));
  await context.step("crash", async () => {
    const isFirst = !(await import("node:fs")).existsSync(event.how);
    appendFileSync(event.how, "tried\\n");
    if (!isFirst) return;
    if (event.how === "exit") process.exit(3);
    if (event.how === "memory") for (const kept: unknown[] = []; ; ) kept.push(new Array(10_000).fill(kept.length));
    if (event.how === "kill") process.kill(process.pid, "SIGKILL");
    setTimeout(() => { throw new Error("nobody catches this"); });
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
  return "survived";
});
`;

const AWS = `
import { withDurableExecution } from "@aws/durable-execution-sdk-js";

export const handler = withDurableExecution(async (event, context) => {
  const first = await context.step("first", async () => event.n + 1);
  await context.wait({ seconds: 1 });
  const all = await context.map("all", [1, 2, 3], async (child, item) => child.step("inner", async () => item * first));
  return all.getResults();
});
`;

const DOUBLE = `exports.handler = async (event) => event * 2;\n`;

beforeAll(async () => {
  project.write("flows.ts", FLOWS);
  project.write("aws-flow.mjs", AWS);
  project.write("double.cjs", DOUBLE);
  const files = ["./flows.ts", "aws=./aws-flow.mjs", "./double.cjs"];
  emulator = await Emulator.start(project, files, { NODE_OPTIONS: "--max-old-space-size=96" });
});

afterAll(async () => {
  await emulator?.end("SIGTERM");
  project.remove();
});

test("says what it runs, and keeps its state for this user alone", () => {
  for (const name of ["order", "approval", "crashing", "aws"]) expect(emulator.output).toContain(`\n  ${name}\n`);
  expect(emulator.output).toContain("double (not durable");
  expect(statSync(project.path(".perdure")).mode & 0o777).toBe(0o700);
  for (const name of ["executions.db", "credential.json", "emulator.json", ".gitignore"]) {
    expect(statSync(project.path(`.perdure/${name}`)).mode & 0o777).toBe(0o600);
  }
});

test("invoke waits for the result: that on the standard output, what happens beside it", async () => {
  const { code, out, err } = await project.run("invoke", "order", '{"total":20}', "--name", "first");
  expect(code, err).toBe(0);
  expect(JSON.parse(out)).toEqual({ paid: 20, twice: 40 });
  expect(err).toContain("StepSucceeded          charge  20");
  expect(err).toMatch(/SUCCEEDED\n$/);
});

test("a handler of AWS's SDK runs as it is", async () => {
  const { code, out, err } = await project.run("invoke", "aws", '{"n":1}', "--quiet");
  expect(code, err).toBe(0);
  expect(JSON.parse(out)).toEqual([2, 4, 6]);
});

test("plugins are told what has changed from outside since the invocation before", async () => {
  const { code, err } = await project.run("invoke", "watched", "--quiet");
  expect(code, err).toBe(0);
  const lines = project.lines("notes.txt").filter((line) => line.startsWith("updates"));
  expect(lines).toEqual(["updates true ", "updates false a second SUCCEEDED"]);
});

test("AWS's client in a handler reaches the emulator, whatever it signs with", async () => {
  const { code, out, err } = await project.run("invoke", "selfish", "--quiet");
  expect(code, err).toBe(0);
  expect(JSON.parse(out)).toBe('"from within"');
});

test.concurrent.each(["exit", "memory", "kill", "uncaught"])(
  "a process that ends by %s is a crash and no more",
  async (how) => {
    const { code, out, err } = await project.run("invoke", "crashing", JSON.stringify({ how }), "--name", how);
    expect(code, err).toBe(0);
    expect(out).toBe('"survived"\n');
    expect(project.lines(how)).toEqual(["tried", "tried"]);
    expect(project.lines("notes.txt").filter((line) => line === `before ${how}`)).toHaveLength(1);
    await emulator.says(` crashing/${how} | SUCCEEDED`);
    const told = emulator.output.split("\n").filter((line) => line.includes(` crashing/${how} | `));
    expect(told, "once that it broke").toHaveLength(2);
  },
);

test("an execution that fails is exit code 1, and says why", async () => {
  const { code, out, err } = await project.run("invoke", "failing");
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain("FAILED: RangeError: no such thing");
});

test("a callback is answered by the execution that waits for it", async () => {
  const { out: arn } = await project.run("invoke", "approval", "--name", "a-1", "--async");
  const answered = async () => (await project.run("callback", "succeed", "yes", "--of", "approval/a-1")).code;
  await expect.poll(answered).toBe(0);
  const { code, err } = await project.run("tail", arn.trim());
  expect(code, err).toBe(0);
  const late = await project.run("callback", "succeed", "--of", "a-1");
  expect([late.code, late.err]).toEqual([4, "perdure: a-1 does not wait for an answer now.\n"]);
});

test("time is skipped, and stop ends what waits", async () => {
  await project.run("invoke", "sleeper", "--name", "long", "--async");
  await project.run("invoke", "sleeper", "--name", "stopped", "--async");
  const waits = async (name: string) => (await project.run("history", name)).out;
  await expect.poll(() => waits("long")).toContain("WaitStarted");
  expect(await project.run("stop", "stopped", "--message", "enough")).toMatchObject({ code: 0 });
  expect(await project.run("tail", "stopped")).toMatchObject({ code: 1 });
  expect(await project.run("skip", "1d")).toMatchObject({ code: 0 });
  const { AheadMs } = JSON.parse((await project.run("skip", "--json")).out) as { AheadMs: number };
  expect(AheadMs).toBeGreaterThanOrEqual(86_400_000);
  const { code, err } = await project.run("tail", "long");
  expect(code, err).toBe(0);
  const shown = JSON.parse((await project.run("show", "long", "--json")).out) as { Result: string };
  expect(shown.Result).toBe('"awake"');
});

test("what was recorded is replayed against the code of today, and against other code", async () => {
  project.write("renamed.ts", FLOWS.replace('"cool off"', '"cool down"'));
  project.write("log.jsonl", (await project.run("history", "order/first", "--log")).out);
  project.write("history.json", (await project.run("history", "order/first", "--json")).out);
  for (const file of ["log.jsonl", "history.json"]) {
    const same = await project.run("replay", project.path(file), project.path("flows.ts"), "--every-commit");
    expect(same, same.err).toMatchObject({ code: 0 });
    const other = await project.run("replay", project.path(file), project.path("renamed.ts"));
    expect(other.code).toBe(1);
    expect(other.out).toContain('Expected name "cool off", but got "cool down"');
  }
});

test("a fork of one that has succeeded, from nowhere in particular, says that there was nothing to retry", async () => {
  const copied = await project.run("fork", "order/first", "--name", "copied");
  expect([copied.code, copied.err.includes("nothing to retry")]).toEqual([0, true]);
  const begun = await project.run("fork", "order/first", "--name", "begun-anew", "--commit", "1");
  expect([begun.code, begun.err]).toEqual([0, ""]);
});

test("list filters, and tells JSON to scripts", async () => {
  const { out } = await project.run("list", "sleeper", "--status", "stopped", "--json");
  const { DurableExecutions } = JSON.parse(out) as { DurableExecutions: { DurableExecutionName: string }[] };
  expect(DurableExecutions.map(({ DurableExecutionName }) => DurableExecutionName)).toEqual(["stopped"]);
  const table = await project.run("list");
  expect(table.out).toMatch(/^EXECUTION +STATUS +STARTED +ENDED\n/);
  expect(table.out).toMatch(/\norder\/first +SUCCEEDED/);
});

test("tags that a handler sets in its own process are found", async () => {
  await project.run("invoke", "tagged", "{}", "--name", "t-1", "--async");
  await expect.poll(async () => (await project.run("list", "--tag", "stage=asleep")).out).toContain("tagged/t-1");
  expect((await project.run("list", "--tag", "stage=asleep", "--tag", "team=b")).out).not.toContain("tagged/t-1");
});

test("a schedule that starts by the Lambda API starts once for each slot, and ends when it is stopped", async () => {
  const names = async (...filter: readonly string[]): Promise<string[]> => {
    const { out } = await project.run("list", ...filter, "--json");
    return Array.from(out.matchAll(/"DurableExecutionName": ?"([^"]+)"/g), ([, name = ""]) => name);
  };
  await project.run("invoke", "everySecond", "{}", "--async");
  await project.run("invoke", "everySecond", "{}", "--async");
  await expect.poll(async () => (await names("tick")).length).toBeGreaterThan(2);
  await expect
    .poll(async () => {
      const waiting = await names("everySecond", "--status", "RUNNING");
      for (const name of waiting) await project.run("stop", `everySecond/${name}`);
      return waiting;
    })
    .toEqual([]);
  const all = await names("tick");
  expect(new Set(all).size).toBe(all.length);
  await expect.poll(async () => (await project.run("show", `tick/${all[0]}`)).out).toContain("SUCCEEDED");
});

describe("AWS's client", () => {
  const clientOf = (keys = printedKeys()) =>
    new LambdaClient({ endpoint: emulator.url, region: "us-east-1", credentials: keys, maxAttempts: 1 });

  test("works with the printed credential", async () => {
    const lambda = clientOf();
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    expect(Functions.map(({ FunctionName }) => FunctionName)).toContain("order");
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: "order", Qualifier: "$LATEST", Payload: JSON.stringify({ total: 1 }) }),
    );
    expect(answer.Payload?.transformToString()).toBe('{"paid":1,"twice":2}');
    const { DurableExecutionArn } = answer;
    expect(await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }))).toMatchObject({
      Status: "SUCCEEDED",
    });
    lambda.destroy();
  });

  test("is refused with another one", async () => {
    const lambda = clientOf({ ...printedKeys(), secretAccessKey: "wrong" });
    await expect(lambda.send(new ListFunctionsCommand({}))).rejects.toThrow("signature is wrong");
    lambda.destroy();
  });
});

describe("the commands, from elsewhere", () => {
  const given = (prefix: "AWS" | "PERDURE"): void => {
    const { accessKeyId, secretAccessKey } = printedKeys();
    vi.stubEnv(`${prefix}_ACCESS_KEY_ID`, accessKeyId);
    vi.stubEnv(`${prefix}_SECRET_ACCESS_KEY`, secretAccessKey);
    vi.stubEnv("AWS_ENDPOINT_URL_LAMBDA", emulator.url);
    onTestFinished(() => void vi.unstubAllEnvs());
  };

  test("with --aws AWS's client does all that AWS has, with its list of functions left out", async () => {
    given("AWS");
    const call = (...argv: readonly string[]) => project.run(...argv, "--aws", "--region", "eu-central-1");
    const started = await call("invoke", "approval", "--name", "by-aws", "--async");
    expect(started, started.err).toMatchObject({ code: 0 });
    await expect.poll(async () => (await call("history", "approval/by-aws")).out).toContain("CallbackStarted");
    expect((await call("list", "approval", "--name", "by-aws")).out).toContain("approval/by-aws  RUNNING");
    expect(await call("callback", "succeed", "yes", "--of", "approval/by-aws")).toMatchObject({ code: 0 });
    expect(await call("tail", "approval/by-aws")).toMatchObject({ code: 0 });
    expect((await call("show", "approval/by-aws")).out).toMatch(/^status +SUCCEEDED$/m);
    const waited = await call("invoke", "order", '{"total":2}', "--quiet");
    expect(waited, waited.err).toMatchObject({ code: 0, out: '{"paid":2,"twice":4}\n' });
    await call("invoke", "sleeper", "--name", "stopped-by-aws", "--async");
    expect(await call("stop", "sleeper/stopped-by-aws")).toMatchObject({ code: 0 });
    project.write("by-aws.json", (await call("history", "approval/by-aws", "--json")).out);
    expect(
      await project.run("replay", project.path("by-aws.json"), `${project.path("flows.ts")}#approval`),
    ).toMatchObject({ code: 0 });
  });

  test("with --url and --sigv4 they are signed, those of an operator too", async () => {
    given("PERDURE");
    const call = (...argv: readonly string[]) => project.run(...argv, "--url", emulator.url, "--sigv4");
    const execution = "sleeper/signed";
    const started = await call("invoke", "sleeper", "--name", "signed", "--async");
    expect(started, started.err).toMatchObject({ code: 0 });
    await expect.poll(async () => (await call("history", execution)).out).toContain("WaitStarted");
    expect(await call("pause", execution, "--reason", "a look: ü")).toMatchObject({ code: 0 });
    expect(await call("rewind", execution, "--before", "a day")).toMatchObject({ code: 0 });
    expect(await call("resume", execution)).toMatchObject({ code: 0 });
    expect(await call("fork", execution, "--name", "forked")).toMatchObject({ code: 0 });
    for (const each of [execution, "sleeper/forked"]) {
      expect(await call("stop", each)).toMatchObject({ code: 0 });
      expect(await call("purge", each)).toMatchObject({ code: 0 });
    }
    expect(await call("show", execution)).toMatchObject({ code: 4 });
  });
});

function printedKeys() {
  const [, accessKeyId = "", secretAccessKey = ""] =
    /AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)/.exec(emulator.output) ?? [];
  return { accessKeyId, secretAccessKey };
}

test("the console's link hands out the token once, and stands for the emulator's address", async () => {
  const [, page = "", code = ""] = /(http\S+\/console\/)#once=(\S+)/.exec(emulator.output) ?? [];
  const handIn = () => fetch(`${page}session`, { method: "POST", body: code });
  const { token } = (await (await handIn()).json()) as { token: string };
  const headers = { Authorization: `Bearer ${token}` };
  expect((await fetch(`${emulator.url}/2015-03-31/functions/`, { headers })).status).toBe(200);
  expect((await handIn()).status).toBe(403);
  const root = await fetch(emulator.url, { redirect: "manual" });
  expect([root.status, root.headers.get("location")]).toEqual([302, "/console/"]);
});

describe("what sam local asks for", () => {
  const start = { FunctionName: "order", ExecutionName: "from-sam", Input: '{"total":3}' };
  const post = (headers: Record<string, string>) =>
    fetch(`${emulator.url}/start-durable-execution`, { method: "POST", headers, body: JSON.stringify(start) });

  test("its health, by anybody", async () => {
    expect(await (await fetch(`${emulator.url}/health`)).json()).toEqual({ status: "healthy" });
  });

  test("a start, by nobody without a credential", async () => {
    expect((await post({})).status).toBe(401);
    const { bearer } = JSON.parse(project.lines(".perdure/credential.json").join("")) as { bearer: string };
    const answer = await post({ Authorization: `Bearer ${bearer}` });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({
      ExecutionArn: expect.stringContaining("/durable-execution/from-sam/"),
    });
  });
});
