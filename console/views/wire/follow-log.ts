/** An execution's log from its beginning, then live, over a stream that may break at any moment. */

import { ForeignDataError } from "./bounded.ts";
import { readEvents } from "./server-events.ts";

export interface LogListener {
  /** The text of the next commit, from the first one on. */
  readonly onCommit: (body: string) => void;
  readonly onError: (error: unknown) => void;
}

export interface LogSource {
  /** The stream of live events after a commit; null for an execution that has nothing more to tell. */
  readonly open: (cursor: number, signal: AbortSignal) => Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>;
  /** True for what may be over when it is tried again: no refusal, and nothing that would be sent again. */
  readonly isPassing: (error: unknown) => boolean;
}

/** Before a stream that broke is asked for again, in ms: the first time, and at the most. */
const [RETRY_MS, LONGEST_RETRY_MS] = [1_000, 30_000];

/** Goes on after the last commit when the stream breaks, until the execution has ended or nobody looks any more. */
export async function followLog(source: LogSource, listener: LogListener, signal: AbortSignal): Promise<void> {
  let cursor = 0;
  let retryMs = RETRY_MS;
  while (!signal.aborted) {
    try {
      const before = cursor;
      const hasEnded = await stream(source, { cursor, signal }, (seq, body) => {
        listener.onCommit(body);
        cursor = seq;
      });
      if (hasEnded) return;
      if (cursor > before) retryMs = RETRY_MS;
    } catch (error) {
      if (signal.aborted) return;
      listener.onError(error);
      if (!source.isPassing(error)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
    retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
  }
}

/** One stream, to its end; answers whether the execution has ended. */
async function stream(
  source: LogSource,
  { cursor, signal }: { readonly cursor: number; readonly signal: AbortSignal },
  onCommit: (seq: number, body: string) => void,
): Promise<boolean> {
  const body = await source.open(cursor, signal);
  if (body === null) return true;
  let last = cursor;
  for await (const { event, id, data } of readEvents(body)) {
    if (event === "end") return true;
    if (event !== "commit") return false;
    if (Number(id) !== last + 1) throw new ForeignDataError(`The Worker sent commit ${id} after commit ${last}.`);
    onCommit(++last, data);
  }
  return false;
}
