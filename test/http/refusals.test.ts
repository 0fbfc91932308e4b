import { beforeEach, describe, expect, test } from "vitest";
import { sha256, utf8 } from "../../src/lambda-compat/http/digest.ts";
import { createHttpFace, type HttpFaceOptions } from "../../src/lambda-compat/http/face.ts";
import { wireId } from "../../src/lambda-compat/wire-id.ts";
import { PlainClient } from "./plain-client.ts";

const ARN = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";
const INCARNATION = "289c69181ef351b6ffb35f5c3fffb75e";
const EXECUTION = `/2025-12-01/durable-executions/${encodeURIComponent(ARN)}`;
const MANY = "/2025-12-01/durable-executions";
const INVOKE = "/2015-03-31/functions/order/invocations";
const LIST = "/2025-12-01/functions/order/durable-executions";
const CALLBACK = `/2025-12-01/durable-execution-callbacks/${encodeURIComponent("Y2I+/w==")}`;

const CALLS: readonly (readonly [right: string, method: string, path: string])[] = [
  ["start", "POST", INVOKE],
  ["read", "GET", "/2015-03-31/functions/"],
  ["read", "GET", LIST],
  ["read", "GET", EXECUTION],
  ["read", "GET", `${EXECUTION}/history`],
  ["read", "GET", `${EXECUTION}/events`],
  ["checkpoint", "GET", `${EXECUTION}/state?CheckpointToken=t`],
  ["checkpoint", "POST", `${EXECUTION}/checkpoint`],
  ["admin", "POST", `${EXECUTION}/stop`],
  ["admin", "POST", `${EXECUTION}/resume`],
  ["admin", "POST", `${EXECUTION}/pause`],
  ["admin", "POST", `${EXECUTION}/fork`],
  ["admin", "POST", `${EXECUTION}/rewind`],
  ["admin", "DELETE", EXECUTION],
  ...["stop", "resume", "pause", "purge"].map((deed) => ["admin", "POST", `${MANY}/${deed}`] as const),
  ["callback", "POST", `${CALLBACK}/succeed`],
  ["callback", "POST", `${CALLBACK}/fail`],
  ["callback", "POST", `${CALLBACK}/heartbeat`],
];
const HASHED = await sha256(utf8("hashed-token"));
const CAPITALS = (await sha256(utf8("capitals-token"))).toUpperCase();
const ADMIN_HASHED = await sha256(utf8("admin-token"));
const RIGHTS = ["start", "read", "callback", "checkpoint", "admin"] as const;

let executions: PlainClient;
let told: unknown[];

beforeEach(async () => {
  executions = new PlainClient();
  told = [];
  await executions.start({ functionName: "order", name: "o-1" });
  executions.notes.length = 0;
});

function face(options: HttpFaceOptions = {}): (request: Request) => Promise<Response> {
  return createHttpFace({
    client: executions,
    credentials: [
      ...RIGHTS.map((right) => ({ id: right, rights: [right], bearer: `${right}-token` })),
      { id: "hashed", rights: ["read"], bearerSha256: HASHED },
      { id: "capitals", rights: ["read"], bearerSha256: CAPITALS },
      { id: "nothing", rights: ["admin"] },
      { id: "unset", rights: ["admin"], bearer: undefined },
    ],
    options: { onError: (error) => told.push(error), ...options },
  });
}

async function ask(
  path: string,
  init: RequestInit & { token?: string; options?: HttpFaceOptions } = {},
): Promise<Response> {
  const { token = "admin-token", options, ...rest } = init;
  const request = new Request(`http://localhost${path}`, rest);
  if (token && !request.headers.has("authorization")) request.headers.set("authorization", `Bearer ${token}`);
  return face(options)(request);
}

async function refusal(response: Response): Promise<[number, string | null, string]> {
  const { message, Message } = (await response.json()) as { message: string; Message: string };
  expect(Message).toBe(message);
  return [response.status, response.headers.get("x-amzn-errortype"), message];
}

