/** The commands against other faces than the emulator's: any host by its address, and AWS by AWS's own client. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { main } from "../../src/cli/main.ts";
import { createMemoryHost, type MemoryHost } from "../../src/homes/memory/memory-host.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { type Served, serve } from "../http/serve.ts";
import { temporaryFolder } from "../temporary-folder.ts";

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
/** The ways that an execution of `winding` takes, one after the other. */
let ways: string[] = [];

const winding = withDurableExecution(async (_: unknown, context) => {
  const [kept] = await context.createCallback("kept", alive);
  if ((await context.step("way", async () => ways.shift())) === "around") {
    await context.step("turn back", async () => {});
    await context.step("turn", async () => {});
    const [over] = await context.createCallback("over the bridge", alive);
    return Promise.all([over, context.wait("for the ferry", { hours: 1 })]);
  }
  await context.step("turn", async () => {});
  return Promise.all([kept, context.waitForCallback("straight on", async () => {}, alive)]);
});

beforeAll(async () => {
  Object.assign(process.env, environment);
  const order = withDurableExecution(async (event: { total: number }, context) => {
    const paid = await context.step("charge", async () => event.total);
    if (event.total < 0) throw new RangeError("nothing to pay");
    return { paid, answer: await context.waitForCallback("approve", async () => {}, alive) };
  });
  host = createMemoryHost({ functions: { order, winding } });
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

describe.each(Object.entries(faces))("many, by %s,", (name, place) => {
  test("are stopped together, once that is wished for", async () => {
    const call = (...argv: readonly string[]) => perdure(...argv, ...place());
    const own = `many-${name.replace(/\W+/g, "-")}-`;
    const start = (at: number) => host.client.start({ functionName: "order", name: `${own}${at}`, input: "{}" });
    await Promise.all(Array.from({ length: 12 }, (_, at) => start(at)));
    const filter = name === "AWS" ? ["--name", `${own}7`] : ["--prefix", own];
    const count = name === "AWS" ? 1 : 12;
    const asked = await call("bulk", "stop", "order", ...filter);
    expect(asked, asked.err).toMatchObject({ code: 2, err: expect.stringContaining("Nothing was done. There ") });
    expect((await host.client.describe(`order/${own}7`)).status).toBe("RUNNING");
    const stopped = await call("bulk", "stop", "order", ...filter, "--yes", "--message", "no longer wanted");
    expect(stopped, stopped.err).toMatchObject({ code: 0, out: "" });
    expect(stopped.err).toBe(`${count} stopped\n`);
    expect((await host.client.describe(`order/${own}7`)).error?.errorMessage).toBe("no longer wanted");
    const again = await call("bulk", "stop", "order", ...filter, "--yes");
    expect(again, again.err).toMatchObject({ code: 0, err: "There are none.\n" });
  });
});

describe("many", () => {
  const call = (...argv: readonly string[]) => perdure(...argv, "--url", served.url);

  async function started(prefix: string, count: number): Promise<void> {
    const start = (at: number) => host.client.start({ functionName: "order", name: `${prefix}${at}`, input: "{}" });
    await Promise.all(Array.from({ length: count }, (_, at) => start(at)));
  }

  test("are paused, resumed, stopped and purged in parts of a hundred, each deed for those that it fits", async () => {
    await started("parts-", 230);
    for (const [deed, word] of [
      ["pause", "paused"],
      ["resume", "resumed"],
      ["stop", "stopped"],
      ["purge", "purged"],
    ] as const) {
      const done = await call("bulk", deed, "--prefix", "parts-", "--yes", "--json");
      expect(done, done.err).toMatchObject({ code: 0 });
      expect(JSON.parse(done.out)).toEqual({ Done: 230, Unchanged: 0, Failed: [], Left: 0 });
      expect(done.err).toBe(`100 ${word}\n200 ${word}\n230 ${word}\n`);
      expect((await call("bulk", deed, "--prefix", "parts-", "--yes")).err).toBe("There are none.\n");
    }
  });

  test("of which some are refused are told by name, and the command says so by its code", async () => {
    await started("refused-", 3);
    const refused = await call("bulk", "purge", "--status", "running", "--prefix", "refused-", "--yes");
    expect(refused.code).toBe(4);
    expect(refused.out).toMatch(/^order\/refused-2 +InvalidParameterValueException: /m);
    expect(refused.err).toBe("0 purged, 3 not\n");
    const json = await call("bulk", "purge", "--status", "running", "--prefix", "refused-", "--yes", "--json");
    expect([json.code, JSON.parse(json.out)]).toEqual([
      4,
      {
        Done: 0,
        Unchanged: 0,
        Failed: [2, 1, 0].map((at) => ({
          DurableExecutionArn: expect.stringContaining(`/refused-${at}/`),
          ErrorType: "InvalidParameterValueException",
          ErrorMessage: expect.any(String),
        })),
        Left: 0,
      },
    ]);
    expect(await call("bulk", "stop", "--prefix", "refused-", "--yes")).toMatchObject({ code: 0 });
  });

  test("go on where they were when a host is busy or an answer is lost", async () => {
    await started("lost-", 150);
    let calls = 0;
    const face = createHttpFace({
      client: host.client,
      credentials: [{ id: "t", rights: ["admin"], bearer: "the-token" }],
    });
    const lossy = await serve(async (request) => {
      const answer = await face(request);
      if (request.method === "GET") return answer;
      // It was done, and nobody hears of it.
      return ++calls % 2 === 1 ? new Response("", { status: calls === 1 ? 503 : 429 }) : answer;
    });
    onTestFinished(() => lossy.close());
    const done = await perdure("bulk", "stop", "--prefix", "lost-", "--yes", "--json", "--url", lossy.url);
    expect(done, done.err).toMatchObject({ code: 0 });
    expect([calls, JSON.parse(done.out)]).toEqual([4, { Done: 0, Unchanged: 150, Failed: [], Left: 0 }]);
  });

  /** What a command that is given thousands asks of a face, and what may happen to them in between. */
  async function asked(between: (path: string) => Promise<Response | undefined>): Promise<Served> {
    const credentials = [{ id: "t", rights: ["admin"], bearer: "the-token" }] as const;
    const face = createHttpFace({ client: host.client, credentials });
    const own = await serve(async (request) => (await between(new URL(request.url).pathname)) ?? face(request));
    onTestFinished(() => own.close());
    return own;
  }

  const LIST = "/2025-12-01/durable-executions";
  const STOP = `${LIST}/stop`;

  test("are listed page by page as it is done to them, however the list changes meanwhile", async () => {
    await started("shifting-", 2300);
    const paths: string[] = [];
    const own = await asked(async (path) => {
      paths.push(path);
      if (path !== STOP || paths.length % 4 !== 0) return undefined;
      // One that is still to come ends by itself, one that is behind ends, and one begins.
      await host.client.stop("order/shifting-2299");
      await host.client.stop(`order/shifting-${paths.length}`);
      await host.client.start({ functionName: "order", name: `shifting-late-${paths.length}`, input: "{}" });
      return undefined;
    });
    const done = await perdure("bulk", "stop", "--prefix", "shifting-", "--yes", "--json", "--url", own.url);
    expect(done, done.err).toMatchObject({ code: 0 });
    const page = (calls: number): string[] => [LIST, ...Array.from({ length: calls }, () => STOP)];
    expect(paths.slice(0, 12)).toEqual([...page(10), LIST]);
    const { rows } = await host.client.list({ namePrefix: "shifting-", statuses: ["RUNNING"], limit: 1000 });
    expect(rows.map(({ name }) => name).filter((name) => !name.startsWith("shifting-late-"))).toEqual([]);
    expect(rows).not.toEqual([]);
    const { Failed, Left } = JSON.parse(done.out) as { Failed: unknown; Left: unknown };
    expect([Failed, Left]).toEqual([[], 0]);
  });

  test("are told of as far as it came when a page of the list is refused", async () => {
    await started("cut-", 1500);
    let lists = 0;
    const own = await asked(async (path) => {
      if (path !== LIST) return undefined;
      const refusal = { status: 403, headers: { "x-amzn-errortype": "AccessDeniedException" } };
      return ++lists === 2 ? new Response("{}", refusal) : undefined;
    });
    const cut = await perdure("bulk", "stop", "--prefix", "cut-", "--yes", "--url", own.url);
    expect(cut.code).toBe(3);
    expect(cut.err).toMatch(/^900 stopped\n1000 stopped\nperdure: .*\nThe same command goes on/m);
    const on = await perdure("bulk", "stop", "--prefix", "cut-", "--yes", "--url", own.url);
    expect(on, on.err).toMatchObject({ code: 0, err: expect.stringMatching(/^500 stopped\n$/m) });
  });

  test("are the newest so many, and the list goes on when a page of it is late", async () => {
    await started("late-page-", 1100);
    let lists = 0;
    const own = await asked(async (path) =>
      path === LIST && ++lists === 2 ? new Response("{}", { status: 503 }) : undefined,
    );
    const stop = ["bulk", "stop", "--prefix", "late-page-", "--yes", "--url", own.url];
    const done = await perdure(...stop, "--limit", "1050");
    expect(done, done.err).toMatchObject({ code: 0, err: expect.stringMatching(/^1050 stopped\n$/m) });
    expect(lists).toBe(3);
    expect((await perdure(...stop)).err).toBe("50 stopped\n");
  });

  test.each([
    [["begin"], 'Many are to stop, to pause, to resume, to purge; "begin" was given.'],
    [["stop", "--reason", "x"], "--reason is not for stop."],
    [["purge", "--to", "2"], "--to is not for purge."],
    [["resume", "order", "--aws"], "AWS has no call to resume an execution."],
  ])("is no command as %j", async (argv, message) => {
    const { code, err } = await perdure("bulk", ...argv, ...(argv.includes("--aws") ? [] : ["--url", served.url]));
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
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

test("what a rewind has left behind is not waited for, not answered, and not what a name means", async () => {
  const call = (...argv: readonly string[]) => perdure(...argv, "--url", served.url);
  const waits = async () => (await call("show", "winding/w")).out.match(/^waits for.*/gm) ?? [];
  ways = ["around", "straight on", "straight on"];
  expect(await call("invoke", "winding", "{}", "--name", "w", "--async")).toMatchObject({ code: 0 });
  await expect.poll(waits).toHaveLength(3);
  expect(await call("rewind", "winding/w", "--before", "way")).toMatchObject({ code: 0 });
  await expect
    .poll(waits)
    .toEqual([
      expect.stringMatching(/^waits for +callback "straight on", \w+/),
      expect.stringMatching(/^waits for +callback "kept", \w+/),
    ]);
  const several = await call("callback", "succeed", "--of", "winding/w");
  expect(several.err).toContain("winding/w waits for 2 answers.");
  expect(several.err).toMatch(/^ {2}kept {2}\w+/m);
  expect(several.err).toMatch(/^ {2}straight on {2}\w+/m);
  const gone = await call("callback", "succeed", "--of", "winding/w", "--callback", "over the bridge");
  expect(gone).toMatchObject({ code: 4, err: expect.stringContaining("does not wait for an answer now") });
  // Another operation had the name on the way that was left.
  const again = await call("rewind", "winding/w", "--before", "turn");
  expect(again, again.err).toMatchObject({ code: 0 });
  for (const name of ["kept", "straight on"])
    await expect
      .poll(async () => (await call("callback", "succeed", "yes", "--of", "winding/w", "--callback", name)).code)
      .toBe(0);
  expect(await call("tail", "winding/w")).toMatchObject({ code: 0 });
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
    const folder = temporaryFolder("aws-profile");
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
