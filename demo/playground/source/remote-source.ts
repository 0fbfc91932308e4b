/** The executions of a Worker, through its HTTP face. The credential lives in this object and nowhere else. */

import type { CallbackOutcome, DirectoryRow, ExecutionStatus } from "perdure/engine";
import { type ExecutionSource, LIST_LIMIT, type Listener, type ListFilter } from "./execution-source.ts";
import { readEvents } from "./server-events.ts";

export interface RemoteOptions {
  /** Where the Worker answers. */
  readonly address: string;
  readonly token: string;
  /** The functions to look at; those that the Worker lists when there is none. */
  readonly functionNames: readonly string[];
}

/** The Worker does not list its functions, so somebody has to name them. */
export class UnlistedFunctionsError extends Error {
  override readonly name = "UnlistedFunctionsError";
}

class AnswerError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(`The Worker answered ${status}: ${message}`);
    this.status = status;
  }
}

interface WireExecution {
  readonly DurableExecutionArn: string;
  readonly DurableExecutionName: string;
  readonly Status: ExecutionStatus;
  readonly StartTimestamp: number;
  readonly EndTimestamp?: number;
  readonly Halted?: boolean;
}

interface FunctionPage {
  readonly Functions: readonly { readonly FunctionName: string }[];
  readonly NextMarker?: string;
}

const NOT_FOUND = 404;
const API = "2025-12-01";
/** Before a stream that broke is asked for again. */
const RETRY_MS = 1_000;

export class RemoteSource implements ExecutionSource {
  readonly kind = "remote";
  readonly #options: RemoteOptions;
  #names: Promise<readonly string[]> | undefined;

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  /** @throws {UnlistedFunctionsError} if none were named, and the Worker does not list them either. */
  functionNames(): Promise<readonly string[]> {
    const { functionNames } = this.#options;
    this.#names ??= functionNames.length > 0 ? Promise.resolve(functionNames) : this.#listFunctions();
    return this.#names;
  }

  async list({ functionName, status }: ListFilter): Promise<readonly DirectoryRow[]> {
    const names = functionName === undefined ? await this.functionNames() : [functionName];
    const lists = await Promise.all(names.map((name) => this.#listOne(name, status)));
    return lists.flat().toSorted((a, b) => b.startedAt - a.startedAt);
  }

  watch(executionId: string, listener: Listener): () => void {
    const leave = new AbortController();
    void this.#follow(executionId, listener, leave.signal);
    return () => leave.abort();
  }

  async start(functionName: string, input: string): Promise<string> {
    const answer = await this.#call(`/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`, {
      method: "POST",
      headers: { "X-Amz-Invocation-Type": "Event" },
      body: input,
    });
    const arn = answer.headers.get("X-Amz-Durable-Execution-Arn");
    if (arn === null) throw new Error("The Worker did not say which execution it started.");
    return arn;
  }

  async completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void> {
    const path = `/${API}/durable-execution-callbacks/${encodeURIComponent(callbackId)}`;
    if (outcome.type === "HEARTBEAT") await this.#call(`${path}/heartbeat`, { method: "POST" });
    else if (outcome.type === "SUCCEEDED") {
      await this.#call(`${path}/succeed`, { method: "POST", body: outcome.result ?? "" });
    } else {
      const { errorType, errorMessage } = outcome.error;
      const body = JSON.stringify({ ErrorType: errorType, ErrorMessage: errorMessage });
      await this.#call(`${path}/fail`, { method: "POST", body });
    }
  }

  async stop(executionId: string): Promise<void> {
    await this.#call(`${pathOf(executionId)}/stop`, { method: "POST" });
  }

  async resume(executionId: string): Promise<void> {
    await this.#call(`${pathOf(executionId)}/resume`, { method: "POST" });
  }

  async #listFunctions(): Promise<readonly string[]> {
    const names: string[] = [];
    try {
      for (let marker: string | undefined = ""; marker !== undefined; ) {
        const query = new URLSearchParams(marker === "" ? {} : { Marker: marker });
        const answer: Response = await this.#call(`/2015-03-31/functions/?${query}`);
        const { Functions, NextMarker } = (await answer.json()) as FunctionPage;
        names.push(...Functions.map(({ FunctionName }) => FunctionName));
        marker = NextMarker;
      }
    } catch (error) {
      if (!(error instanceof AnswerError) || error.status !== NOT_FOUND) throw error;
      throw new UnlistedFunctionsError("This Worker does not list its functions. Name them.", { cause: error });
    }
    return names;
  }

  async #listOne(functionName: string, status: ExecutionStatus | undefined): Promise<readonly DirectoryRow[]> {
    const query = new URLSearchParams({ MaxItems: String(LIST_LIMIT), ...(status && { Statuses: status }) });
    const path = `/${API}/functions/${encodeURIComponent(functionName)}/durable-executions?${query}`;
    const { DurableExecutions } = (await (await this.#call(path)).json()) as { DurableExecutions: WireExecution[] };
    return DurableExecutions.map((execution) => rowOf(functionName, execution));
  }

  /** Goes on after the last commit when the stream breaks, until the execution has ended or nobody looks any more. */
  async #follow(arn: string, { onCommit, onError }: Listener, signal: AbortSignal): Promise<void> {
    let cursor = 0;
    while (!signal.aborted) {
      try {
        const { body } = await this.#call(`${pathOf(arn)}/events?cursor=${cursor}`, { signal });
        if (body === null) return;
        for await (const event of readEvents(body)) {
          if (event.event === "end") return;
          if (event.event !== "commit") break;
          cursor = Number(event.id);
          onCommit(event.data);
        }
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async #call(path: string, init: RequestInit = {}): Promise<Response> {
    const { address, token } = this.#options;
    const headers = { ...(init.headers as Record<string, string>), Authorization: `Bearer ${token}` };
    const answer = await fetch(new URL(path, address), { ...init, headers });
    if (answer.ok) return answer;
    const { message } = (await answer.json().catch(() => ({}))) as { message?: string };
    throw new AnswerError(answer.status, message ?? answer.statusText);
  }
}

function pathOf(arn: string): string {
  return `/${API}/durable-executions/${encodeURIComponent(arn)}`;
}

function rowOf(functionName: string, execution: WireExecution): DirectoryRow {
  const { DurableExecutionArn: id, DurableExecutionName: name, Status: status } = execution;
  const { StartTimestamp, EndTimestamp, Halted } = execution;
  return {
    ...{ id, functionName, name, version: "$LATEST", incarnation: "", seq: 0, status },
    startedAt: StartTimestamp * 1_000,
    ...(EndTimestamp === undefined ? {} : { endedAt: EndTimestamp * 1_000 }),
    ...(Halted === true ? { halted: true } : {}),
  };
}
