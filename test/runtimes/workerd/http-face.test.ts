import { beforeEach, describe, expect, test } from "vitest";
import { createHttpFace } from "../../../src/lambda-compat/http/face.ts";
import { PlainClient } from "../../http/plain-client.ts";

const ARN = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";
const SIGNED_AT = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Made once by AWS's own client; whoever verifies them differently here than there is found out. */
const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/lambda/aws4_request, " +
  "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-durable-execution-name;x-amz-invocation-type, " +
  "Signature=c1a494d1637be101c2d7a0dfd3cbdd545630282ae2d84a811a90a74a37653732";
const LINK =
  `https://perdure.example/2025-12-01/durable-executions/${encodeURIComponent(ARN)}/events?cursor=1` +
  "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Feu-west-1%2Flambda%2Faws4_request" +
  "&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host" +
  "&X-Amz-Signature=01d45ed23ab126cd62dcbb6298756b1b227f67a392991fd66ef9cecdf75359d7";

let executions: PlainClient;
let face: (request: Request) => Promise<Response>;

beforeEach(() => {
  executions = new PlainClient();
  face = createHttpFace({
    client: executions,
    credentials: [
      { id: "aws", rights: ["admin"], sigv4: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a secret" } },
      { id: "web", rights: ["admin"], bearer: "the-token" },
    ],
    options: { now: () => SIGNED_AT },
  });
});

function invocation(body: string): Request {
  return new Request("https://perdure.example/2015-03-31/functions/order%3A%24LATEST/invocations?Qualifier=%24LATEST", {
    method: "POST",
    headers: {
      authorization: AUTHORIZATION,
      "x-amz-content-sha256": "7fe17fc08e4da0373f6a8cd309ff9102f226cd72244de198b5f09d6545e63046",
      "x-amz-date": "20260102T030405Z",
      "x-amz-durable-execution-name": "o-1",
      "x-amz-invocation-type": "Event",
    },
    body,
  });
}

describe("the HTTP face in workerd", () => {
  test("accepts what AWS's client signed, and nothing else", async () => {
    const answer = await face(invocation('{"text":"ä"}'));
    expect([answer.status, answer.headers.get("x-amz-durable-execution-arn")]).toEqual([202, ARN]);
    expect((await face(invocation('{"text":"ö"}'))).status).toBe(401);
  });

  test("streams events to whoever has a presigned link", async () => {
    await executions.start({ functionName: "order", name: "o-1" });
    executions.live.push({ seq: 1, body: "one" }, { seq: 2, body: "two" });
    expect((await face(new Request(LINK.replace("cursor=1", "cursor=0")))).status).toBe(401);
    const answer = await face(new Request(LINK));
    expect(await answer.text()).toBe("id: 2\nevent: commit\ndata: two\n\nevent: end\ndata: {}\n\n");
  });

  test("reads no more of a body than its limit", async () => {
    const chunk = new Uint8Array(1024 * 1024);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent++;
        controller.enqueue(chunk);
      },
    });
    const headers = { authorization: "Bearer the-token" };
    const url = "https://perdure.example/2015-03-31/functions/order/invocations";
    const answer = await face(new Request(url, { method: "POST", headers, body }));
    expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([413, "RequestTooLargeException"]);
    expect(sent).toBeLessThanOrEqual(9);
  });
});
