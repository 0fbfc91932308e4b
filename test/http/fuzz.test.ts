import fc from "fast-check";
import { expect, test } from "vitest";
import { isSlowRun } from "../../scripts/slow-tests.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { KeptLogs } from "../../src/lambda-compat/http/kept-logs.ts";
import { anyCharacter } from "../any-character.ts";
import { BEARER, HeldExecution } from "./held-execution.ts";
import { often, rawObject, rawValue } from "./hostile-json.ts";
import { PlainClient } from "./plain-client.ts";

/** Hostile requests of each kind. */
const RUNS = isSlowRun ? 20_000 : 1000;
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
  fc.constantFrom("/2025-12-01/durable-executions/stop", "/2025-12-01/durable-executions/purge"),
  fc.constantFrom("/2025-12-01/durable-executions", "/2025-12-01/durable-executions/", "/2015-03-31/functions"),
  fc.webPath(),
);
const listQueries = [
  ...["Qualifier", "MaxItems", "Marker", "ReverseOrder", "Statuses", "StartedAfter", "StartedBefore"],
  ...["DurableExecutionName", "FunctionName", "NamePrefix", "Halted", "Tag"],
] as const;
/** One name may come more than once. */
const query = fc.array(
  fc.tuple(
    fc.constantFrom(
      ...[...listQueries, "cursor", "CheckpointToken", "IncludeExecutionData", "X-Amz-Signature", "X-Amz-Credential"],
      ...["X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Algorithm"],
    ),
    fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.constantFrom("0", "1", "true", "a=b", "20260102T030405Z", "AWS4-HMAC-SHA256", "host"),
    ),
  ),
  { maxLength: 6 },
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
    ...["x-amzn-trace-id", "x-perdure-tags", "x-perdure-start-at"],
  ),
  fc.oneof(latin1, fc.constantFrom("Event", "o-1", "20260102T030405Z", "1", "a=b&c=d", "2026-01-02T03:04:06Z")),
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
        Reason: fc.jsonValue(),
        Name: fc.jsonValue(),
        OperationId: fc.jsonValue(),
        Cursor: fc.jsonValue(),
        DurableExecutionArns: fc.oneof(fc.jsonValue(), fc.array(fc.constantFrom(ARN, "x"), { maxLength: 3 })),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);
const method = fc.constantFrom("GET", "POST", "POST", "PUT", "DELETE", "OPTIONS", "HEAD");

