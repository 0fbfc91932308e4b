/**
 * A process that runs one function, one invocation at a time, as an environment of Lambda does. It may end at any moment,
 * by itself or because its time is over: whoever waits for it is told, and nothing else happens.
 */

import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Failure } from "../../engine/model/failure.ts";
import type { InvokeMessage, ProcessMessage } from "./process-messages.ts";

export interface EnvironmentOptions {
  readonly file: string;
  /** Empty to be told what the file exports. */
  readonly exportName: string;
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The longest time of an invocation, in ms. */
  readonly timeoutMs: number;
  /**
   * Given each line that it writes, and the events of the invocations that may have written it: the newest one, and the one
   * before, since a line may arrive behind the answer.
   */
  readonly onLine: (line: string, events: readonly unknown[]) => void;
}

/** The message that a process sent, or the failure that ended it. */
export type Told = ProcessMessage | { readonly type: "ended"; readonly error: Failure };

type Loaded = Extract<ProcessMessage, { type: "loaded" | "unusable" }> | Extract<Told, { type: "ended" }>;

const PROGRAM = fileURLToPath(new URL(`./function-process${extname(import.meta.url)}`, import.meta.url));

/** The longest time that a module may take to load, in ms. */
const LOAD_MS = 120_000;

/** Lambda's names of what ended before it had answered. */
const EXIT_ERROR = "Runtime.ExitError";
const TIMEOUT_ERROR = "Sandbox.Timedout";

export class Environment {
  /** The loaded module, or the failure to load it. Never rejects. */
  readonly loaded: Promise<Loaded>;
  readonly #options: EnvironmentOptions;
  readonly #child: ChildProcess;
  #listener: ((told: Told) => void) | undefined;
  #last: Told | undefined;
  #isOver = false;
  /** The newest one first. */
  #events: readonly unknown[] = [];

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    this.#child = fork(PROGRAM, [options.file, options.exportName], {
      env: { ...options.env },
      // Its own flags are for the emulator: a debugger's port can be taken once.
      execArgv: process.execArgv.filter((flag) => !flag.startsWith("--inspect")),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      readLines(stream, (line) => options.onLine(line, this.#events));
    }
    this.#child.on("message", (message) => this.#told(message as ProcessMessage));
    this.#child.on("error", (error) => this.#ended({ errorType: EXIT_ERROR, errorMessage: error.message }));
    this.#child.on("exit", (code, signal) => this.#ended(exitFailure(code, signal)));
    this.loaded = this.#next("loading the module", LOAD_MS) as Promise<Loaded>;
  }

  /** True once the process has ended, or is being ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Runs the handler once. Not to be called again before it has answered. */
  invoke(message: Omit<InvokeMessage, "type" | "remainingMs">): Promise<Told> {
    const answer = this.#next("the invocation", this.#options.timeoutMs);
    this.#events = [message.event, ...this.#events.slice(0, 1)];
    if (!this.#isOver) this.#child.send({ ...message, type: "invoke", remainingMs: this.#options.timeoutMs });
    return answer;
  }

  /** Ends it as a crash would. */
  kill(): void {
    this.#isOver = true;
    this.#child.kill("SIGKILL");
  }

  /** The next word of the process, or of its end. */
  #next(what: string, timeoutMs: number): Promise<Told> {
    const { promise, resolve } = Promise.withResolvers<Told>();
    if (this.#isOver && this.#last !== undefined) return Promise.resolve(this.#last);
    const timer = setTimeout(() => this.#late(what, timeoutMs), timeoutMs);
    this.#listener = (told) => {
      clearTimeout(timer);
      this.#listener = undefined;
      resolve(told);
    };
    return promise;
  }

  #told(told: Told): void {
    this.#listener?.(told);
  }

  #late(what: string, timeoutMs: number): void {
    const errorMessage = `Task timed out after ${timeoutMs / 1000} seconds: ${what} took longer, and the process was ended (--timeout).`;
    this.#ended({ errorType: TIMEOUT_ERROR, errorMessage });
    this.kill();
  }

  #ended(error: Failure): void {
    this.#isOver = true;
    this.#last ??= { type: "ended", error };
    this.#told(this.#last);
  }
}

function exitFailure(code: number | null, signal: NodeJS.Signals | null): Failure {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const memory = signal === "SIGABRT" || code === 134 ? ", probably for want of memory" : "";
  return { errorType: EXIT_ERROR, errorMessage: `The process of the function ended with ${how}${memory}.` };
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", onLine);
}
