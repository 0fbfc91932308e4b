import { createHash } from "node:crypto";
import {
  InvokeCommand,
  LambdaClient,
  type LambdaClientConfig,
  ListDurableExecutionsByFunctionCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { PlainClient } from "./plain-client.ts";
import { type Served, serve } from "./serve.ts";
import { linkByHand, signedByHand } from "./sign.ts";

const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a secret" };
const session = { ...keys, accessKeyId: "ASIAEXAMPLE", sessionToken: "a session" };
const MINUTE = 60_000;
const ARN = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";
const INVOKE = "/2015-03-31/functions/order/invocations";
const LIST = "/2025-12-01/functions/order/durable-executions";

/** What AWS's client is about to send, after it was signed. */
interface Signed {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: unknown;
}

let executions: PlainClient;
let face: (request: Request) => Promise<Response>;
let served: Served;
let clock: number;
const clients: LambdaClient[] = [];

beforeEach(async () => {
  executions = new PlainClient();
  clock = Date.now();
  const credentials = [
    { id: "long", rights: ["admin"], sigv4: keys },
    { id: "short", rights: ["admin"], sigv4: session },
    { id: "empty", rights: ["admin"] },
  ] as const;
  face = createHttpFace({ client: executions, credentials, options: { now: () => clock } });
  served = await serve(face);
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const client of clients.splice(0)) client.destroy();
  await served.close();
});

function client(config: LambdaClientConfig = {}, tamper: (request: Signed) => void = () => {}): LambdaClient {
  const made = new LambdaClient({
    endpoint: served.url,
    region: "eu-west-1",
    credentials: keys,
    maxAttempts: 1,
    ...config,
  });
  made.middlewareStack.add(
    (next) => (args) => {
      tamper(args.request as Signed);
      return next(args);
    },
    { step: "deserialize", priority: "low" },
  );
  clients.push(made);
  return made;
}

const invocation = (): InvokeCommand =>
  new InvokeCommand({
    FunctionName: "arn:aws:lambda:eu-west-1:123456789012:function:order",
    Qualifier: "$LATEST",
    Payload: new TextEncoder().encode('{"text":"ä ö ü"}'),
    InvocationType: "Event",
    DurableExecutionName: "o-1",
  });

const listing = (): ListDurableExecutionsByFunctionCommand =>
  new ListDurableExecutionsByFunctionCommand({
    FunctionName: "order",
    DurableExecutionName: "a b+c!'()*~",
    Statuses: ["RUNNING", "FAILED", "STOPPED"],
    Marker: "ä=/&?%",
  });

describe("a signature by AWS's own client", () => {
  test("is accepted with a body, a query and letters that must be escaped", async () => {
    expect((await client().send(invocation())).StatusCode).toBe(202);
    await client().send(listing());
    expect(executions.told("list")).toMatchObject([{ name: "a b+c!'()*~", marker: "ä=/&?%" }]);
  });

  test("is accepted for any region", async () => {
    await client({ region: "ap-southeast-7" }).send(listing());
    expect(executions.notes).toHaveLength(1);
  });

  test("is accepted with its session token, and only with it", async () => {
    await client({ credentials: session }).send(listing());
    expect(executions.notes).toHaveLength(1);
    for (const credentials of [
      { ...session, sessionToken: "another" },
      { accessKeyId: session.accessKeyId, secretAccessKey: session.secretAccessKey },
      { ...keys, sessionToken: "a session" },
    ]) {
      await expectRefusal(client({ credentials }).send(listing()));
    }
  });
});

