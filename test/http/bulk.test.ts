/** One call for many executions: who may make it, what it takes, and that it may be sent again. */

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemoryHost, type MemoryHost } from "../../src/homes/memory/memory-host.ts";
import { formatExecutionArn } from "../../src/lambda-compat/arn.ts";
import { createHttpFace, type HttpFaceOptions } from "../../src/lambda-compat/http/face.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { PlainClient } from "./plain-client.ts";
import { signedByHand } from "./sign.ts";

const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a secret" };
const credentials = [
  { id: "operator", rights: ["admin"], bearer: "operator", sigv4: keys },
  ...(["start", "read", "callback", "checkpoint"] as const).map((right) => ({
    ...{ id: right, rights: [right], bearer: right },
  })),
] as const;
const PATH = "/2025-12-01/durable-executions";

type Face = (request: Request) => Promise<Response>;
type Answer = [status: number, body: unknown];
interface Outcome {
  readonly DurableExecutionArn: string;
  readonly Status: string;
  readonly ErrorType?: string;
}

let face: Face;

async function send(deed: string, body: string | object, bearer = "operator"): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { authorization: `Bearer ${bearer}` };
  const response = await face(new Request(`http://h${PATH}/${deed}`, { method: "POST", headers, body: text }));
  return [response.status, await response.json()];
}

async function outcomes(deed: string, body: object): Promise<readonly Outcome[]> {
  const [status, answer] = await send(deed, body);
  expect([status, answer]).toMatchObject([200, {}]);
  return (answer as { Results: Outcome[] }).Results;
}

function statuses(all: readonly Outcome[]): readonly string[] {
  return all.map(({ Status, ErrorType }) => ErrorType ?? Status);
}

function arnOf(name: string, incarnation = "0123456789abcdef"): string {
  return formatExecutionArn({ functionName: "order", version: "$LATEST", name, incarnation });
}

describe("on a real host", () => {
  let host: MemoryHost;

  beforeEach(() => {
    const order = withDurableExecution(async (_event, context) => context.waitForCallback("answer", async () => {}));
    const quick = withDurableExecution(async () => "done");
    host = createMemoryHost({ functions: { order, quick } });
    face = createHttpFace({ client: host.client, credentials });
  });
  afterEach(() => host.close());

  async function started(count: number, functionName = "order"): Promise<readonly string[]> {
    const names = Array.from({ length: count }, (_, at) => `${functionName}-${at}`);
    const answers = await Promise.all(names.map((name) => host.client.start({ functionName, name })));
    return answers.map(({ execution }) => formatExecutionArn(execution));
  }

  async function statusOf(name: string): Promise<string | undefined> {
    const { status, halt } = await host.client.describe(`order/${name}`);
    return halt?.reason ?? status;
  }

  test("all of them are stopped and then removed, and told in the order of their names", async () => {
    const arns = await started(100);
    const stopped = await outcomes("stop", { DurableExecutionArns: arns, ErrorMessage: "not wanted" });
    expect(stopped.map(({ DurableExecutionArn }) => DurableExecutionArn)).toEqual(arns);
    expect(new Set(statuses(stopped))).toEqual(new Set(["DONE"]));
    expect((await host.client.describe("order/order-7")).error?.errorMessage).toBe("not wanted");
    expect(new Set(statuses(await outcomes("purge", { DurableExecutionArns: arns })))).toEqual(new Set(["DONE"]));
    await expect(host.client.describe("order/order-7")).rejects.toThrow("order-7");
  });

  test.for(["stop", "pause", "purge"])(
    "%s, sent again as by a caller who heard no answer, changes nothing",
    async (deed) => {
      const DurableExecutionArns = await started(3, deed === "purge" ? "quick" : "order");
      if (deed === "purge") {
        const ids = [0, 1, 2].map((at) => `quick/quick-${at}`);
        await Promise.all(ids.map((id) => host.client.settled(id, Date.now() + 60_000)));
      }
      expect(statuses(await outcomes(deed, { DurableExecutionArns }))).toEqual(["DONE", "DONE", "DONE"]);
      expect(statuses(await outcomes(deed, { DurableExecutionArns }))).toEqual(["UNCHANGED", "UNCHANGED", "UNCHANGED"]);
    },
  );

  test("what is paused goes on, and what goes on already is left alone", async () => {
    const [one = "", two = ""] = await started(2);
    await outcomes("pause", { DurableExecutionArns: [one], Reason: "the shop is shut" });
    expect(await statusOf("order-0")).toBe("PAUSED");
    expect(statuses(await outcomes("resume", { DurableExecutionArns: [one, two] }))).toEqual(["DONE", "UNCHANGED"]);
    expect(await statusOf("order-0")).toBe("RUNNING");
  });

  test("what is refused is told of the one, and done to the others", async () => {
    const [one = "", two = ""] = await started(2);
    const names = [one, "no ARN", arnOf("never"), two, arnOf("order-1", "f".repeat(32))];
    const told = ["DONE", "InvalidParameterValueException", "ResourceNotFoundException"];
    expect(statuses(await outcomes("stop", { DurableExecutionArns: names }))).toEqual([
      ...told,
      ...["DONE", "ResourceNotFoundException"],
    ]);
  });

  test("one that runs is not removed", async () => {
    const arns = await started(2);
    expect(new Set(statuses(await outcomes("purge", { DurableExecutionArns: arns })))).toEqual(
      new Set(["InvalidParameterValueException"]),
    );
    expect(await statusOf("order-0")).toBe("RUNNING");
  });
});

