/** What the tests of the runtime itself invoke. */

import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";

let invocations = 0;
/** The longest time in ms in which a clock that ticks every 5 ms did not tick. */
let standstill = 0;

interface Request {
  readonly do: string;
  readonly ms?: number;
}

export async function handler(event: Request, context: Context): Promise<unknown> {
  invocations++;
  if (event.do === "throw") throw new RangeError("out of reach");
  if (event.do === "exit") process.exit(3);
  if (event.do === "sleep") await new Promise((resolve) => setTimeout(resolve, event.ms));
  if (event.do === "large") return "x".repeat(7 * 1024 * 1024);
  if (event.do === "leave a clock") leaveClock();
  return { event, invocations, standstill, pid: process.pid, remaining: context.getRemainingTimeInMillis() };
}

function leaveClock(): void {
  let last = Date.now();
  setInterval(() => {
    standstill = Math.max(standstill, Date.now() - last);
    last = Date.now();
  }, 5);
}

/** Fails what says so, in a message or in a batch as a whole. */
export async function consume({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  if (Records.some(({ body }) => body === "throw")) throw new Error("the whole batch");
  const unknown = Records.some(({ body }) => body === "answer nonsense") ? [{ itemIdentifier: "nobody" }] : [];
  const failures = Records.filter(({ body }) => body.startsWith("fail"));
  return { batchItemFailures: [...unknown, ...failures.map(({ messageId }) => ({ itemIdentifier: messageId }))] };
}

/** The second one streams: a status and a header, then three pieces; `fail` breaks off after the first. */
export const stream = awslambda.streamifyResponse(async (event: { fail?: boolean }, response) => {
  const body = awslambda.HttpResponseStream.from(response, { statusCode: 201, headers: { "X-Kind": "stream" } });
  for (const piece of ["one,", "two,", "three"]) {
    body.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (event.fail === true) throw new TypeError("broke off");
  }
  body.end();
});
