/** A durable function without a process of its own: its handler is called here, with the real client for the service. */

import type { DurableExecutionInvocationInput } from "@aws/durable-execution-sdk-js";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { failed, type InvocationOutcome } from "../lambda-runtime/outcome.ts";
import { keys } from "./durable-service.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- handlers of either SDK
export type DurableHandler = (event: any, context: any) => Promise<unknown>;

export class InProcessFunction {
  readonly #endpoint: string;
  readonly #handler: (client: LambdaClient, wasKilled: boolean) => DurableHandler;
  #wasKilled = false;
  #kill = (): void => {};

  /** `handler` makes the handler of an invocation, and hears whether one was killed before. */
  constructor(endpoint: string, handler: (client: LambdaClient, wasKilled: boolean) => DurableHandler) {
    this.#endpoint = endpoint;
    this.#handler = handler;
  }

  async invoke(event: unknown): Promise<InvocationOutcome> {
    // A client each: what an invocation that was killed still waits for is in nobody's way.
    const client = new LambdaClient({ endpoint: this.#endpoint, region: "local", credentials: keys, maxAttempts: 1 });
    const handler = this.#handler(client, this.#wasKilled);
    const killed = new Promise<InvocationOutcome>((resolve) => {
      this.#kill = () => resolve(failed("Runtime.ExitError", "killed"));
    });
    const asSent = JSON.parse(JSON.stringify(event)) as DurableExecutionInvocationInput;
    const ended = call(handler, asSent);
    void ended.then(() => client.destroy());
    return Promise.race([killed, ended]);
  }

  /** Ends the invocation that is under way, as far as the service can see. It must not be answered any more. */
  kill(): void {
    this.#wasKilled = true;
    this.#kill();
  }
}

async function call(handler: DurableHandler, event: DurableExecutionInvocationInput): Promise<InvocationOutcome> {
  const deadline = Date.now() + 900_000;
  try {
    const output = await handler(event, { awsRequestId: "r", getRemainingTimeInMillis: () => deadline - Date.now() });
    return { status: "SUCCEEDED", payload: JSON.stringify(output), contentType: "application/json" };
  } catch (error) {
    return failed((error as Error).name, (error as Error).message);
  }
}
