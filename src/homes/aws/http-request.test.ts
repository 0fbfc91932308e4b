import { expect, test } from "vitest";
import { ROUTES } from "../../lambda-compat/http/routes.ts";
import { createMemoryHost } from "../memory/memory-host.ts";
import { createHttpHandler, type HttpHandler } from "./http-handler.ts";
import { encodedPath } from "./http-request.ts";
import type { HttpEvent } from "./lambda-events.ts";

const ARN = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";

const labelled = ROUTES.map(({ path }) => path.source.slice(1, -1).replaceAll("\\/", "/")).filter((source) =>
  source.includes("(.+)"),
);

test.for(labelled)("a path that came decoded is again what the client has signed: %s", (source) => {
  const [decoded, sent] = [ARN, encodeURIComponent(ARN)].map((label) => source.replace("(.+)", () => label));
  expect(encodedPath({ rawPath: decoded ?? "" } as Parameters<typeof encodedPath>[0])).toBe(sent);
});

test.for([
  { http: { method: "TRACE" } },
  { http: { method: "G T" } },
  { host: "a b" },
  { host: "[::1" },
  { "x-odd": "a\u0000b" },
  { "x odd": "a" },
])("what no request can be made of is refused with 400, and is no failure of the host: %j", async (odd) => {
  const errors: unknown[] = [];
  const { http = { method: "GET" }, ...headers } = odd as { http?: { method: string } } & Record<string, string>;
  const event: HttpEvent = {
    version: "2.0",
    rawPath: "/2015-03-31/functions/",
    rawQueryString: "",
    headers: { host: "x.lambda-url.eu-west-1.on.aws", ...headers },
    isBase64Encoded: false,
    requestContext: { domainName: "x.lambda-url.eu-west-1.on.aws", http },
  };
  const { client } = createMemoryHost({ functions: {} });
  const parts = { client, credentials: [], logs: undefined, face: {}, now: Date.now };
  const handler = createHttpHandler({ ...parts, onError: (_, error) => errors.push(error) }, false) as HttpHandler;
  const { statusCode, headers: answered } = await handler(event, { getRemainingTimeInMillis: () => 10_000 });
  expect([statusCode, answered["x-amzn-errortype"]]).toEqual([400, "InvalidRequestContentException"]);
  expect(errors).toEqual([]);
});