describe("the time of a signature", () => {
  test.for([
    [-5 * MINUTE - 1, 401],
    [-5 * MINUTE, 200],
    [0, 200],
    [5 * MINUTE, 200],
    [5 * MINUTE + 1, 401],
  ] as const)("counts %i ms after it was made: %i", async ([later, status]) => {
    const request = await signed(plainRequest());
    clock = SIGNED_AT + later;
    expect((await face(request)).status).toBe(status);
  });

  test.for([
    [-5 * MINUTE - 1, 401],
    [-5 * MINUTE, 200],
    [10 * MINUTE, 200],
    [10 * MINUTE + 1, 401],
  ] as const)("counts %i ms after a link of ten minutes was made: %i", async ([later, status]) => {
    const request = await presigned(plainRequest(), { expiresIn: 600 });
    clock = SIGNED_AT + later;
    expect((await face(request)).status).toBe(status);
  });

  test.for<[string, number, string[]]>([
    ["no lifetime", 401, []],
    ["an empty one", 401, ["X-Amz-Expires="]],
    ["none at all", 401, ["X-Amz-Expires=0"]],
    ["one that is negative", 401, ["X-Amz-Expires=-1"]],
    ["one in hex", 401, ["X-Amz-Expires=0x10"]],
    ["a fraction", 401, ["X-Amz-Expires=1.5"]],
    ["more than a week", 401, ["X-Amz-Expires=604801"]],
    ["a week", 200, ["X-Amz-Expires=604800"]],
    ["a second", 200, ["X-Amz-Expires=1"]],
  ])("is asked for by a link: %s gives %i", async ([, status, lifetime]) => {
    const link = linkByHand({ path: LIST, keys, at: SIGNED_AT }, ["X-Amz-Algorithm=AWS4-HMAC-SHA256", ...lifetime]);
    // Also for somebody whose clock is behind.
    for (const moment of [SIGNED_AT - MINUTE, SIGNED_AT]) {
      clock = moment;
      expect((await face(new Request(link))).status).toBe(status);
    }
  });

  test("cannot be stretched beyond a week", async () => {
    const request = await presigned(plainRequest(), { expiresIn: 600 });
    for (const seconds of ["604801", "0", "-1", "x", "Infinity", "1e9", ""]) {
      const url = request.url.replace("X-Amz-Expires=600", `X-Amz-Expires=${seconds}`);
      clock = SIGNED_AT;
      expect((await face(new Request(url))).status, seconds).toBe(401);
    }
  });
});

describe("a presigned link", () => {
  const path = `/2025-12-01/durable-executions/${encodeURIComponent(ARN)}/events`;

  test("goes on after the last id that an EventSource sends with it, and never before its own cursor", async () => {
    await executions.start({ functionName: "order", name: "o-1" });
    const members = ["X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Expires=60", "cursor=5"];
    const link = linkByHand({ path, keys, at: SIGNED_AT }, members);
    clock = SIGNED_AT;
    for (const [id, cursor] of [
      ["9", 9],
      ["2", 5],
      ["", 5],
    ] as const) {
      const response = await face(new Request(link, { headers: { "last-event-id": id } }));
      await response.body?.cancel();
      expect([response.status, executions.told("watch")]).toEqual([200, ["order/o-1", cursor]]);
    }
  });

  test("carries a session token too", async () => {
    const request = await presigned(plainRequest(), { credentials: session });
    expect((await face(request)).status).toBe(200);
    expect((await face(new Request(request.url.replace(/&X-Amz-Security-Token=[^&]*/, "")))).status).toBe(401);
  });

  test("is worth nothing elsewhere", async () => {
    const { url } = await presigned(plainRequest());
    expect((await face(new Request(url))).status).toBe(200);
    for (const other of [
      url.replace("/functions/order/", "/functions/other/"),
      url.replace("127.0.0.1", "127.0.0.2"),
      `${url}&MaxItems=5`,
      url.replace("MaxItems=7", "MaxItems=8"),
      url.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
    ]) {
      expect(other).not.toBe(url);
      expect((await face(new Request(other))).status, other).toBe(401);
    }
    expect((await face(new Request(url, { method: "POST" }))).status).toBe(401);
  });
});

