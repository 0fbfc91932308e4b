import { expect, test } from "vitest";
import { ROUTES } from "../../lambda-compat/http/routes.ts";
import { encodedPath } from "./http-request.ts";

const ARN = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";

const labelled = ROUTES.map(({ path }) => path.source.slice(1, -1).replaceAll("\\/", "/")).filter((source) =>
  source.includes("(.+)"),
);

test.for(labelled)("a path that came decoded is again what the client has signed: %s", (source) => {
  const [decoded, sent] = [ARN, encodeURIComponent(ARN)].map((label) => source.replace("(.+)", () => label));
  expect(encodedPath({ rawPath: decoded ?? "" } as Parameters<typeof encodedPath>[0])).toBe(sent);
});
