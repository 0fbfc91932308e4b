import { expect, test } from "vitest";
import { createMemoryHost } from "../../homes/memory/index.ts";
import { createHttpFace, type HttpFaceParts } from "./face.ts";

const { client, close } = createMemoryHost({ functions: {} });
close();
const parts = { client, credentials: [] };

test.for<[unknown, string]>([
  [{ credentials: [] }, "needs client"],
  [{ client }, "needs credentials"],
  [{ client: {}, credentials: [] }, "client must be the client of a host"],
  [{ ...parts, credential: [] }, "has no credential; there are client, credentials, logs, options"],
  [{ ...parts, options: { allowedOrigin: [] } }, "has no options.allowedOrigin"],
  [{ ...parts, options: { allowedOrigins: ["https://Example.com/"] } }, "allowedOrigins must be a list of origins"],
  [{ ...parts, options: { heartbeatMs: "5" } }, 'heartbeatMs must be a number from 1; "5" was given'],
  [{ ...parts, options: { limits: { streams: -1 } } }, "options.limits.streams must be a number from 0"],
  [{ ...parts, options: { limits: { bodyMS: 1 } } }, "has no options.limits.bodyMS"],
  [{ ...parts, options: { arn: { region: 7 } } }, "options.arn.region must be a text"],
  [{ ...parts, options: { onError: true } }, "options.onError must be a function"],
])("%j is refused: %s", ([given, message]) => {
  expect(() => createHttpFace(given as HttpFaceParts)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) as string }),
  );
});

test("what is undefined is as good as absent, and a limit may be none", () => {
  const options = { limits: { streams: Number.POSITIVE_INFINITY, bodyMs: undefined }, now: undefined };
  expect(createHttpFace({ ...parts, options } as unknown as HttpFaceParts)).toBeTypeOf("function");
});

test("a failure that the caller only sees as such is written to the console, unless somebody is told", async () => {
  const lines: string[] = [];
  const { error } = console;
  console.error = (line: string) => void lines.push(line);
  try {
    const broken = { ...client, functionNames: () => raise(), start: () => raise() } as unknown as typeof client;
    const credentials = [{ id: "tests", rights: ["read" as const], bearer: "token" }];
    const face = createHttpFace({ client: broken, credentials });
    const headers = { Authorization: "Bearer token" };
    const { status } = await face(new Request("http://localhost/2015-03-31/functions/", { headers }));
    expect([status, lines]).toEqual([500, ["perdure: the HTTP API failed: RangeError: away"]]);
  } finally {
    console.error = error;
  }
});

function raise(): never {
  throw new RangeError("away");
}
