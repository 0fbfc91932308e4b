import type { ClientError, ExecutionClient } from "../../engine/runner/client.ts";

/** A demand of the outside, repeated until it is answered. */
export interface Request<T> {
  readonly what: string;
  readonly send: (client: ExecutionClient) => Promise<T>;
  /** It was done; called once for each time that it was asked and answered. */
  readonly done: (answer: T) => void;
  /** It was refused: true if that settles it, false to ask again. */
  readonly refused: (error: ClientError) => boolean;
  /** The pause after the first refusal or failure, in ms; twice as long after each one that follows. */
  readonly retryMs?: number;
}
