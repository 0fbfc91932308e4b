/** A stage on any host that answers Lambda's API, by AWS's own client. */

import {
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  LambdaClient,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
} from "@aws-sdk/client-lambda";
import type { HistoryEvent } from "./requirement.ts";
import type { Execution, Stage } from "./run-scenario.ts";

export interface ApiPlace {
  readonly url: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly linesOf: Stage["linesOf"];
}

export function lambdaApi({ url, credentials, linesOf }: ApiPlace): Stage {
  const client = new LambdaClient({ endpoint: url, region: "us-east-1", credentials });
  return {
    linesOf,
    async start(functionName, input) {
      const { DurableExecutionArn = "" } = await client.send(
        new InvokeCommand({
          FunctionName: `${functionName}:$LATEST`,
          InvocationType: "Event",
          Payload: JSON.stringify(input),
        }),
      );
      return executionOf(client, DurableExecutionArn);
    },
  };
}

function executionOf(client: LambdaClient, DurableExecutionArn: string): Execution {
  return {
    async history() {
      const { Events = [] } = await client.send(
        new GetDurableExecutionHistoryCommand({ DurableExecutionArn, IncludeExecutionData: true }),
      );
      return Events as unknown as readonly HistoryEvent[];
    },
    async outcome() {
      const answer = await client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
      return { status: answer.Status, result: answer.Result, error: answer.Error };
    },
    async answer(CallbackId, operation, payload) {
      if (operation === "heartbeat") {
        await client.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
      } else if (operation === "failure") {
        await client.send(
          new SendDurableExecutionCallbackFailureCommand({ CallbackId, Error: payload as Record<string, never> }),
        );
      } else {
        const given = typeof payload === "string" && { Result: new TextEncoder().encode(payload) };
        await client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, ...given }));
      }
    },
  };
}
