/** An execution whose handler runs elsewhere and holds its checkpoint token: the test is that handler. */

import { systemHost } from "../../src/adapters/hosts/system-host.ts";
import { MemoryAlarm } from "../../src/adapters/memory/memory-alarm.ts";
import { MemoryStore } from "../../src/adapters/memory/memory-store.ts";
import type { FunctionOutput, InvocationRequest, RunningInvocation } from "../../src/engine/runner/function.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import { formatExecutionArn } from "../../src/lambda-compat/arn.ts";
import type { Credential } from "../../src/lambda-compat/http/credentials.ts";
import { KeptLogs } from "../../src/lambda-compat/http/kept-logs.ts";
import { createHttpFace, type HttpFaceOptions } from "../../src/lambda-compat/http/face.ts";

export const BEARER = "the-token";
const NAME = "h-1";

/** What the face answers. */
export interface Answered {
  readonly status: number;
  /** The name of the exception, if it is one. */
  readonly code: string | null;
  readonly body: Record<string, unknown>;
}

export interface HeldOptions {
  readonly credentials?: readonly Credential[];
  readonly options?: HttpFaceOptions;
}

export class HeldExecution {
  readonly runner: Runner;
  readonly face: (request: Request) => Promise<Response>;
  /** What the face told the host. */
  readonly failures: unknown[] = [];
  arn = "";
  /** The first token of the invocation. */
  token = "";
  /** Ends the invocation. */
  end: (output: FunctionOutput) => void = () => {};

  private constructor({ credentials, options }: HeldOptions) {
    const host = systemHost();
    const alarm: MemoryAlarm = new MemoryAlarm({ host, wake: (id) => this.runner.wake(id) });
    const held = { kind: "durable", invoke: (request: InvocationRequest) => this.#hold(request) } as const;
    const versions = { latest: "$LATEST", versions: new Map([["$LATEST", held]]) };
    this.runner = new Runner({
      store: new MemoryStore(),
      alarm,
      host,
      functions: new Map([["held", versions]]),
      arnOf: (header) => formatExecutionArn(header),
    });
    this.face = createHttpFace({
      client: this.runner,
      logs: new KeptLogs(),
      credentials: credentials ?? [{ id: "worker", rights: ["admin"], bearer: BEARER }],
      options: { onError: (error) => this.failures.push(error), ...options },
    });
  }

  /** Resolves once the handler runs. */
  static async start(options: HeldOptions = {}): Promise<HeldExecution> {
    const held = new HeldExecution(options);
    const { execution } = await held.runner.start({ functionName: "held", name: NAME, input: "{}" });
    held.arn = formatExecutionArn(execution);
    while (held.token === "") await new Promise((next) => setTimeout(next, 1));
    return held;
  }

  get path(): string {
    return `/2025-12-01/durable-executions/${encodeURIComponent(this.arn)}`;
  }

  async ask(path: string, init: RequestInit = {}, bearer = BEARER): Promise<Answered> {
    const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${bearer}` };
    const response = await this.face(new Request(`http://localhost${path}`, { ...init, headers }));
    const text = await response.text();
    const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, code: response.headers.get("x-amzn-errortype"), body };
  }

  /** With the newest token, and takes over the next one. */
  async checkpoint(updates: unknown, token: unknown = this.token): Promise<Answered> {
    const body = JSON.stringify({ CheckpointToken: token, Updates: updates });
    const answer = await this.ask(`${this.path}/checkpoint`, { method: "POST", body });
    const next = answer.body["CheckpointToken"];
    if (typeof next === "string") this.token = next;
    return answer;
  }

  /** Whether it is still there, and neither has ended nor is halted. */
  async runs(): Promise<boolean> {
    const header = await this.runner.describe(`held/${NAME}`).catch(() => undefined);
    return header?.status === "RUNNING" && header.halt === undefined;
  }

  close(): void {
    this.end({ status: "SUCCEEDED" });
    this.runner.close();
  }

  #hold(request: InvocationRequest): RunningInvocation {
    // Others are begun by a fork, or under another name.
    if (request.header.name === NAME) this.token = request.token;
    const output = new Promise<FunctionOutput>((resolve) => {
      this.end = resolve;
    });
    return { output, absorb: () => false, leaveOff: () => false, abandon: () => {} };
  }
}
