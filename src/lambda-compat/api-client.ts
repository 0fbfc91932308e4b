/** Checkpoints through the Lambda API. AWS's client is an optional peer: it is loaded when first needed. */

import { importLambdaClient } from "#lambda-client";
import { trace } from "./logger.ts";
import { SDK_VERSION } from "./sdk-version.ts";
import type { DurableExecutionClient, DurableLogger, LambdaClientLike } from "./types.ts";
import type {
  CheckpointDurableExecutionRequest,
  CheckpointDurableExecutionResponse,
  GetDurableExecutionStateRequest,
  GetDurableExecutionStateResponse,
} from "./wire-types.ts";

type Command = "CheckpointDurableExecutionCommand" | "GetDurableExecutionStateCommand";

/** As much of `@aws-sdk/client-lambda` as is used. */
type LambdaModule = Readonly<Record<Command, new (input: object) => never>> & {
  readonly LambdaClient: new (config: object) => LambdaClientLike;
};

/** AWS's own settings. A request that hangs must end while the invocation still has time to say so; times in ms. */
const CLIENT_CONFIG = {
  customUserAgent: [["aws-durable-execution-sdk-js", SDK_VERSION]],
  requestHandler: {
    connectionTimeout: 5000,
    socketTimeout: 50_000,
    requestTimeout: 55_000,
    throwOnRequestTimeout: true,
  },
};

let loading: Promise<LambdaModule> | undefined;
let sharedClient: LambdaClientLike | undefined;

/** Rejects, saying what to install, where `@aws-sdk/client-lambda` cannot be loaded. */
export class DurableExecutionApiClient implements DurableExecutionClient {
  readonly #client: LambdaClientLike | undefined;

  /** Without a client of your own, all share one with AWS's default settings. */
  constructor(client?: LambdaClientLike) {
    this.#client = client;
    // Loading begins beside the first operations of the handler; whoever needs it awaits it, and gets its failure.
    load().catch(() => {});
  }

  async getExecutionState(
    { DurableExecutionArn, CheckpointToken, Marker, MaxItems }: GetDurableExecutionStateRequest,
    logger?: DurableLogger,
  ): Promise<GetDurableExecutionStateResponse> {
    const input = { DurableExecutionArn, CheckpointToken, Marker, MaxItems };
    const failed = "Failed to get durable execution state";
    const answer = await this.#send("GetDurableExecutionStateCommand", input, { logger, failed });
    return answer as GetDurableExecutionStateResponse;
  }

  async checkpoint(
    { DurableExecutionArn, CheckpointToken, ClientToken, Updates }: CheckpointDurableExecutionRequest,
    logger?: DurableLogger,
  ): Promise<CheckpointDurableExecutionResponse> {
    const input = { DurableExecutionArn, CheckpointToken, ClientToken, Updates };
    const failed = "Failed to checkpoint durable execution";
    const answer = await this.#send("CheckpointDurableExecutionCommand", input, { logger, failed });
    return answer as CheckpointDurableExecutionResponse;
  }

  async #send(
    command: Command,
    input: object,
    { logger, failed }: { logger: DurableLogger | undefined; failed: string },
  ): Promise<unknown> {
    const lambda = await load();
    const client = this.#client ?? (sharedClient ??= new lambda.LambdaClient(CLIENT_CONFIG));
    try {
      return await client.send(new lambda[command](input));
    } catch (error) {
      const requestId = (error as { $metadata?: { requestId?: string } } | undefined)?.$metadata?.requestId;
      trace(failed, { error, requestId });
      logger?.error(failed, error, { requestId });
      throw error;
    }
  }
}

/** A failure is not kept: the next call tries again. */
function load(): Promise<LambdaModule> {
  loading ??= importLambdaClient()
    .then(lambdaModule)
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

function lambdaModule(loaded: object): LambdaModule {
  const { default: wrapped } = loaded as { default?: object };
  return ("LambdaClient" in loaded ? loaded : wrapped) as LambdaModule;
}
