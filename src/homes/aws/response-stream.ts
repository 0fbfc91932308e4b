/** Lambda's response streaming, which its runtime offers as a global. */

import { once } from "node:events";
import type { Writable } from "node:stream";
import type { HttpEvent, LambdaCallContext } from "./lambda-events.ts";

/** A function that Lambda's runtime knows to stream. */
export type StreamedHandler = (event: HttpEvent, context: LambdaCallContext) => Promise<unknown>;

type Streaming = (event: HttpEvent, stream: Writable, context: LambdaCallContext) => Promise<void>;

interface LambdaRuntime {
  streamifyResponse(handler: Streaming): StreamedHandler;
  readonly HttpResponseStream: {
    from(stream: Writable, prelude: { statusCode: number; headers: Record<string, string> }): Writable;
  };
}

/** The runtime that was to stream is not Lambda's. */
export class NoStreamingError extends Error {
  override readonly name = "NoStreamingError";
  /** Always NO_STREAMING. */
  readonly code = "NO_STREAMING";
}

/** A function that rejects with NO_STREAMING outside of Lambda's own runtime for Node. */
export function streamed(answer: (event: HttpEvent, context: LambdaCallContext) => Promise<Response>): StreamedHandler {
  const { awslambda }: { readonly awslambda?: LambdaRuntime } = globalThis as object;
  if (awslambda === undefined) {
    const message = "This runtime has no awslambda.streamifyResponse: leave the option streaming out.";
    return () => Promise.reject(new NoStreamingError(message));
  }
  return awslambda.streamifyResponse(async (event, stream, context) => {
    const response = await answer(event, context);
    const { status: statusCode } = response;
    await pour(
      response,
      awslambda.HttpResponseStream.from(stream, { statusCode, headers: Object.fromEntries(response.headers) }),
    );
  });
}

async function pour({ body }: Response, stream: Writable): Promise<void> {
  let isEmpty = true;
  for await (const chunk of body ?? []) {
    isEmpty = false;
    if (!stream.write(chunk)) await once(stream, "drain");
  }
  // The status and the headers go with the first write.
  if (isEmpty) stream.write("");
  stream.end();
  await once(stream, "finish");
}