describe("a signed request that was changed on its way", () => {
  const changes: Record<string, (request: Signed) => void> = {
    "another method": (request) => {
      request.method = "PUT";
    },
    "another path": (request) => {
      request.path = request.path.replace("order", "other");
    },
    "a query that changed": ({ query }) => {
      query["Qualifier"] = "7";
    },
    "a query that was added": ({ query }) => {
      query["MaxItems"] = "5";
    },
    "a query that is gone": ({ query }) => {
      delete query["Qualifier"];
    },
    "another body": (request) => {
      request.body = new TextEncoder().encode('{"text":"ü ö ä"}');
    },
    "another body with its own hash": (request) => {
      const body = new TextEncoder().encode('{"text":"ü ö ä"}');
      request.body = body;
      request.headers["x-amz-content-sha256"] = createHash("sha256").update(body).digest("hex");
    },
    "a body that claims to be unsigned": ({ headers }) => {
      headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
    },
    "another value of a signed header": ({ headers }) => {
      headers["X-Amz-Durable-Execution-Name"] = "o-2";
    },
    "another date": ({ headers }) => {
      headers["x-amz-date"] = (headers["x-amz-date"] ?? "").replace(/..Z$/, (end) => (end === "00Z" ? "01Z" : "00Z"));
    },
    "no date": ({ headers }) => {
      delete headers["x-amz-date"];
    },
    "another access key": ({ headers }) => replaceAuthorization(headers, "AKIDEXAMPLE", "AKIDOTHER"),
    "the access key of another": ({ headers }) => replaceAuthorization(headers, "AKIDEXAMPLE", "ASIAEXAMPLE"),
    "another region": ({ headers }) => replaceAuthorization(headers, "eu-west-1", "eu-west-2"),
    "another service": ({ headers }) => replaceAuthorization(headers, "/lambda/", "/s3/"),
    "another day": ({ headers }) => replaceAuthorization(headers, /\/\d{8}\//, "/20200101/"),
    "fewer signed headers": ({ headers }) => replaceAuthorization(headers, "content-type;", ""),
    "no signed host": ({ headers }) => replaceAuthorization(headers, "host;", ""),
    "another signature": ({ headers }) => {
      const last = headers["authorization"]?.endsWith("0") ? "1" : "0";
      replaceAuthorization(headers, /.$/, last);
    },
    "a signature that is too short": ({ headers }) => replaceAuthorization(headers, /.$/, ""),
    "a signature in capitals": ({ headers }) => replaceAuthorization(headers, /[0-9a-f]{64}$/, "A".repeat(64)),
    "signed headers that are none": ({ headers }) => replaceAuthorization(headers, "host;", "host;a b;ä;"),
    "no signature": ({ headers }) => replaceAuthorization(headers, /, Signature=.*/, ""),
    "no signed headers": ({ headers }) => replaceAuthorization(headers, /SignedHeaders=[^,]*, /, ""),
  };

  test.for(Object.keys(changes))("is refused: %s", async (change) => {
    const sender = client({}, (request) => changes[change]?.(request));
    await expect(sender.send(invocation())).rejects.toMatchObject({
      name: "InvalidSignatureException",
      $metadata: { httpStatusCode: 401 },
    });
    expect(executions.notes).toEqual([]);
  });

  test.for([
    ["x-amz-invocation-type", "DryRun"],
    ["x-amz-durable-execution-name", "other"],
    ["x-amz-tenant-id", "other"],
    ["x-amz-security-token", "other"],
    ["x-amz-content-sha256", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"],
    ["last-event-id", "7"],
  ] as const)("is refused: a header that nobody signed (%s)", async ([name, value]) => {
    const request = await signed(plainRequest());
    clock = SIGNED_AT;
    expect((await face(new Request(request))).status).toBe(200);
    const extended = new Request(request, { headers: { ...Object.fromEntries(request.headers), [name]: value } });
    expect((await face(extended)).status).toBe(401);
  });

  test("is read and hashed for no unknown key, no wrong session token and no time that is over", async () => {
    const late = 6 * MINUTE;
    for (const [credentials, later] of [
      [{ ...keys, accessKeyId: "AKIDUNKNOWN" }, 0],
      [{ ...session, sessionToken: "another" }, 0],
      [keys, late],
    ] as const) {
      const request = await signed(invocationRequest(), { credentials });
      clock = SIGNED_AT + later;
      expect(await refusalWork(request)).toEqual({ status: 401, pulled: 0, hmacs: 0, digests: 0 });
    }
  });

  test("is not read when its signature is wrong for the hash that came with it", async () => {
    const request = await signed(invocationRequest(), { credentials: { ...keys, secretAccessKey: "another" } });
    clock = SIGNED_AT;
    expect(await refusalWork(request)).toEqual({ status: 401, pulled: 0, hmacs: 5, digests: 1 });
  });

  test("counts without a header that tells the hash of the body, as the AWS CLI sends it", async () => {
    clock = SIGNED_AT;
    const byHand = { method: "POST", path: INVOKE, body: "{}", keys, at: SIGNED_AT };
    expect((await face(signedByHand(byHand))).status).toBe(200);
    const changed = new Request(signedByHand(byHand), { method: "POST", body: "[]" });
    expect((await face(changed)).status).toBe(401);
  });

  test("counts by the name of its scheme alone", async () => {
    clock = SIGNED_AT;
    const request = signedByHand({ path: LIST, keys, at: SIGNED_AT });
    expect((await face(new Request(request))).status).toBe(200);
    const authorization = request.headers.get("authorization") ?? "";
    for (const scheme of ["AWS4-HMAC-SHA256X", "AWS4-HMAC-SHA2567", "AWS4-HMAC-SHA256-x", "aws4-hmac-sha256", "X"]) {
      const other = new Request(request);
      other.headers.set("authorization", authorization.replace("AWS4-HMAC-SHA256", scheme));
      const answer = await face(other);
      const code = answer.headers.get("x-amzn-errortype");
      expect([answer.status, code], scheme).toEqual([401, "MissingAuthenticationTokenException"]);
    }
  });

  test("tells a wrong secret and an unknown key in the same words", async () => {
    await expectRefusal(client({ credentials: { ...keys, secretAccessKey: "another" } }).send(invocation()));
    await expectRefusal(client({ credentials: { ...keys, accessKeyId: "AKIDUNKNOWN" } }).send(invocation()));
    // What the face itself puts in place of the secret of an unknown key opens nothing.
    await expectRefusal(
      client({ credentials: { accessKeyId: "AKIDUNKNOWN", secretAccessKey: "undefined" } }).send(invocation()),
    );
  });
});

const SIGNED_AT = Date.UTC(2026, 0, 2, 3, 4, 5);

interface Unsigned {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
}

interface SignerOptions {
  readonly signingDate?: Date;
  readonly expiresIn?: number;
}

interface Signer {
  sign(request: Unsigned, options: SignerOptions): Promise<Unsigned>;
  presign(request: Unsigned, options: SignerOptions): Promise<Unsigned>;
}

function plainRequest(): Unsigned {
  return {
    method: "GET",
    protocol: "http:",
    hostname: "127.0.0.1",
    path: "/2025-12-01/functions/order/durable-executions",
    query: { MaxItems: "7", DurableExecutionName: "ä b" },
    headers: { host: "127.0.0.1" },
  };
}

type Keys = typeof keys | typeof session;

function invocationRequest(): Unsigned {
  return { ...plainRequest(), method: "POST", path: INVOKE, query: {} };
}

async function signed(request: Unsigned, { credentials = keys }: { credentials?: Keys } = {}): Promise<Request> {
  const signer = (await client({ credentials }).config.signer()) as unknown as Signer;
  return toRequest(await signer.sign(request, { signingDate: new Date(SIGNED_AT) }));
}

/** What it costs to refuse a request with a body. */
async function refusalWork(request: Request): Promise<Record<string, number>> {
  let pulled = 0;
  const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 });
  const sign = vi.spyOn(crypto.subtle, "sign");
  const digest = vi.spyOn(crypto.subtle, "digest");
  const streamed: RequestInit & { duplex: "half" } = { body, duplex: "half" };
  const { status } = await face(new Request(request, streamed));
  const work = { status, pulled, hmacs: sign.mock.calls.length, digests: digest.mock.calls.length };
  vi.restoreAllMocks();
  return work;
}

async function presigned(
  request: Unsigned,
  { expiresIn = 60, credentials = keys }: { expiresIn?: number; credentials?: typeof keys } = {},
): Promise<Request> {
  const signer = (await client({ credentials }).config.signer()) as unknown as Signer;
  clock = SIGNED_AT;
  return toRequest(await signer.presign(request, { signingDate: new Date(SIGNED_AT), expiresIn }));
}

function toRequest({ method, protocol, hostname, path, query, headers }: Unsigned): Request {
  const search = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  return new Request(`${protocol}//${hostname}${path}?${search.join("&")}`, { method, headers });
}

function replaceAuthorization(headers: Record<string, string>, from: string | RegExp, to: string): void {
  headers["authorization"] = (headers["authorization"] ?? "").replace(from, to);
}

async function expectRefusal(sent: Promise<unknown>): Promise<void> {
  await expect(sent).rejects.toMatchObject({
    name: "InvalidSignatureException",
    message: expect.stringContaining(
      "The access key is unknown, or the signature is wrong, out of date or for another",
    ),
    $metadata: { httpStatusCode: 401 },
  });
}
