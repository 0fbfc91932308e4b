/** The Lambda API of an emulator, a Worker or another host. */

import { CommandError, ExitCode } from "../failures.ts";
import type { Api } from "./api.ts";
import type { Authorize } from "./authorize.ts";
import { serverSentEvents } from "./server-sent-events.ts";
import { type Answers, type Input, type Operation, textOf, TRAVELS, type Travel } from "./operations.ts";

export interface FetchApiOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly authorize: Authorize;
  /** The advice for a call that nobody answers. */
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
    // The answer to an asynchronous Invoke is in its headers.
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

  async #send(path: string, { method, headers: given = {}, body }: Sent): Promise<Response> {
    const { url, authorize, advice } = this.#options;
    const headers = new Headers(given);
    await authorize({ method, url: new URL(`${url}/${path}`), headers, body });
    let response: Response;
    try {
      response = await fetch(`${url}/${path}`, { method, headers, ...(body !== undefined && { body }) });
    } catch (cause) {
      throw new CommandError(ExitCode.UNREACHABLE, `Nobody answers at ${url}. ${advice}`, {
        cause,
        isPassing: true,
      });
    }
    if (response.ok) return response;
    throw refusal(response, await response.text());
  }
}

interface Sent {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
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
  return new CommandError(exitCode, `${name}: ${messageOf(text)}`, { isPassing: status >= 500 || status === 429 });
}

function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message : text.slice(0, 500);
  } catch {
    return text.slice(0, 500);
  }
}
