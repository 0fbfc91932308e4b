/**
 * Checkpoints from the process of a function, over HTTP. The emulator's address holds the right to do so, so that a
 * function needs neither AWS's client nor credentials for it, and keeps its own for what it does elsewhere.
 */

import type { DurableExecutionClient } from "../../lambda-compat/types.ts";
import type {
  CheckpointDurableExecutionResponse,
  GetDurableExecutionStateResponse,
} from "../../lambda-compat/wire-types.ts";

/** As both SDKs read the errors of AWS's client. */
class ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId: string | undefined };

  constructor(name: string, message: string, metadata: ServiceError["$metadata"]) {
    super(message);
    this.name = name;
    this.$metadata = metadata;
  }
}

/** Times are seconds since the epoch in the API, and Dates for SDKs. */
const TIMES = ["StartTimestamp", "EndTimestamp", "NextAttemptTimestamp", "ScheduledEndTimestamp"];

/** `endpoint` is the emulator's address for functions. */
export function serviceClient(endpoint: string): DurableExecutionClient {
  const url = (arn: string | undefined, call: string): string =>
    `${endpoint}/2025-12-01/durable-executions/${encodeURIComponent(arn ?? "")}/${call}`;
  return {
    async getExecutionState({ DurableExecutionArn, CheckpointToken, Marker, MaxItems }) {
      const query = new URLSearchParams({ CheckpointToken: CheckpointToken ?? "" });
      if (Marker) query.set("Marker", Marker);
      if (MaxItems !== undefined) query.set("MaxItems", String(MaxItems));
      const answer = await request(`${url(DurableExecutionArn, "state")}?${query}`);
      return answer as GetDurableExecutionStateResponse;
    },
    async checkpoint({ DurableExecutionArn, CheckpointToken, Updates }) {
      const body = JSON.stringify({ CheckpointToken, Updates });
      const answer = await request(url(DurableExecutionArn, "checkpoint"), { method: "POST", body });
      return answer as CheckpointDurableExecutionResponse;
    },
  };
}

async function request(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.ok) return JSON.parse(text, withDates);
  const { message } = readMessage(text);
  throw new ServiceError(response.headers.get("x-amzn-errortype") ?? "ServiceException", message, {
    httpStatusCode: response.status,
    requestId: response.headers.get("x-amzn-requestid") ?? undefined,
  });
}

function withDates(key: string, value: unknown): unknown {
  return TIMES.includes(key) && typeof value === "number" ? new Date(value * 1000) : value;
}

function readMessage(text: string): { message: string } {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return { message: typeof message === "string" ? message : text };
  } catch {
    return { message: text };
  }
}
