import fc from "fast-check";
import { expect, test } from "vitest";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { BEARER, HeldExecution } from "./held-execution.ts";
import { PlainClient } from "./plain-client.ts";
import { anyCharacter } from "../any-character.ts";

/** Hostile requests of each kind. `SOAK=1` is for a quiet night. */
const RUNS = process.env["SOAK"] === "1" ? 20_000 : 1000;
/** Only what hangs is cut off. */
const PATIENCE_MS = 240_000 + RUNS * 60;

const ARN = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";

const label = fc.oneof(
  fc.constantFrom(ARN, "order", "order:7", "Y2I=", "%", "%2F", "..", "%2e%2e", "__proto__", "%00"),
  fc.string({ unit: anyCharacter, maxLength: 40 }).map(encodeURIComponent),
  fc.webSegment(),
);
const path = fc.oneof(
  fc
    .tuple(fc.constantFrom("functions", "durable-executions", "durable-execution-callbacks"), label, verb())
    .map(([kind, id, word]) => `/2025-12-01/${kind}/${id}${word}`),
  label.map((id) => `/2015-03-31/functions/${id}/invocations`),
  fc.webPath(),
);
const query = fc.dictionary(
  fc.constantFrom(
    ...["Qualifier", "MaxItems", "Marker", "ReverseOrder", "Statuses", "StartedAfter", "cursor", "CheckpointToken"],
    ...["X-Amz-Signature", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Algorithm"],
  ),
  fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.constantFrom("0", "1", "true", "20260102T030405Z", "AWS4-HMAC-SHA256", "host"),
  ),
  { maxKeys: 6 },
);
const latin1 = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
});
const authorization = fc.oneof(
  { weight: 4, arbitrary: fc.constant("Bearer the-token") },
  fc.tuple(fc.constantFrom("Bearer ", "AWS4-HMAC-SHA256 ", ""), latin1).map(([scheme, rest]) => scheme + rest),
  fc.tuple(latin1, latin1, latin1).map(([key, headers, signature]) => {
    const credential = `${key}/20260102/eu-west-1/lambda/aws4_request`;
    return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${headers}, Signature=${signature}`;
  }),
);
const headers = fc.dictionary(
  fc.constantFrom(
    ...["x-amz-invocation-type", "x-amz-durable-execution-name", "x-amz-tenant-id", "last-event-id", "origin"],
    ...["x-amz-date", "x-amz-content-sha256", "x-amz-security-token", "content-type", "access-control-request-method"],
  ),
  fc.oneof(latin1, fc.constantFrom("Event", "o-1", "20260102T030405Z", "1")),
  { maxKeys: 5 },
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.json(),
  fc.uint8Array({ maxLength: 64 }),
  fc
    .record(
      {
        CheckpointToken: fc.oneof(fc.string(), fc.integer()),
        Updates: fc.array(fc.dictionary(fc.constantFrom("Id", "Type", "Error", "WaitOptions"), fc.jsonValue())),
        ErrorMessage: fc.jsonValue(),
        Version: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);
const method = fc.constantFrom("GET", "POST", "POST", "PUT", "OPTIONS", "HEAD");

function verb(): fc.Arbitrary<string> {
  return fc.constantFrom(
    "",
    "/history",
    "/state",
    "/checkpoint",
    "/stop",
    "/resume",
    "/events",
    "/durable-executions",
    "/succeed",
    "/fail",
    "/heartbeat",
  );
}

test(
  "garbage is refused: the face never throws and never fails",
  async () => {
    const failures: unknown[] = [];
    const client = new PlainClient();
    await client.start({ functionName: "order", name: "o-1" });
    const face = createHttpFace({
      client,
      credentials: [
        { id: "ci", rights: ["admin"], bearer: "the-token" },
        { id: "aws", rights: ["admin"], sigv4: { accessKeyId: "AKID", secretAccessKey: "secret" } },
      ],
      options: {
        allowedOrigins: ["https://app.example.com"],
        now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
        onError: (error) => failures.push(error),
      },
    });
    const request = fc.record({ path, query, headers, authorization, body, method });
    await fc.assert(
      fc.asyncProperty(request, async (input) => {
        const response = await face(toRequest(input));
        await response.body?.cancel();
        expect(response.status).toBeLessThan(500);
        expect(failures).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  },
  PATIENCE_MS,
);

interface Input {
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly authorization: string;
  readonly body: string | Uint8Array | undefined;
  readonly method: string;
}

function toRequest(input: Input): Request {
  const url = new URL(`http://localhost${input.path.startsWith("/") ? "" : "/"}${input.path}`);
  url.search = new URLSearchParams(input.query).toString();
  const given = { ...input.headers, authorization: input.authorization };
  const sent = new Headers(given);
  const bare = input.method === "GET" || input.method === "HEAD" || input.body === undefined;
  return new Request(url, { method: input.method, headers: sent, ...(!bare && { body: input.body as BodyInit }) });
}

/** Text of JSON, where `JSON.stringify` would not go: numbers out of range, lone surrogates, great depth, no JSON. */
const rawValue = fc.oneof(
  { weight: 8, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)) },
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...["1e999", "-1e999", "1e-999", "-0", "1.5", "123456789012345678901234567890", "31622401", "9007199254740993"],
      ...["null", "true", "[]", "{}", "[null]", '""', '"\\ud800"', '"\\u0000"', '{"__proto__":{"toString":1}}'],
      ...["", "undefined", "NaN", "01", "'x'", "[", '{"a"}', "\u00a0", "\ufeff1"],
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom("[".repeat(100_000) + "]".repeat(100_000), "[".repeat(100_000)) },
  { weight: 1, arbitrary: fc.constant(`"${"x".repeat(300_000)}"`) },
);