describe("without a valid credential", () => {
  test.for([
    ["none", {}],
    ["an empty one", { authorization: "" }],
    ["a scheme alone", { authorization: "Bearer " }],
    ["another scheme", { authorization: "Basic YWRtaW46YWRtaW4=" }],
    ["a token without a scheme", { authorization: "admin-token" }],
  ] as const)("nothing is answered: %s", async ([, headers]) => {
    const response = await ask(LIST, { token: "", headers });
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="perdure", AWS4-HMAC-SHA256');
    expect(await refusal(response)).toEqual([
      401,
      "MissingAuthenticationTokenException",
      "The request has no credential.",
    ]);
  });

  test.for([
    "another-token",
    "admin-token2",
    "admin-toke",
    "ADMIN-TOKEN",
    "undefined",
    "nothing",
    HASHED,
    ADMIN_HASHED,
  ])("nothing is answered to the token %s", async (token) => {
    const answer = await refusal(await ask(LIST, { token }));
    expect(answer).toEqual([401, "UnrecognizedClientException", "The bearer token is not known here."]);
    expect(executions.notes).toEqual([]);
  });

  test("a path that does not exist looks like any other", async () => {
    for (const path of ["/", "/2025-12-01/nothing", INVOKE]) {
      expect((await ask(path, { token: "no" })).status, path).toBe(401);
    }
  });

  test("no body is read", async () => {
    let pulled = 0;
    const body = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 });
    const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    expect((await ask(INVOKE, { ...init, token: "no" })).status).toBe(401);
    expect((await ask(INVOKE, { ...init, token: "read-token", body: new ReadableStream() })).status).toBe(403);
    expect(pulled).toBe(0);
  });

  test.for([{ bearer: "" }, { bearerSha256: "" }, { sigv4: { accessKeyId: "", secretAccessKey: "x" } }])(
    "an empty secret is refused before it can let anyone in: %o",
    (secret) => {
      const credentials = [{ id: "ci", rights: ["admin"], ...secret }] as const;
      expect(() => createHttpFace({ client: executions, credentials })).toThrow(
        new RegExp(
          `^The ${"sigv4" in secret ? "accessKeyId" : Object.keys(secret)[0]} of the credential "ci" is an empty text`,
        ),
      );
    },
  );
});

describe("credentials that would let in more than was meant, or nobody", () => {
  const create = (credential: object) => () =>
    createHttpFace({ client: executions, credentials: [{ id: "ci", rights: ["admin"], ...credential }] });

  test.for([
    { rights: "admin" },
    { rights: "administrator" },
    { rights: "start,read" },
    { rights: undefined },
    { rights: ["root"] },
    { rights: [["admin"]] },
    { rights: { includes: () => true } },
  ])("are refused when the host starts: %o", (credential) => {
    const message = 'The rights of the credential "ci" must be a list of start, read, callback, checkpoint, admin.';
    expect(create({ bearer: "t", ...credential })).toThrow(new TypeError(message));
  });

  test.for(["x", HASHED.slice(1), `${HASHED}0`, `sha256:${HASHED}`, HASHED.replace(/^./, "g")])(
    "are refused when the host starts: the hash %s",
    (bearerSha256) => {
      const message = 'The bearerSha256 of the credential "ci" must be 64 hex digits.';
      expect(create({ bearerSha256 })).toThrow(new TypeError(message));
    },
  );
});

describe("rights", () => {
  test.for(CALLS)("%s is what %s %s takes", async ([needed, method, path]) => {
    for (const right of RIGHTS) {
      const body = method === "POST" ? JSON.stringify({ CheckpointToken: "t", DurableExecutionArns: [ARN] }) : null;
      const response = await ask(path, { method, body, token: `${right}-token` });
      await response.body?.cancel();
      expect(response.status, right).toBe(right === needed || right === "admin" ? 200 : 403);
    }
  });

  test("that are missing are named", async () => {
    expect(await refusal(await ask(INVOKE, { method: "POST", token: "callback-token" }))).toEqual([
      403,
      "AccessDeniedException",
      'The credential "callback" has not got the right "start".',
    ]);
  });

  test("hold for a token that the host knows by its hash alone", async () => {
    expect((await ask(LIST, { token: "hashed-token" })).status).toBe(200);
    expect((await ask(INVOKE, { method: "POST", token: "hashed-token" })).status).toBe(403);
  });

  test("hold for a hash in capitals, and the hash itself is no token", async () => {
    expect((await ask(LIST, { token: "capitals-token" })).status).toBe(200);
    for (const token of [CAPITALS, CAPITALS.toLowerCase()]) expect((await ask(LIST, { token })).status).toBe(401);
  });
});

