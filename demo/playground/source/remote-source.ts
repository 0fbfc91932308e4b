/** The executions of a Worker, through its HTTP face. */

import type { CallbackOutcome, DirectoryRow, ExecutionStatus } from "perdure/engine";
import { ForeignDataError, readBounded } from "../../../console/views/wire/bounded.ts";
import { type ExecutionSource, LIST_LIMIT, type Listener, type ListFilter } from "./execution-source.ts";
import { RelayClient } from "./relay-client.ts";
import { readEvents } from "../../../console/views/wire/server-events.ts";
import { type FunctionPage, readAnswer, readFunctionPage, readRows } from "./worker-answers.ts";

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

const NOT_FOUND = 404;
const API = "2025-12-01";
/** Before a stream that broke is asked for again, in ms: the first time, and at the most. */
const [RETRY_MS, LONGEST_RETRY_MS] = [1_000, 30_000];
const MOST_FUNCTION_PAGES = 100;
/** An answer that is no stream. */
const MOST_BYTES = 32_000_000;

interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export class RemoteSource implements ExecutionSource {
  readonly kind = "remote";
  readonly #options: RemoteOptions;
  readonly #relay: RelayClient;
  #names: Promise<readonly string[]> | undefined;

  /** @throws {TypeError} for an address that no Worker has. */
  constructor(options: RemoteOptions) {
    this.#options = options;
    this.#relay = new RelayClient(options.address);
  }

  close(): void {
    this.#relay.close();
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

  /** Answers the new execution's id. `input` is JSON text. */
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
    const markers = new Set<string>();
    try {
      for (let marker: string | undefined = ""; marker !== undefined; ) {
        const page: FunctionPage = await this.#functionPage(marker);
        names.push(...page.names);
        marker = page.next;
        if (marker === undefined) break;
        if (markers.has(marker) || markers.size >= MOST_FUNCTION_PAGES) {
          throw new ForeignDataError("The Worker's list of functions has no end: its pages lead to each other.");
        }
        markers.add(marker);
      }
    } catch (error) {
      if (!(error instanceof AnswerError) || error.status !== NOT_FOUND) throw error;
      throw new UnlistedFunctionsError("This Worker does not list its functions. Name them.", { cause: error });
    }
    return names;
  }

  async #functionPage(marker: string): Promise<FunctionPage> {
    const query = new URLSearchParams(marker === "" ? {} : { Marker: marker });
    return readFunctionPage(await this.#json(`/2015-03-31/functions/?${query}`));
  }

  async #listOne(functionName: string, status: ExecutionStatus | undefined): Promise<readonly DirectoryRow[]> {
    const query = new URLSearchParams({ MaxItems: String(LIST_LIMIT), ...(status && { Statuses: status }) });
    const path = `/${API}/functions/${encodeURIComponent(functionName)}/durable-executions?${query}`;
    return readRows(functionName, await this.#json(path)).slice(0, LIST_LIMIT);
  }

  /** Goes on after the last commit when the stream breaks, until the execution has ended or nobody looks any more. */
  async #follow(arn: string, { onCommit, onError }: Listener, signal: AbortSignal): Promise<void> {
    let cursor = 0;
    let retryMs = RETRY_MS;
    while (!signal.aborted) {
      try {
        const before = cursor;
        const hasEnded = await this.#stream(arn, { cursor, signal }, (seq, body) => {
          onCommit(body);
          cursor = seq;
        });
        if (hasEnded) return;
        if (cursor > before) retryMs = RETRY_MS;
      } catch (error) {
        if (signal.aborted) return;
        onError(error);
        if (!isPassing(error)) return;
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    }
  }

  /** One stream, to its end; answers whether the execution has ended. */
  async #stream(
    arn: string,
    { cursor, signal }: { readonly cursor: number; readonly signal: AbortSignal },
    onCommit: (seq: number, body: string) => void,
  ): Promise<boolean> {
    const { body } = await this.#call(`${pathOf(arn)}/events?cursor=${cursor}`, { signal });
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

  async #json(path: string): Promise<unknown> {
    return readAnswer(await this.#text(await this.#call(path)));
  }

  async #text({ body }: Response): Promise<string> {
    return readBounded(body, { what: "The Worker's answer", mostBytes: MOST_BYTES });
  }

  async #call(path: string, { method = "GET", headers = {}, body, signal }: Request = {}): Promise<Response> {
    const authorized = { ...headers, Authorization: `Bearer ${this.#options.token}` };
    const request = { path, method, headers: authorized, ...(body !== undefined && { body }) };
    const answer = await this.#relay.ask(request, signal);
    if (answer.ok) return answer;
    throw new AnswerError(answer.status, messageOf(await this.#text(answer)) ?? answer.statusText);
  }
}

function messageOf(text: string): string | undefined {
  try {
    const { message } = readAnswer(text) as { readonly message?: unknown };
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

/** True for what may be over when it is tried again: no refusal, and nothing that the Worker would send again. */
function isPassing(error: unknown): boolean {
  if (error instanceof AnswerError) return error.status >= 500 || error.status === 429;
  return error instanceof Error && error.name === "UnreachableError";
}

function pathOf(arn: string): string {
  return `/${API}/durable-executions/${encodeURIComponent(arn)}`;
}