/** An object with some of these members, each with any value; a value in brackets is given as it is. */
function rawObject(members: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const some = fc.subarray(Object.keys(members));
  const fill = (names: readonly string[]): fc.Arbitrary<string> =>
    fc
      .tuple(...names.map((name) => members[name] as fc.Arbitrary<string>))
      .map((values) => `{${values.map((value, index) => `"${names[index]}":${value}`).join()}}`);
  return fc.oneof({ weight: 5, arbitrary: some.chain(fill) }, { weight: 1, arbitrary: rawValue });
}

function often(...values: readonly string[]): fc.Arbitrary<string> {
  const texts = values.map((value) => JSON.stringify(value));
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...texts) }, { weight: 1, arbitrary: rawValue });
}

const rawError = rawObject({
  ErrorType: rawValue,
  ErrorMessage: rawValue,
  ErrorData: rawValue,
  StackTrace: rawValue,
});
const rawUpdate = rawObject({
  Id: often("1", "2", "c4ca4238a0b92382"),
  ParentId: often("1", "2"),
  Name: often("n"),
  Type: often("STEP", "WAIT", "CALLBACK", "CONTEXT", "CHAINED_INVOKE", "EXECUTION"),
  SubType: often("Step"),
  Action: often("START", "SUCCEED", "FAIL", "RETRY", "CANCEL"),
  Payload: rawValue,
  Error: rawError,
  ContextOptions: rawObject({ ReplayChildren: rawValue }),
  StepOptions: rawObject({ NextAttemptDelaySeconds: rawValue }),
  WaitOptions: rawObject({ WaitSeconds: rawValue }),
  CallbackOptions: rawObject({ TimeoutSeconds: rawValue, HeartbeatTimeoutSeconds: rawValue }),
  ChainedInvokeOptions: rawObject({ FunctionName: often("held"), TenantId: rawValue }),
});
const rawUpdates = fc.array(rawUpdate, { maxLength: 3 }).map((updates) => `[${updates.join()}]`);
const TOKEN = "the newest token";
const rawBodies: Readonly<Record<string, fc.Arbitrary<string>>> = {
  checkpoint: rawObject({ CheckpointToken: often(TOKEN, TOKEN, "x"), Updates: rawUpdates, ClientToken: rawValue }),
  stop: rawError,
  resume: rawObject({ Version: rawValue }),
  fail: rawError,
  succeed: rawValue,
  invocations: rawValue,
};
const hostile = fc.constantFrom("checkpoint", "checkpoint", "checkpoint", ...Object.keys(rawBodies)).chain((call) =>
  fc.record({
    call: fc.constant(call),
    body: rawBodies[call] as fc.Arbitrary<string>,
    query: fc.dictionary(fc.constantFrom("Qualifier", "MaxItems", "Marker"), fc.string(), { maxKeys: 1 }),
  }),
);

test(
  "whatever a body says at whatever place, a real host answers what is wrong with it",
  async () => {
    let held = await HeldExecution.start();
    const pathOf = (call: string): string => {
      if (call === "invocations") return "/2015-03-31/functions/held/invocations";
      if (call === "fail" || call === "succeed") return `/2025-12-01/durable-execution-callbacks/Y2I%3D/${call}`;
      return `${held.path}/${call}`;
    };
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(hostile, async ({ call, body: text, query }) => {
        const headers = { authorization: `Bearer ${BEARER}`, "x-amz-invocation-type": "Event" };
        const url = `http://h${pathOf(call)}?${new URLSearchParams(query)}`;
        const sent = text.replaceAll(JSON.stringify(TOKEN), JSON.stringify(held.token));
        const response = await held.face(new Request(url, { method: "POST", headers, body: sent }));
        const answer = await response.text();
        expect([response.status, held.failures]).toEqual([expect.toSatisfy((status: number) => status < 500), []]);
        const code = response.headers.get("x-amzn-errortype") ?? "";
        expect(/^[A-Z]\w+Exception$/.test(code)).toBe(response.status >= 400);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        const { CheckpointToken } =
          call === "checkpoint" && response.ok ? (JSON.parse(answer) as typeof TOKENS) : TOKENS;
        if (CheckpointToken !== undefined) held.token = CheckpointToken;
        if ((await held.runner.describe("held/h-1")).status === "RUNNING") return;
        held.close();
        held = await HeldExecution.start();
      }),
      { numRuns: RUNS },
    );
    held.close();
    // Both what is right and what is wrong was among it.
    expect(statuses.get(200)).toBeGreaterThan(RUNS / 100);
    expect(statuses.get(400)).toBeGreaterThan(RUNS / 10);
  },
  PATIENCE_MS,
);

const TOKENS: { readonly CheckpointToken?: string } = {};