describe("calls that do not exist", () => {
  test.for([
    "/",
    "/2015-03-31/functions/order",
    "/2015-03-31/functions//invocations",
    "/2025-12-01",
    "/2025-12-01/durable-execution",
    "/2025-12-01/durable-execution-callbacks/x/explode",
    `/prefix${LIST}`,
    `${LIST}/`,
    "/%",
    "/%ff%fe",
    "/2015-03-31/functions/a%0Ab/invocations",
  ])("are not found: %s", async (path) => {
    expect(await refusal(await ask(path, { method: "POST" }))).toEqual([
      404,
      "UnknownOperationException",
      "There is no such path.",
    ]);
  });

  test.for(CALLS)("take no other method: %s %s %s", async ([, , path]) => {
    const methods = CALLS.filter((each) => each[2] === path).map(([, method]) => method);
    for (const other of ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"].filter(
      (each) => !methods.includes(each),
    )) {
      const response = await ask(path, { method: other });
      expect([response.status, response.headers.get("allow")], other).toEqual([405, methods.join(", ")]);
    }
  });
});

describe("requests that are wrong", () => {
  const invalid = "InvalidParameterValueException";
  const content = "InvalidRequestContentException";
  const page = "MaxItems must be a whole number from 0 to 1000.";
  const arn = "DurableExecutionArn must be the ARN of a durable execution.";
  const time = "StartedAfter must be an ISO 8601 time or seconds since the epoch.";
  const statuses = "Statuses must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, STOPPED.";
  const func = "FunctionName must be the name or the ARN of a function, Qualifier its version.";
  const name = "DurableExecutionName must be 1 to 64 letters, digits, hyphens and underscores.";
  const callee = (taken: string): string =>
    `DurableExecutionName ${taken} is of the form that chained invokes give their callees, an incarnation and the ` +
    "place of an operation. Choose another one.";

  test.for([
    [`${LIST}?MaxItems=1001`, page],
    [`${LIST}?MaxItems=-1`, page],
    [`${LIST}?MaxItems=1.5`, page],
    [`${LIST}?MaxItems=ten`, page],
    [`${LIST}?MaxItems=99999999999999999999`, page],
    [`${LIST}?Statuses=RUNNING&Statuses=DONE`, statuses],
    [`${LIST}?ReverseOrder=yes`, "ReverseOrder must be one of true, false."],
    [`${LIST}?StartedAfter=yesterday`, time],
    [`${LIST}?StartedAfter=`, time],
    [`${LIST}?StartedAfter=2026-13-01T00:00:00Z`, time],
    [`${LIST}?Qualifier=`, func],
    [`${LIST.replace("order", "order%3A7")}?Qualifier=8`, func],
    [LIST.replace("order", "or%20der"), func],
    [LIST.replace("order", "x".repeat(141)), func],
    [EXECUTION.replace("perdure", "per%20dure"), arn],
    ["/2025-12-01/durable-executions/o-1", arn],
    [`${EXECUTION}%2Fmore`, arn],
    [`${EXECUTION}/history?Marker=bm90aGluZw==`, "Marker must be the NextMarker of an earlier page."],
    [`${EXECUTION}/history?Marker=`, "Marker must be the NextMarker of an earlier page."],
    [`${EXECUTION}/state`, "CheckpointToken must be given."],
    [`${EXECUTION}/events?cursor=-1`, "cursor must be a whole number from 0 to 9007199254740991."],
  ] as const)("are told what is wrong: GET %s", async ([path, message]) => {
    expect(await refusal(await ask(path))).toEqual([400, invalid, message]);
    expect(told).toEqual([]);
  });

  test.for([
    [INVOKE, "{", content, "The request body is not JSON."],
    [INVOKE, Uint8Array.of(0x22, 0xff, 0x22), content, "The request body is not UTF-8 text."],
    [`${EXECUTION}/checkpoint`, "[]", invalid, "Body must be an object."],
    [`${EXECUTION}/checkpoint`, "7", invalid, "Body must be an object."],
    [`${EXECUTION}/checkpoint`, "", invalid, "CheckpointToken must be given."],
    [`${EXECUTION}/checkpoint`, '{"Updates":[{"Id":1}]}', invalid, "CheckpointToken must be given."],
    [`${EXECUTION}/checkpoint`, '{"CheckpointToken":"","Updates":7}', invalid, "CheckpointToken must be given."],
    [`${EXECUTION}/checkpoint`, '{"CheckpointToken":7}', invalid, "Body.CheckpointToken must be a string."],
    [`${EXECUTION}/checkpoint`, '{"CheckpointToken":"t","Updates":{}}', invalid, "Body.Updates must be a list."],
    [
      `${EXECUTION}/checkpoint`,
      '{"CheckpointToken":"t","Updates":[{},null]}',
      invalid,
      "Body.Updates[1] must be an object.",
    ],
    [
      `${EXECUTION}/checkpoint`,
      '{"CheckpointToken":"t","Updates":[{"Id":1}]}',
      invalid,
      "Body.Updates[0].Id must be a string.",
    ],
    [
      `${EXECUTION}/checkpoint`,
      '{"CheckpointToken":"t","Updates":[{"WaitOptions":{"WaitSeconds":"1"}}]}',
      invalid,
      "Body.Updates[0].WaitOptions.WaitSeconds must be a number.",
    ],
    [`${EXECUTION}/stop`, '{"StackTrace":[1]}', invalid, "Body.StackTrace[0] must be a string."],
    [`${EXECUTION}/resume`, '{"Version":7}', invalid, "Body.Version must be a string."],
    [`${EXECUTION}/pause`, '{"Reason":7}', invalid, "Body.Reason must be a string."],
    [`${EXECUTION}/fork`, '{"Cursor":"7"}', invalid, "Body.Cursor must be a number."],
    [`${EXECUTION}/rewind`, '{"OperationId":7}', invalid, "Body.OperationId must be a string."],
    [`${CALLBACK}/fail`, '"no"', invalid, "Body must be an object."],
    [
      CALLBACK.replace("Y2I", "%C3%A4") + "/heartbeat",
      "",
      invalid,
      "CallbackId must be 1 to 1024 characters of base64.",
    ],
  ] as const)("are told what is wrong: POST %s %s", async ([path, body, code, message]) => {
    expect(await refusal(await ask(path, { method: "POST", body }))).toEqual([400, code, message]);
    expect(executions.changes).toEqual([]);
  });

  test.for([
    ["x-amz-durable-execution-name", "a b", name],
    ["x-amz-durable-execution-name", "x".repeat(65), name],
    ["x-amz-durable-execution-name", "other/one", name],
    ["x-amz-durable-execution-name", `${INCARNATION}-2`, callee(`${INCARNATION}-2`)],
    ["x-amz-durable-execution-name", `${INCARNATION}-10-3-1`, callee(`${INCARNATION}-10-3-1`)],
    ["x-amz-durable-execution-name", `${INCARNATION}-r1-2`, callee(`${INCARNATION}-r1-2`)],
    ["x-amz-durable-execution-name", `${INCARNATION}-c81e728d9d4c2f63`, callee(`${INCARNATION}-c81e728d9d4c2f63`)],
    ["x-amz-invocation-type", "Later", "InvocationType must be one of RequestResponse, Event, DryRun."],
  ] as const)("are told what is wrong: %s: %s", async ([header, value, message]) => {
    const response = await ask(INVOKE, { method: "POST", headers: { [header]: value } });
    expect(await refusal(response)).toEqual([400, invalid, message]);
  });

  test("no member of a prototype counts as one of the body", async () => {
    const body =
      '{"CheckpointToken":"t","__proto__":{"x":1},"Updates":[{"Id":"1","__proto__":{"Payload":"p"},"other":1}]}';
    expect((await ask(`${EXECUTION}/checkpoint`, { method: "POST", body })).status).toBe(200);
    expect(executions.told("checkpoint")).toEqual(["order/o-1", { token: "t", updates: [{ id: "1" }] }]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe("bodies that are too large", () => {
  const MIB = 1024 * 1024;

  test.for([251, 5_000_000])("a checkpoint with %i updates is refused before they are looked at", async (count) => {
    const body = `{"CheckpointToken":"t","Updates":[${"{},".repeat(count - 1)}{}]}`;
    expect(await refusal(await ask(`${EXECUTION}/checkpoint`, { method: "POST", body }))).toEqual(
      count === 251
        ? [400, "InvalidParameterValueException", "Updates must have at most 250 members; it has 251."]
        : [400, "InvalidRequestContentException", "The request body has more than 100000 values."],
    );
    expect(executions.changes).toEqual([]);
  });

  test.for([
    ["nested lists", "[".repeat(120_000) + "]".repeat(120_000)],
    ["nested objects", '{"a":'.repeat(120_000) + "1" + "}".repeat(120_000)],
    ["names", `{${Array.from({ length: 60_000 }, (_, index) => `"${index}":1`).join()}}`],
    ["texts", JSON.stringify({ StackTrace: Array(200_000).fill("") })],
  ] as const)("nothing is built of too many values: %s", async ([, body]) => {
    for (const path of [`${EXECUTION}/checkpoint`, `${EXECUTION}/stop`, `${CALLBACK}/fail`]) {
      expect(await refusal(await ask(path, { method: "POST", body }))).toEqual([
        400,
        "InvalidRequestContentException",
        "The request body has more than 100000 values.",
      ]);
    }
  });

  test("what looks like many values and is text counts as one", async () => {
    const Payload = '[{"\\",:'.repeat(60_000);
    const body = JSON.stringify({ CheckpointToken: "t", Updates: [{ Id: "1", Payload }] });
    expect((await ask(`${EXECUTION}/checkpoint`, { method: "POST", body })).status).toBe(200);
    expect(executions.told("checkpoint")).toEqual([
      "order/o-1",
      { token: "t", updates: [{ id: "1", payload: Payload }] },
    ]);
  });

  test("an event of Invoke may have as many values as fit, as deep as it likes", async () => {
    const body = "[".repeat(100_000) + "]".repeat(100_000);
    expect((await ask(INVOKE, { method: "POST", body })).status).toBe(200);
    expect(executions.told("start")).toMatchObject([{ input: body }]);
  });

  test.for([
    [INVOKE, 6 * MIB],
    [`${EXECUTION}/checkpoint`, 16 * MIB],
    [`${EXECUTION}/stop`, MIB],
    [`${CALLBACK}/succeed`, MIB],
  ] as const)("are read no further than the limit: %s", async ([path, limit]) => {
    const chunk = new Uint8Array(65_536).fill(0x20);
    let sent = 0;
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          sent += chunk.length;
          controller.enqueue(chunk);
        },
        cancel() {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    expect(await refusal(await ask(path, init))).toEqual([
      413,
      "RequestTooLargeException",
      `The request body must be at most ${limit} bytes.`,
    ]);
    expect(sent).toBeLessThanOrEqual(limit + 2 * chunk.length);
    expect(cancelled).toBe(true);
  });

  test("a body that breaks off is no failure of ours", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
    const init: RequestInit & { duplex: "half" } = { method: "POST", body, duplex: "half" };
    expect(await refusal(await ask(INVOKE, init))).toEqual([
      400,
      "InvalidRequestContentException",
      "The request body is not complete.",
    ]);
    expect(told).toEqual([]);
  });
});

describe("failures of the service", () => {
  test("are told to the host, not to the caller", async () => {
    executions.failure = new Error("a secret");
    expect(await refusal(await ask(LIST))).toEqual([500, "ServiceException", "The request failed inside the service."]);
    expect(told).toEqual([executions.failure]);
  });

  test("a client's refusal is known by its code, whatever carried it here", async () => {
    executions.failure = Object.assign(new Error("slow down"), { code: "TooManyRequestsException" });
    const response = await ask(LIST);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await refusal(response)).toEqual([429, "TooManyRequestsException", "slow down"]);
    executions.failure = Object.assign(new Error("x"), { code: "toString" });
    expect((await ask(LIST)).status).toBe(500);
  });
});

describe("pages of other origins", () => {
  const origin = "https://app.example.com";
  const preflight = { method: "OPTIONS", token: "", headers: { origin, "access-control-request-method": "POST" } };

  test("may not call unless the host says so", async () => {
    const asked = await ask(INVOKE, preflight);
    expect(asked.status).toBe(401);
    const got = await ask(LIST, { headers: { origin } });
    expect([...asked.headers.keys(), ...got.headers.keys()].filter((each) => each.startsWith("access-"))).toEqual([]);
  });

  test.for([[[origin]], [["*"]], [["https://other.example", origin]]])(
    "may call when they are listed: %s",
    async ([allowedOrigins]) => {
      const options = { allowedOrigins: allowedOrigins as string[] };
      const asked = await ask(INVOKE, {
        ...preflight,
        headers: { ...preflight.headers, "access-control-request-headers": "authorization" },
        options,
      });
      expect(asked.status).toBe(204);
      expect(Object.fromEntries(asked.headers)).toMatchObject({
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, POST, DELETE",
        "access-control-allow-headers": "authorization",
        vary: "Origin",
      });
      for (const token of ["admin-token", "wrong"]) {
        const got = await ask(LIST, { headers: { origin }, token, options });
        expect(got.headers.get("access-control-allow-origin")).toBe(origin);
        expect(got.status).toBe(token === "wrong" ? 401 : 200);
      }
    },
  );

  test.for(["https://app.example.com.evil.example", "http://app.example.com", "null", "https://APP.example.com"])(
    "are held to the letter: %s",
    async (other) => {
      const asked = await ask(INVOKE, {
        ...preflight,
        headers: { ...preflight.headers, origin: other },
        options: { allowedOrigins: [origin] },
      });
      expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([401, null]);
    },
  );
});

describe("every answer", () => {
  test("is kept by nobody, is what it says, and has an id", async () => {
    for (const response of [await ask(LIST), await ask("/"), await ask(LIST, { token: "no" })]) {
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
      expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    }
  });

  test("to the additions of this API is as documented", async () => {
    expect(await (await ask(`${EXECUTION}/resume`, { method: "POST", body: '{"Version":"8"}' })).json()).toEqual({});
    expect(executions.told("resume")).toEqual(["order/o-1", { version: "8" }]);
    expect(await (await ask(`${EXECUTION}/resume`, { method: "POST" })).json()).toEqual({});
    expect(executions.told("resume")).toEqual(["order/o-1", {}]);
    expect(await (await ask(`${EXECUTION}/pause`, { method: "POST", body: '{"Reason":"why"}' })).json()).toEqual({});
    expect(executions.told("pause")).toEqual(["order/o-1", { reason: "why" }]);
    expect(await (await ask(EXECUTION, { method: "DELETE" })).json()).toEqual({});
    expect(executions.told("purge")).toEqual(["order/o-1"]);
  });

  test("to a fork or a rewind finds the operation behind an id of the wire", async () => {
    executions.events.push({ eventType: "StepStarted", eventId: 2, at: 1, id: "3-1", parentId: "3" });
    const OperationId = wireId("3-1");
    const fork = JSON.stringify({ Name: "two", OperationId, Version: "8" });
    expect(await (await ask(`${EXECUTION}/fork`, { method: "POST", body: fork })).json()).toEqual({
      DurableExecutionArn: ARN,
    });
    expect(executions.told("fork")).toEqual(["order/o-1", { name: "two", operationId: "3-1", version: "8" }]);
    const rewind = JSON.stringify({ OperationId });
    expect(await (await ask(`${EXECUTION}/rewind`, { method: "POST", body: rewind })).json()).toEqual({});
    expect(executions.told("rewind")).toEqual(["order/o-1", { operationId: "3-1" }]);
    await ask(`${EXECUTION}/rewind`, { method: "POST", body: '{"Cursor":7}' });
    expect(executions.told("rewind")).toEqual(["order/o-1", { cursor: 7 }]);
    const unknown = await ask(`${EXECUTION}/fork`, { method: "POST", body: '{"OperationId":"no"}' });
    expect(await refusal(unknown)).toEqual([
      404,
      "ResourceNotFoundException",
      "The execution has no operation with the id no.",
    ]);
  });

  test("names an execution by the host's own region and account", async () => {
    const options = { arn: { region: "eu-1", account: "123456789012" } };
    const { DurableExecutions } = (await (await ask(LIST, { options })).json()) as {
      DurableExecutions: { DurableExecutionArn: string }[];
    };
    expect(DurableExecutions[0]?.DurableExecutionArn).toBe(ARN.replace("local:000000000000", "eu-1:123456789012"));
  });

  test("shows why an execution halted", async () => {
    executions.outcome = {
      status: "RUNNING",
      halt: { reason: "STORAGE_FULL", error: { errorType: "StorageFull", errorMessage: "no room" }, at: 1500 },
    };
    await executions.settled("order/o-1", 0);
    expect(await (await ask(EXECUTION)).json()).toMatchObject({
      Status: "RUNNING",
      Error: { ErrorType: "StorageFull", ErrorMessage: "no room" },
      Halt: { Reason: "STORAGE_FULL", Timestamp: 1.5 },
    });
  });

  test("shows what broke the last invocation, and when the next one is tried", async () => {
    executions.outcome = {
      status: "RUNNING",
      fault: { error: { errorType: "Oops", errorMessage: "it broke" }, count: 3, at: 1500, retryAt: 9500 },
    };
    await executions.settled("order/o-1", 0);
    expect(await (await ask(EXECUTION)).json()).toMatchObject({
      Status: "RUNNING",
      Error: { ErrorType: "Oops", ErrorMessage: "it broke" },
      Fault: { Count: 3, Timestamp: 1.5, RetryTimestamp: 9.5 },
    });
  });
});
