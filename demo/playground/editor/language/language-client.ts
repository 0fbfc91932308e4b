/**
 * The page's side of the worker that knows TypeScript. The worker's script is a megabyte to load, so it is not started
 * before there is a use for it; without it the editor still edits, and the code still runs.
 */

import type { Answer, Answered, Asked, Question, QuestionName } from "./protocol.ts";

export interface LanguageClientOptions {
  readonly createWorker?: () => Worker;
  /** Told of questions that TypeScript broke off at. The global's `reportError` by default. */
  readonly onFailure?: (error: Error) => void;
}

type Resolve = (value: unknown) => void;

interface Postponed {
  readonly question: Question;
  readonly resolve: Resolve;
}

export class LanguageClient {
  readonly #createWorker: () => Worker;
  readonly #onFailure: (error: Error) => void;
  #worker: Worker | undefined;
  #isReady = false;
  #isLost = false;
  #calls = 0;
  readonly #waiting = new Map<number, { readonly name: QuestionName; readonly resolve: Resolve }>();
  /** The newest question of each kind that has to wait for the one before. */
  readonly #postponed = new Map<QuestionName, Postponed>();

  constructor({ createWorker = createLanguageWorker, onFailure }: LanguageClientOptions = {}) {
    this.#createWorker = createWorker;
    this.#onFailure = onFailure ?? ((error) => reportError(error));
  }

  /** True once the worker has answered: loading takes a while. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Starts the worker, and resolves when it answers or is not to be had. */
  async ready(): Promise<void> {
    await this.ask("check", "");
  }

  #start(): void {
    if (this.#worker !== undefined) return;
    this.#worker = this.#createWorker();
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    this.#worker.onerror = (event) => {
      // Nothing can be done about a script that does not load, and nothing depends on it.
      event.preventDefault();
      this.#lose();
    };
  }

  /**
   * Asks, starting the worker if need be. One question of a kind is under way at a time and one waits; what waited before it
   * is answered with undefined, and so is what TypeScript broke off at, and everything when there is no worker to be had.
   */
  ask<Name extends QuestionName>(name: Name, ...asked: Asked<Name>): Promise<Answered<Name> | undefined> {
    this.#start();
    return new Promise<unknown>((resolve) => {
      if (this.#isLost) return resolve(undefined);
      const question = { call: ++this.#calls, name, asked } as unknown as Question;
      if (!this.#isBusyWith(name)) return this.#send({ question, resolve });
      this.#postponed.get(name)?.resolve(undefined);
      this.#postponed.set(name, { question, resolve });
    }) as Promise<Answered<Name> | undefined>;
  }

  #isBusyWith(name: QuestionName): boolean {
    return [...this.#waiting.values()].some((each) => each.name === name);
  }

  #send({ question, resolve }: Postponed): void {
    this.#waiting.set(question.call, { name: question.name, resolve });
    this.#worker?.postMessage(question);
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.call);
    if (waiting === undefined) return;
    this.#isReady = true;
    this.#waiting.delete(answer.call);
    if ("failure" in answer) this.#onFailure(new Error(answer.failure));
    waiting.resolve("failure" in answer ? undefined : answer.value);
    const next = this.#postponed.get(waiting.name);
    this.#postponed.delete(waiting.name);
    if (next !== undefined) this.#send(next);
  }

  #lose(): void {
    this.#isLost = true;
    this.#isReady = false;
    for (const { resolve } of [...this.#waiting.values(), ...this.#postponed.values()]) resolve(undefined);
    this.#waiting.clear();
    this.#postponed.clear();
  }
}

function createLanguageWorker(): Worker {
  return new Worker(new URL("./language.worker.ts", import.meta.url), { name: "TypeScript" });
}
