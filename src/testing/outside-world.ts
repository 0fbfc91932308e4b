import type { CallbackOperation } from "../engine/model/operation.ts";
import type { Host } from "../engine/ports/host.ts";
import { type CallbackOutcome, ClientError, ClientErrorCode, type ExecutionClient } from "../engine/runner/client.ts";
import type { Ledger } from "./ledger.ts";
import type { SimulatedSystem, SystemProcess } from "./simulated-system.ts";

/** The pause after a request that failed, in ms. */
const RETRY_MS = 1_000;

/** An execution that the outside starts. */
export interface StartedExecution {
  /** The function to start. */
  readonly functionName: string;
  /** The execution's name. */
  readonly name: string;
  /** The event, as JSON text. */
  readonly input?: string;
}

/** The outside's answer to a callback; undefined for none. */
export type Answer = (callback: CallbackOperation) => Exclude<CallbackOutcome, { type: "HEARTBEAT" }> | undefined;

export interface OutsideOptions {
  readonly system: SimulatedSystem;
  readonly ledger: Ledger;
  readonly starts: readonly StartedExecution[];
  readonly answer?: Answer;
}

interface Request {
  readonly send: (client: ExecutionClient) => Promise<unknown>;
  /** The process that was asked last; another one is asked if it is gone. */
  askedOf: SystemProcess | undefined;
  isDone: boolean;
}

/**
 * The client that starts executions and completes callbacks: outside all processes, so that no crash touches it. It
 * repeats a request until it is answered, as a client of a network service has to.
 */
export class OutsideWorld {
  readonly failures: unknown[] = [];
  readonly #options: OutsideOptions;
  readonly #host: Host;
  readonly #requests = new Map<string, Request>();

  constructor(options: OutsideOptions) {
    this.#options = options;
    this.#host = options.system.clock.host();
    for (const { functionName, name, input } of options.starts) {
      const request = { functionName, name, ...(input !== undefined && { input }) };
      this.#ask(`start ${functionName}/${name}`, (client) => client.start(request));
    }
  }

  get executionIds(): readonly string[] {
    return this.#options.starts.map(({ functionName, name }) => `${functionName}/${name}`);
  }

  /** True once every execution has ended or halted and the directory says so. */
  get isOver(): boolean {
    const { ledger, system } = this.#options;
    return this.executionIds.every((id) => {
      const { header } = ledger.view(id).state;
      const row = system.disk.row(id);
      if (header.id === "" || row === undefined) return false;
      if (header.halt !== undefined) return row.halted === true;
      return header.status !== "RUNNING" && row.status === header.status;
    });
  }

  /** The requests that were not answered yet, in words. */
  get unanswered(): readonly string[] {
    return [...this.#requests].filter(([, { isDone }]) => !isDone).map(([key]) => key);
  }

  /** True if somebody has to be asked. */
  hasNews(process: SystemProcess): boolean {
    this.#lookForCallbacks();
    return [...this.#requests.values()].some((request) => isOpen(request, process));
  }

  /** Asks everything that is not answered yet. */
  pursue(process: SystemProcess): void {
    for (const [key, request] of this.#requests) {
      if (!isOpen(request, process)) continue;
      request.askedOf = process;
      request.send(process.runner).then(
        () => void (request.isDone = true),
        (error: unknown) => this.#failed(key, request, error),
      );
    }
  }

  #failed(key: string, request: Request, error: unknown): void {
    const isClosed = error instanceof ClientError && error.code === ClientErrorCode.CALLBACK_CLOSED;
    if (isClosed) request.isDone = true;
    else if (error instanceof ClientError) this.failures.push(`${key}: ${error.message}`);
    else this.#host.timer(this.#host.now() + RETRY_MS, () => void (request.askedOf = undefined));
  }

  #lookForCallbacks(): void {
    const { answer, ledger, system } = this.#options;
    if (answer === undefined) return;
    // Those that other executions have started are among them.
    for (const { id } of system.disk.list({ limit: 1000 })) {
      for (const callback of ledger.view(id).openCallbacks) {
        const key = `callback ${id} ${callback.id}`;
        const outcome = this.#requests.has(key) ? undefined : answer(callback);
        if (outcome !== undefined) this.#ask(key, (client) => client.completeCallback(callback.callbackId, outcome));
      }
    }
  }

  #ask(key: string, send: Request["send"]): void {
    this.#requests.set(key, { send, askedOf: undefined, isDone: false });
  }
}

function isOpen(request: Request, process: SystemProcess): boolean {
  return !request.isDone && request.askedOf !== process;
}
