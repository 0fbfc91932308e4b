/** The executions of a Worker, through its HTTP face. */

import type { CallbackOutcome, DirectoryRow } from "perdure/engine";
import { pauseExecution, rewindExecution } from "../../../console/api/deeds.ts";
import { executionPath, type FaceCalls, isLackingType } from "../../../console/api/face.ts";
import { type Deed, lackingText } from "../../../console/views/ui/deed-words.ts";
import { ForeignDataError, readBounded } from "../../../console/views/wire/bounded.ts";
import { type ExecutionSource, LIST_LIMIT, type ListFilter, type StartAs } from "./execution-source.ts";
import { RelayClient } from "./relay-client.ts";
import { readAnswer } from "../../../console/views/wire/fields.ts";
import { followLog, type LogListener } from "../../../console/views/wire/follow-log.ts";
import { type FunctionPage, readFunctionPage, readRows } from "./worker-answers.ts";

export interface RemoteOptions {
  /** The Worker's address. */
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
  /** As AWS names it; empty if the Worker names it not. */
  readonly type: string;

  constructor({ status, headers }: Response, message: string) {
    super(`The Worker answered ${status}: ${message}`);
    this.status = status;
    this.type = headers.get("x-amzn-errortype") ?? "";
  }
}

const NOT_FOUND = 404;
const API = "2025-12-01";
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
  readonly #face: FaceCalls = { call: (path, request) => this.#call(path, request) };
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

  async list(filter: ListFilter): Promise<readonly DirectoryRow[]> {
    const { functionName } = filter;
    const names = functionName === undefined ? await this.functionNames() : [functionName];
    const lists = await Promise.all(names.map((name) => this.#listOne(name, filter)));
    return lists.flat().toSorted((a, b) => b.startedAt - a.startedAt);
  }

  watch(executionId: string, listener: LogListener): () => void {
    const leave = new AbortController();
    const open = async (cursor: number, signal: AbortSignal): Promise<Response["body"]> =>
      (await this.#call(executionPath(executionId, `/events?cursor=${cursor}`), { signal })).body;
    void followLog({ open, isPassing }, listener, leave.signal);
    return () => leave.abort();
  }

  /** Answers the new execution's id. `input` is JSON text. */
  async start(functionName: string, input: string, { tags, startAt }: StartAs = {}): Promise<string> {
    const answer = await this.#call(`/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`, {
      method: "POST",
      headers: {
        "X-Amz-Invocation-Type": "Event",
        ...(tags !== undefined && { "X-Perdure-Tags": new URLSearchParams(tags).toString() }),
        ...(startAt !== undefined && { "X-Perdure-Start-At": new Date(startAt).toISOString() }),
      },
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
    await this.#call(executionPath(executionId, "/stop"), { method: "POST" });
  }

  async resume(executionId: string): Promise<void> {
    await this.#call(executionPath(executionId, "/resume"), { method: "POST" });
  }

  pause(executionId: string): Promise<void> {
    return known("pause", pauseExecution(this.#face, executionId));
  }

  rewind(executionId: string, operationId: string): Promise<void> {
    return known("rewind", rewindExecution(this.#face, executionId, { operationId }));
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

  async #listOne(functionName: string, { status, tag }: ListFilter): Promise<readonly DirectoryRow[]> {
    const query = new URLSearchParams({
      MaxItems: String(LIST_LIMIT),
      ...(status && { Statuses: status }),
      ...(tag && { Tag: tag.join("=") }),
    });
    const path = `/${API}/functions/${encodeURIComponent(functionName)}/durable-executions?${query}`;
    return readRows(functionName, await this.#json(path)).slice(0, LIST_LIMIT);
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
    throw new AnswerError(answer, messageOf(await this.#text(answer)) ?? answer.statusText);
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

/** A call that older Workers do not have. */
async function known(deed: Deed, call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    const isLacking = error instanceof AnswerError && isLackingType(error.type);
    throw isLacking ? new Error(lackingText(deed), { cause: error }) : error;
  }
}
