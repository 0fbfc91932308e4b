import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import type { ExecutionHeader } from "../../src/engine/model/execution.ts";
import { createHttpFace, type HttpFaceOptions } from "../../src/lambda-compat/http/face.ts";
import { PlainClient } from "./plain-client.ts";
import { type FetchHandler, serve } from "./serve.ts";

const sigv4 = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a secret" };
const credentials = [{ id: "web", rights: ["admin"], bearer: "the-token", sigv4 }] as const;
const FUNCTIONS = "/2015-03-31/functions";
const INVOKE = `${FUNCTIONS}/order/invocations`;
const headers = { authorization: "Bearer the-token" };

/** What runs is done when it is told so. */
class WaitedFor extends PlainClient {
  readonly waits: { readonly deadline: number; readonly answer: (header: ExecutionHeader) => void }[] = [];

  override settled(_executionId: string, deadline: number): Promise<ExecutionHeader> {
    return new Promise((answer) => this.waits.push({ deadline, answer }));
  }

  /** The wait that began last is over, with the execution as it is said to be. */
  over(status: ExecutionHeader["status"]): void {
    const [header] = this.executions.values();
    this.waits.at(-1)?.answer({ ...(header as ExecutionHeader), status });
  }

  async waiting(times: number): Promise<void> {
    while (this.waits.length < times) await new Promise((resolve) => setImmediate(resolve));
  }
}

let clock = 1_800_000_000_000;
const now = (): number => clock;

function faceOf(client: PlainClient, options: HttpFaceOptions = {}): FetchHandler {
  return createHttpFace({ client, credentials, options: { now, ...options } });
}

function invocation(signal?: AbortSignal): Request {
  return new Request(`http://host${INVOKE}`, { method: "POST", headers, body: "{}", ...(signal && { signal }) });
}

afterEach(() => {
  clock = 1_800_000_000_000;
});

describe("a caller who waits for an outcome", () => {
  test("gets it, however many looks it takes", async () => {
    const client = new WaitedFor();
    const answered = faceOf(client)(invocation());
    for (const looks of [1, 2, 3]) {
      await client.waiting(looks);
      clock += 10_000;
      client.over(looks < 3 ? "RUNNING" : "SUCCEEDED");
    }
    const response = await answered;
    expect([response.status, response.headers.get("x-amz-function-error")]).toEqual([200, null]);
    expect(client.waits.map(({ deadline }) => (deadline - 1_800_000_000_000) / 1000)).toEqual([10, 20, 30]);
  });

  test("is waited with no longer than for one look when it has left", async () => {
    const client = new WaitedFor();
    const leaving = new AbortController();
    const answered = faceOf(client)(invocation(leaving.signal));
    await client.waiting(1);
    leaving.abort();
    clock += 10_000;
    client.over("RUNNING");
    await answered;
    expect(client.waits).toHaveLength(1);
  });

  test("is known to have left when its connection is closed", async () => {
    const client = new WaitedFor();
    const signals: AbortSignal[] = [];
    const face = faceOf(client);
    const served = await serve((request) => {
      signals.push(request.signal);
      return face(request);
    });
    onTestFinished(() => served.close());
    const leaving = new AbortController();
    const { signal } = leaving;
    const asked = fetch(`${served.url}${INVOKE}`, { method: "POST", headers, body: "{}", signal });
    await client.waiting(1);
    const left = new Promise((resolve) => signals[0]?.addEventListener("abort", resolve));
    leaving.abort();
    await expect(asked).rejects.toThrow(/abort/);
    await left;
  });

  test("is answered as soon as a host does that cannot wait so long", async () => {
    const client = new WaitedFor();
    const answered = faceOf(client)(invocation());
    await client.waiting(1);
    clock += 1_000;
    client.over("RUNNING");
    expect(await (await answered).json()).toMatchObject({ errorType: "Execution.RUNNING" });
  });

  test("is told after 15 minutes that it runs on", async () => {
    const client = new WaitedFor();
    const answered = faceOf(client)(invocation());
    for (let looks = 1; looks <= 90; looks++) {
      await client.waiting(looks);
      clock += 10_000;
      client.over("RUNNING");
    }
    expect(await (await answered).json()).toMatchObject({ errorType: "Execution.RUNNING" });
  });
});