function verb(): fc.Arbitrary<string> {
  return fc.constantFrom(
    "",
    "/history",
    "/state",
    "/checkpoint",
    "/stop",
    "/resume",
    "/pause",
    "/rewind",
    "/fork",
    "/logs",
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
      logs: new KeptLogs(),
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
  readonly query: [name: string, value: string][];
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
const MANY = ["stop", "resume", "pause", "purge"];
const ARN_HERE = "the ARN of the execution";
const rawMany = rawObject({
  DurableExecutionArns: fc.oneof(
    fc.array(often(ARN_HERE, ARN, "x", "order"), { maxLength: 3 }).map((arns) => `[${arns.join()}]`),
    rawValue,
  ),
  Version: often("$LATEST"),
  Reason: rawValue,
  ErrorMessage: rawValue,
});
const rawFork = {
  OperationId: often("1", "c4ca4238a0b92382"),
  Cursor: rawValue,
  Version: often("$LATEST"),
};
/** What is sent to an execution that runs, waits or has ended, by the word at the end of its path. */
const rawBodies: Readonly<Record<string, fc.Arbitrary<string>>> = {
  checkpoint: rawObject({ CheckpointToken: often(TOKEN, TOKEN, "x"), Updates: rawUpdates, ClientToken: rawValue }),
  stop: rawError,
  resume: rawObject({ Version: often("$LATEST") }),
  pause: rawObject({ Reason: rawValue }),
  rewind: rawObject(rawFork),
  fork: rawObject({ ...rawFork, Name: rawValue }),
  fail: rawError,
  succeed: rawValue,
  invocations: rawValue,
  ...Object.fromEntries(MANY.map((deed) => [`executions/${deed}`, rawMany])),
};
const listQuery = fc.array(
  fc.tuple(
    fc.constantFrom(...listQueries),
    fc.oneof(fc.string(), fc.constantFrom("1", "true", "held", "h-1", "RUNNING", "a=b", "2026-01-02T03:04:05Z")),
  ),
  { maxLength: 3 },
);
const ownHeaders = fc.record(
  {
    "x-amz-durable-execution-name": fc.oneof(latin1, fc.constantFrom("h-1", "h-2")),
    "x-perdure-tags": fc.oneof(latin1, fc.constantFrom("a=b", "a=b&a=c", "%ff=%00", "a")),
    "x-perdure-start-at": fc.oneof(latin1, fc.constantFrom("0", "1e12", "-1", "2026-01-02T03:04:05Z", "9e999")),
  },
  { requiredKeys: [] },
);
interface Hostile {
  readonly method: string;
  /** The word at the end of its path. */
  readonly call: string;
  readonly body: string | undefined;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: Readonly<Record<string, string>>;
}

const told: fc.Arbitrary<Hostile> = fc
  .constantFrom("checkpoint", "checkpoint", "checkpoint", ...Object.keys(rawBodies))
  .chain((call) =>
    fc.record({
      method: fc.constant("POST"),
      call: fc.constant(call),
      body: rawBodies[call] as fc.Arbitrary<string>,
      query: fc.array(fc.tuple(fc.constantFrom("Qualifier", "MaxItems", "Marker"), fc.string()), { maxLength: 1 }),
      headers: call === "invocations" ? ownHeaders : fc.constant({}),
    }),
  );
const asked: fc.Arbitrary<Hostile> = fc.record({
  method: fc.constant("GET"),
  call: fc.constantFrom("", "executions", "executions", "history", "open-operations", "state", "logs"),
  body: fc.constant(undefined),
  query: fc.oneof(listQuery, fc.tuple(fc.tuple(fc.constant("CheckpointToken"), fc.constant(TOKEN)))),
  headers: fc.constant({}),
});
const purged = asked.map((request) => ({ ...request, method: "DELETE", call: "" }));
const hostile = fc.record({
  request: fc.oneof({ weight: 12, arbitrary: told }, { weight: 4, arbitrary: asked }, { weight: 1, arbitrary: purged }),
  /** Whether the next request meets an execution that runs: what has ended, is halted or is gone is asked things, too. */
  renews: fc.boolean(),
});

test(
  "whatever a body says at whatever place, a real host answers what is wrong with it",
  async () => {
    let held = await HeldExecution.start();
    const statuses = new Map<number, number>();
    const done = new Set<string>();
    await fc.assert(
      fc.asyncProperty(hostile, async ({ request: { method, call, body, query, headers }, renews }) => {
        const parameters = query.map(([name, value]): [string, string] => [name, value === TOKEN ? held.token : value]);
        const response = await held.face(
          new Request(`http://h${pathOf(call, held)}?${new URLSearchParams(parameters)}`, {
            method,
            headers: { authorization: `Bearer ${BEARER}`, "x-amz-invocation-type": "Event", ...headers },
            ...(body !== undefined && { body: filled(body, held) }),
          }),
        );
        const answer = await response.text();
        expect([response.status, held.failures]).toEqual([expect.toSatisfy((status: number) => status < 500), []]);
        const code = response.headers.get("x-amzn-errortype") ?? "";
        expect(/^[A-Z]\w+Exception$/.test(code)).toBe(response.status >= 400);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        if (response.ok) done.add(`${method} ${call}`);
        const { CheckpointToken } =
          call === "checkpoint" && response.ok ? (JSON.parse(answer) as typeof TOKENS) : TOKENS;
        if (CheckpointToken !== undefined) held.token = CheckpointToken;
        if (!renews || (await held.runs())) return;
        held.close();
        held = await HeldExecution.start();
      }),
      { numRuns: RUNS },
    );
    held.close();
    // Both what is right and what is wrong was among it.
    expect(statuses.get(200)).toBeGreaterThan(RUNS / 100);
    expect(statuses.get(400)).toBeGreaterThan(RUNS / 10);
    expect([...done]).toEqual(expect.arrayContaining(RIGHT_AT_TIMES));
  },
  PATIENCE_MS,
);

/** What was done at least once in a run that is long enough. */
const RIGHT_AT_TIMES = isSlowRun
  ? [
      ...["GET ", "GET executions", "GET history", "GET logs", "GET state", "DELETE ", "POST invocations"],
      ...["POST checkpoint", "POST pause", "POST resume", "POST fork", "POST stop"],
      ...MANY.map((deed) => `POST executions/${deed}`),
    ]
  : [];

const TOKENS: { readonly CheckpointToken?: string } = {};

function filled(body: string, { token, arn }: HeldExecution): string {
  return body
    .replaceAll(JSON.stringify(TOKEN), JSON.stringify(token))
    .replaceAll(JSON.stringify(ARN_HERE), JSON.stringify(arn));
}

function pathOf(call: string, held: HeldExecution): string {
  if (/^executions\b/.test(call)) return call.replace("executions", "/2025-12-01/durable-executions");
  if (call === "invocations") return "/2015-03-31/functions/held/invocations";
  if (call === "fail" || call === "succeed") return `/2025-12-01/durable-execution-callbacks/Y2I%3D/${call}`;
  return call === "" ? held.path : `${held.path}/${call}`;
}
