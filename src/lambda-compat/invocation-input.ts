import type { DurableExecutionClient, DurableExecutionInvocationInput } from "./types.ts";

const TAG = "DurableExecutionInvocationInputWithClient";

/**
 * An event that brings the client to checkpoint with: how AWS's test runner calls a handler. The runner may have the
 * class from another copy of the package, so the event is recognised by its shape, its class's name included.
 */
export class DurableExecutionInvocationInputWithClient implements DurableExecutionInvocationInput {
  /** The name of the class, by which other copies of it are recognised. */
  static readonly name: string = TAG;
  readonly InitialExecutionState: DurableExecutionInvocationInput["InitialExecutionState"];
  readonly DurableExecutionArn: string;
  readonly CheckpointToken: string;
  /** The client that the invocation checkpoints with. */
  readonly durableExecutionClient: DurableExecutionClient;

  constructor(params: DurableExecutionInvocationInput, durableExecutionClient: DurableExecutionClient) {
    this.durableExecutionClient = durableExecutionClient;
    this.InitialExecutionState = params.InitialExecutionState;
    this.DurableExecutionArn = params.DurableExecutionArn;
    this.CheckpointToken = params.CheckpointToken;
  }

  /** True for an event of this class, of another copy of this package or of AWS's too. */
  static isInstance(event: unknown): event is DurableExecutionInvocationInputWithClient {
    return bringsClient(event);
  }

  get [Symbol.toStringTag](): string {
    return TAG;
  }
}

/** The same, for code that makes no such events and need not carry the class. */
export function bringsClient(event: unknown): event is DurableExecutionInvocationInputWithClient {
  return (
    typeof event === "object" &&
    event !== null &&
    Object.prototype.toString.call(event) === `[object ${TAG}]` &&
    "durableExecutionClient" in event &&
    event.constructor?.name === TAG
  );
}
