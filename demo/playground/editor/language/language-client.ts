/**
 * The page's side of the worker that knows TypeScript. The worker's script is a megabyte to load, so it is not started
 * before there is a use for it; without it the editor still edits, and the code still runs.
 */

import type { Answer, Answered, Asked, Question, QuestionName } from "./protocol.ts";

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Postponed extends Waiting {
  readonly question: Question;
}

export class LanguageClient {
  readonly #createWorker: () => Worker;
  #worker: Worker | undefined;
  #isReady = false;
  #isLost = false;
  #calls = 0;
  readonly #waiting = new Map<number, Waiting & { readonly name: QuestionName }>();
  /** The newest question of each kind that has to wait for the one before. */
  readonly #postponed = new Map<QuestionName, Postponed>();

  constructor(createWorker: () => Worker = createLanguageWorker) {
    this.#createWorker = createWorker;
  }

  /** Whether it has answered: loading takes a while. */
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
   * is answered with undefined, as everything is when there is no worker to be had.
   */
  ask<Name extends QuestionName>(name: Name, ...asked: Asked<Name>): Promise<Answered<Name> | undefined> {
    this.#start();
    return new Promise<unknown>((resolve, reject) => {
      if (this.#isLost) return resolve(undefined);
      const question = { call: ++this.#calls, name, asked } as unknown as Question;
      if (!this.#isBusyWith(name)) return this.#send({ question, resolve, reject });
      this.#postponed.get(name)?.resolve(undefined);
      this.#postponed.set(name, { question, resolve, reject });
    }) as Promise<Answered<Name> | undefined>;
  }

  close(): void {
    this.#worker?.terminate();
    this.#lose();
  }

  #isBusyWith(name: QuestionName): boolean {
    return [...this.#waiting.values()].some((each) => each.name === name);
  }

  #send({ question, resolve, reject }: Postponed): void {
    this.#waiting.set(question.call, { name: question.name, resolve, reject });
    this.#worker?.postMessage(question);
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.call);
    if (waiting === undefined) return;
    this.#isReady = true;
    this.#waiting.delete(answer.call);
    if ("failure" in answer) waiting.reject(new Error(answer.failure));
    else waiting.resolve(answer.value);
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
