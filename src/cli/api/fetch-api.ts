/** The Lambda API of an emulator or a Worker, with a bearer token. */

import { CommandError, ExitCode } from "../failures.ts";
import type { Api } from "./api.ts";
import { serverSentEvents } from "./server-sent-events.ts";
import { type Answers, type Input, type Operation, textOf, TRAVELS, type Travel } from "./operations.ts";

export interface FetchApiOptions {
  readonly url: string;
  readonly token: string;
  /** What to do when nobody answers. */
  readonly advice: string;
}

export class FetchApi implements Api {
  readonly isAws = false;
  readonly #options: FetchApiOptions;

  constructor(options: FetchApiOptions) {
    this.#options = options;
  }

  get place(): string {
    return this.#options.url;
  }

  async call<Name extends Operation>(operation: Name, input: Input): Promise<Answers[Name]> {
    const travel = TRAVELS[operation];
    const response = await this.#send(`${travel.path(input)}${queryOf(travel, input)}`, {
      method: travel.method,
      headers: headersOf(travel, input),
      ...(travel.body !== undefined && { body: textOf(input[travel.body]) }),
    });
    const text = await response.text();
    // What an asynchronous Invoke has to say is in its headers.
    const arn = response.headers.get("x-amz-durable-execution-arn");
    if (operation === "Invoke") return { DurableExecutionArn: arn ?? undefined } as Answers[Name];
    return JSON.parse(text) as Answers[Name];
  }

  async own(path: string, body: object, method: "POST" | "DELETE" = "POST"): Promise<unknown> {
    const response = await this.#send(path, { method, ...(method === "POST" && { body: JSON.stringify(body) }) });
    return response.json();
  }

  async *commits(arn: string): AsyncGenerator<string> {
    const path = `2025-12-01/durable-executions/${encodeURIComponent(arn)}/events`;
    const { body } = await this.#send(path, { method: "GET" });
    if (body === null) return;
    for await (const { event, data } of serverSentEvents(body)) {
      if (event !== "commit") return;
      yield data;
    }
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const { url, token, advice } = this.#options;
    const headers = new Headers(init.headers);
    headers.set("Authorization", `Bearer ${token}`);
    let response: Response;
    try {
      response = await fetch(`${url}/${path}`, { ...init, headers });
    } catch (cause) {
      throw new CommandError(ExitCode.UNREACHABLE, `Nobody answers at ${url}. ${advice}`, { cause });
    }
    if (response.ok) return response;
    throw refusal(response, await response.text());
  }
}

function queryOf({ query = [] }: Travel, input: Input): string {
  const parameters = new URLSearchParams();
  for (const name of query) {
    for (const value of [input[name]].flat()) {
      if (value !== undefined) parameters.append(name, textOf(value));
    }
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

function headersOf({ headers = {} }: Travel, input: Input): Readonly<Record<string, string>> {
  const given = Object.entries(headers).filter(([member]) => input[member] !== undefined);
  return Object.fromEntries(given.map(([member, header]) => [header, textOf(input[member])]));
}

function refusal({ status, headers }: Response, text: string): CommandError {
  const name = headers.get("x-amzn-errortype") ?? `HTTP ${status}`;
  const exitCode = status === 401 || status === 403 ? ExitCode.UNREACHABLE : ExitCode.REFUSED;
  return new CommandError(exitCode, `${name}: ${messageOf(text)}`);
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message : text.slice(0, 500);
  } catch {
    return text.slice(0, 500);
  }
}
