import fc from "fast-check";
import { expect, test } from "vitest";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { PlainClient } from "./plain-client.ts";

const ARN = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";

const label = fc.oneof(
  fc.constantFrom(ARN, "order", "order:7", "Y2I=", "%", "%2F", "..", "%2e%2e", "__proto__", "%00"),
  fc.string({ unit: "binary", maxLength: 40 }).map(encodeURIComponent),
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
    fc.string({ unit: "binary" }),
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

test("garbage is refused: the face never throws and never fails", async () => {
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
    { numRuns: 3000 },
  );
});

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
