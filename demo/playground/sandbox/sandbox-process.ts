/**
 * One life of the sandboxed worker, from the page: a frame with an origin of its own, a worker in it, and a port. The
 * frame is what makes the code harmless (it reaches neither this site's storage nor its cookies); the worker is what
 * makes it killable, also in an endless loop.
 */

import { type StartRequest, StorageFullError } from "perdure/engine";
import type { StorePort } from "../source/store-port.ts";
// oxlint-disable-next-line import/default -- the bundler makes a module of the worker's address
import engineUrl from "./engine.worker.ts?worker&url";
import { fieldsOf, readMessage, readName, readText, whole } from "./from-worker.ts";
import type {
  Began,
  FromWorker,
  LoadedFunction,
  LogLine,
  Opening,
  ProgramFailure,
  Reached,
  ReplayOptions,
  Thrown,
  ToWorker,
} from "./protocol.ts";

export interface SandboxEvents {
  readonly onBegan: (began: Began) => void;
  readonly onReached: (reached: Reached) => void;
  readonly onRan: (executionId: string, operationId: string) => void;
  readonly onTrouble: (executionId: string, message: string) => void;
  readonly onSaid: (line: LogLine) => void;
  readonly onThrew: (thrown: Thrown) => void;
}

export interface SandboxOptions {
  readonly port: StorePort;
  readonly events: SandboxEvents;
  /** Its code cannot ask any other computer for anything. */
  readonly isOffline: boolean;
}

export interface LoadReport {
  readonly functions: readonly LoadedFunction[];
  readonly failures: readonly ProgramFailure[];
}

export type { ReplayOptions } from "./protocol.ts";

export interface ReplayAnswer {
  readonly matches: boolean;
  readonly seq?: number;
  readonly difference?: string;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class SandboxProcess {
  readonly #port: StorePort;
  readonly #events: SandboxEvents;
  readonly #frame: HTMLIFrameElement;
  readonly #channel = new MessageChannel();
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready = Promise.withResolvers<LoadReport>();
  #calls = 0;
  #isKilled = false;

  constructor({ port, events, isOffline }: SandboxOptions) {
    this.#port = port;
    this.#events = events;
    this.#frame = document.createElement("iframe");
    this.#frame.setAttribute("sandbox", "allow-scripts");
    this.#frame.title = "Sandbox";
    this.#frame.hidden = true;
    this.#frame.src = new URL(isOffline ? "sandbox-offline.html" : "sandbox.html", document.baseURI).href;
    this.#ready.promise.catch(() => undefined);
    this.#channel.port1.onmessage = ({ data }: MessageEvent<unknown>) => this.#take(readMessage(data));
  }

  /** Starts the worker with some programs; if it is to run them, it takes up every execution that runs. */
  async open(opening: Opening): Promise<LoadReport> {
    const isLoaded = new Promise((resolve) => this.#frame.addEventListener("load", resolve, { once: true }));
    document.body.append(this.#frame);
    const [script] = await Promise.all([engineScript(), isLoaded]);
    this.#frame.contentWindow?.postMessage({ script }, "*", [this.#channel.port2]);
    this.#send({ type: "open", ...opening });
    return this.#ready.promise;
  }

  start(request: StartRequest): Promise<string> {
    return this.#call(readName, (call) => ({ type: "start", call, request }));
  }

  replay(log: readonly string[], options: ReplayOptions): Promise<ReplayAnswer> {
    return this.#call(replayAnswerOf, (call) => ({ type: "replay", call, log, options }));
  }

  wake(executionId: string): void {
    this.#send({ type: "wake", executionId });
  }

  setClock(aheadMs: number): void {
    this.#send({ type: "clock", aheadMs });
  }

  /** Ends it at once. What it has not written is lost. */
  kill(): void {
    if (this.#isKilled) return;
    this.#isKilled = true;
    this.#frame.remove();
    this.#channel.port1.close();
    const gone = new Error("The worker was killed.");
    this.#ready.reject(gone);
    for (const { reject } of this.#waiting.values()) reject(gone);
    this.#waiting.clear();
  }

  #take(message: FromWorker | undefined): void {
    if (this.#isKilled || message === undefined) return;
    switch (message.type) {
      case "ready":
        return this.#ready.resolve(message);
      case "store":
        return void this.#serve(message);
      case "answer":
        return this.#settle(message.call)?.resolve(message.value);
      case "failure":
        return this.#settle(message.call)?.reject(new Error(message.message));
      default:
        return this.#tell(message);
    }
  }

  #tell(message: Exclude<FromWorker, { type: "ready" | "store" | "answer" | "failure" }>): void {
    switch (message.type) {
      case "began":
        return this.#events.onBegan(message);
      case "reached":
        return this.#events.onReached(message);
      case "ran":
        return this.#events.onRan(message.executionId, message.id);
      case "said":
        return this.#events.onSaid(message);
      case "threw":
        return this.#events.onThrew(message);
      case "trouble":
        return this.#events.onTrouble(message.executionId, message.message);
    }
  }

  async #serve({ call, method, args }: Extract<FromWorker, { type: "store" }>): Promise<void> {
    try {
      const value = await this.#port.serve(method, args);
      this.#send({ type: "stored", call, value });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#send({ type: "refused", call, message, isFull: error instanceof StorageFullError });
    }
  }

  /** Rejects if the answer is none that `read` takes. */
  async #call<T>(read: (answer: unknown) => T, message: (call: number) => ToWorker): Promise<T> {
    const call = ++this.#calls;
    const answer = await new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#send(message(call));
    });
    return read(answer);
  }

  #settle(call: number): Waiting | undefined {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    return waiting;
  }

  #send(message: ToWorker): void {
    if (!this.#isKilled) this.#channel.port1.postMessage(message);
  }
}

function replayAnswerOf(value: unknown): ReplayAnswer {
  const { matches, seq, difference } = fieldsOf(value);
  return {
    matches: matches === true,
    ...(seq !== undefined && { seq: whole(seq) }),
    ...(difference !== undefined && { difference: readText(difference) }),
  };
}

let script: Promise<string> | undefined;

/** The engine as text: a frame with an origin of its own cannot load it from this one. */
function engineScript(): Promise<string> {
  script ??= fetch(new URL(engineUrl, document.baseURI)).then((response) => response.text());
  return script;
}