test("every answer says what time it is here, refusals too", async () => {
  const face = faceOf(new PlainClient());
  const dates = await Promise.all(
    [headers, {}].map(async (sent) =>
      (await face(new Request(`http://host${FUNCTIONS}`, { headers: sent }))).headers.get("date"),
    ),
  );
  expect(dates).toEqual(["Fri, 15 Jan 2027 08:00:00 GMT", "Fri, 15 Jan 2027 08:00:00 GMT"]);
});

test("a client of AWS whose clock is an hour behind corrects it by that, and is let in", async () => {
  clock = Date.now() + 3_600_000;
  const served = await serve(faceOf(new PlainClient()));
  const lambda = new LambdaClient({ endpoint: served.url, region: "local", credentials: sigv4 });
  onTestFinished(async () => {
    lambda.destroy();
    await served.close();
  });
  const invoke = new InvokeCommand({ FunctionName: "order", Qualifier: "$LATEST", InvocationType: "Event" });
  expect((await lambda.send(invoke)).StatusCode).toBe(202);
});

describe("a face that is not at the root of its host", () => {
  const face = faceOf(new PlainClient(), { basePath: "/apps/durable" });
  const ask = async (path: string): Promise<number> =>
    (await face(new Request(`http://host${path}`, { headers }))).status;

  test("answers behind its base path alone", async () => {
    expect(await ask(`/apps/durable${FUNCTIONS}`)).toBe(200);
    for (const path of [FUNCTIONS, `/apps${FUNCTIONS}`, `/apps/durables${FUNCTIONS}`, "/apps/durable"])
      expect(await ask(path)).toBe(404);
  });

  test("takes what AWS's clients sign, base path included", async () => {
    clock = Date.now();
    const served = await serve(face);
    const lambda = new LambdaClient({ endpoint: `${served.url}/apps/durable`, region: "local", credentials: sigv4 });
    onTestFinished(async () => {
      lambda.destroy();
      await served.close();
    });
    const invoke = new InvokeCommand({ FunctionName: "order", Qualifier: "$LATEST", InvocationType: "Event" });
    expect((await lambda.send(invoke)).StatusCode).toBe(202);
  });
});

describe("behind something that rewrites the host", () => {
  /** As `wrangler dev` does for a Worker with routes: test/e2e/wrangler-routes.test.ts has the real one. */
  const rewritten =
    (face: FetchHandler): FetchHandler =>
    async (request) => {
      const sent = new Headers(request.headers);
      sent.set("host", "shop.example.com");
      const { pathname, search } = new URL(request.url);
      const { method } = request;
      return face(
        new Request(`https://shop.example.com${pathname}${search}`, {
          method,
          headers: sent,
          body: await request.text(),
        }),
      );
    };

  const refusal = (hosts: string): string =>
    `The access key is unknown, or the signature is wrong, out of date or for another host than ${hosts}.`;

  test.for<[signedHost: (own: string) => string | readonly string[] | undefined, answer: number | string]>([
    [(own) => own, 202],
    [(own) => ["api.example.com", own], 202],
    [() => undefined, refusal("shop.example.com")],
    [() => ["api.example.com", "localhost:1"], refusal("api.example.com or localhost:1")],
  ])("a signature counts if the face was told the host: %s", async ([signedHost, answer]) => {
    clock = Date.now();
    let face: FetchHandler = faceOf(new PlainClient());
    const served = await serve((request) => rewritten(face)(request));
    const told = signedHost(new URL(served.url).host);
    if (told !== undefined) face = faceOf(new PlainClient(), { signedHost: told });
    const lambda = new LambdaClient({ endpoint: served.url, region: "local", credentials: sigv4, maxAttempts: 1 });
    onTestFinished(async () => {
      lambda.destroy();
      await served.close();
    });
    const invoke = new InvokeCommand({ FunctionName: "order", Qualifier: "$LATEST", InvocationType: "Event" });
    const sent = lambda.send(invoke).then(
      ({ StatusCode }) => StatusCode,
      (error: Error) => error.message,
    );
    expect(await sent).toBe(answer);
  });
});

test.for([
  { basePath: "durable" },
  { basePath: "/durable/" },
  { signedHost: "https://example.com" },
  { signedHost: "Example.com" },
  { signedHost: [] },
  { signedHost: ["example.com", "https://example.com"] },
])("an option of another form is refused: %o", (options) => {
  expect(() => faceOf(new PlainClient(), options)).toThrow(/createHttpFace: options\.\w+ must be/);
});
