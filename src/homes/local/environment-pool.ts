/**
 * The processes of one function: as many as there are invocations at a time, up to a limit; more wait their turn. A
 * process that has answered is used again, until its code has changed.
 */

import { Environment, type EnvironmentOptions, type Told } from "./environment.ts";
import type { InvokeMessage } from "./process-messages.ts";

export interface EnvironmentPoolOptions extends EnvironmentOptions {
  /** The most processes at a time. */
  readonly most: number;
}

type Invocation = Omit<InvokeMessage, "type" | "remainingMs">;

export class EnvironmentPool {
  readonly #options: EnvironmentPoolOptions;
  readonly #idle: Environment[] = [];
  readonly #busy = new Set<Environment>();
  readonly #queue: (() => void)[] = [];
  /** Those that run code from before a change. */
  readonly #retired = new WeakSet<Environment>();
  #isClosed = false;

  constructor(options: EnvironmentPoolOptions) {
    this.#options = options;
  }

  /** Runs the handler in a process that is free, once there is one. Never rejects. */
  async invoke(invocation: Invocation): Promise<Told> {
    const environment = await this.#take();
    try {
      const loaded = await environment.loaded;
      if (loaded.type !== "loaded") {
        environment.kill();
        return loaded;
      }
      return await environment.invoke(invocation);
    } finally {
      this.#giveBack(environment);
    }
  }

  /** Later invocations get a new process; running ones come to their end in their own. */
  retire(): void {
    for (const environment of this.#idle.splice(0)) environment.kill();
    for (const environment of this.#busy) this.#retired.add(environment);
  }

  /** Ends all processes, whatever they do. */
  close(): void {
    this.#isClosed = true;
    for (const environment of [...this.#idle, ...this.#busy]) environment.kill();
  }

  async #take(): Promise<Environment> {
    while (this.#busy.size >= this.#options.most) await new Promise<void>((turn) => this.#queue.push(turn));
    let environment = this.#idle.pop();
    while (environment?.isOver === true) environment = this.#idle.pop();
    environment ??= new Environment(this.#options);
    this.#busy.add(environment);
    if (this.#isClosed) environment.kill();
    return environment;
  }

  #giveBack(environment: Environment): void {
    this.#busy.delete(environment);
    if (this.#isClosed || this.#retired.has(environment)) environment.kill();
    else if (!environment.isOver) this.#idle.push(environment);
    this.#queue.shift()?.();
  }
}