describe("of who asks, and of what", () => {
  let executions: PlainClient;
  let told: unknown[];

  beforeEach(async () => {
    executions = new PlainClient();
    await executions.start({ functionName: "order", name: "o-1" });
    executions.notes.length = 0;
    told = [];
    open();
  });

  function open(options: HttpFaceOptions = {}): void {
    face = createHttpFace({
      ...{ client: executions, credentials },
      options: { onError: (error) => told.push(error), ...options },
    });
  }

  const one = { DurableExecutionArns: [arnOf("o-1")] };

  test.for(["stop", "resume", "pause", "purge"])("%s takes the right to do everything", async (deed) => {
    for (const bearer of ["start", "read", "callback", "checkpoint"])
      expect((await send(deed, one, bearer))[0]).toBe(403);
    expect((await send(deed, one, "nobody"))[0]).toBe(401);
    expect(executions.notes).toEqual([]);
    expect((await send(deed, one))[0]).toBe(200);
  });

  test("a signature covers the names", async () => {
    const at = Date.now();
    const signed = (body: string): Request => signedByHand({ method: "POST", path: `${PATH}/stop`, body, keys, at });
    expect((await face(signed(JSON.stringify(one)))).status).toBe(200);
    const { url, headers } = signed(JSON.stringify(one));
    const body = JSON.stringify({ DurableExecutionArns: [arnOf("o-2")] });
    const forged = await face(new Request(url, { method: "POST", headers, body }));
    expect([forged.status, forged.headers.get("x-amzn-errortype")]).toEqual([401, "InvalidSignatureException"]);
  });

  test("no other path or method is one of it", async () => {
    expect((await send("rewind", one))[0]).toBe(405);
    const headers = { authorization: "Bearer operator" };
    const asked = await face(new Request(`http://h${PATH}/stop`, { headers }));
    expect([asked.status, asked.headers.get("allow")]).toEqual([405, "POST"]);
  });

  const manyValues = `{"DurableExecutionArns":[${'"",'.repeat(300_000)}""]}`;
  test.for<[string, string, number, string]>([
    ["nothing", "", 400, "at least one"],
    ["an empty list", '{"DurableExecutionArns":[]}', 400, "at least one"],
    ["a text for the list", '{"DurableExecutionArns":"x"}', 400, "must be a list"],
    ["a number among the names", '{"DurableExecutionArns":["x",7]}', 400, "DurableExecutionArns[1] must be a string"],
    ["a list for the body", "[]", 400, "at least one"],
    ["a name twice", '{"DurableExecutionArns":["x","x"]}', 400, "once"],
    ["101 names", JSON.stringify({ DurableExecutionArns: Array.from({ length: 101 }, String) }), 400, "it has 101"],
    ["300,000 names", manyValues, 400, "has more than 100000 values"],
    ["a million names", `{"DurableExecutionArns":[${'"abc",'.repeat(1_000_000)}"x"]}`, 413, "at most 1048576 bytes"],
    ["a reason that is none", '{"DurableExecutionArns":["x"],"Reason":{}}', 400, "Reason must be a string"],
    ["no JSON", "{", 400, "not JSON"],
  ])("%s is refused before anything is done", async ([, body, status, message]) => {
    const [answered, answer] = await send("pause", body);
    expect([answered, answer]).toEqual([
      status,
      expect.objectContaining({ message: expect.stringContaining(message) }),
    ]);
    expect(executions.notes).toEqual([]);
  });

  test("what fails inside is told to the host, and to the caller as no more than that", async () => {
    executions.failure = new Error("the disk is full of secrets");
    expect(await outcomes("stop", one)).toEqual([
      {
        ...{ DurableExecutionArn: arnOf("o-1"), Status: "FAILED", ErrorType: "ServiceException" },
        ErrorMessage: "The request failed inside the service.",
      },
    ]);
    expect(told).toEqual([executions.failure]);
  });

  test("eight are under way at a time, and none is begun once the caller has left", async () => {
    const waits: (() => void)[] = [];
    executions.stop = () => new Promise((resolve) => waits.push(() => resolve(0)));
    const names = Array.from({ length: 20 }, (_, at) => `o-${at + 2}`);
    for (const name of names) await executions.start({ functionName: "order", name });
    const leaving = new AbortController();
    const headers = { authorization: "Bearer operator" };
    const body = JSON.stringify({ DurableExecutionArns: names.map((name) => arnOf(name)) });
    const { signal } = leaving;
    const answered = face(new Request(`http://h${PATH}/stop`, { method: "POST", headers, body, signal }));
    await expect.poll(() => waits.length).toBe(8);
    waits[0]?.();
    await expect.poll(() => waits.length).toBe(9);
    leaving.abort();
    for (const done of waits) done();
    await answered;
    expect(waits.length).toBe(9);
  });

  test("so many calls are taken at a time; one more is to come later", async () => {
    open({ limits: { bulkCalls: 1 } });
    const stopping = Promise.withResolvers<number>();
    executions.stop = () => stopping.promise;
    const first = send("stop", one);
    await expect.poll(() => executions.notes.length).toBeGreaterThan(0);
    expect(await send("stop", one)).toMatchObject([429, { message: expect.stringContaining("its limit") }]);
    stopping.resolve(0);
    expect((await first)[0]).toBe(200);
    expect((await send("stop", one))[0]).toBe(200);
  });
});
