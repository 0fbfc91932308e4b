/** What is between the queue and the functions: messages come twice, late, in another order, to processes that die, or not at all. */

import type { Message } from "@aws-sdk/client-sqs";
import { done, recordOf } from "../../../scripts/local-aws/queue-mapping.ts";
import type { Faults } from "../../../src/testing/chaos/faults.ts";
import type { History } from "./history.ts";
import type { LambdaProcess } from "./lambda-process.ts";
import type { Services } from "./services.ts";

export interface DeliveriesOptions {
  readonly services: Services;
  readonly faults: Faults;
  readonly history: History;
  readonly choose: () => LambdaProcess | undefined;
  readonly onFailure: (error: unknown) => void;
}

const LOST = 0.04;
const LATE = 0.06;
const DOUBLED = 0.08;
const UNHEARD = 0.04;
const POLLERS = 3;
const PAUSE_MS = 100;

export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #pollers: readonly Promise<void>[];
  #isStopped = false;
  #calls = 0;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#pollers = Array.from({ length: POLLERS }, () => this.#poll());
  }

  /** Whether a call is under way. */
  get isBusy(): boolean {
    return this.#calls > 0;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#pollers);
  }

  async #poll(): Promise<void> {
    const { services, onFailure } = this.#options;
    while (!this.#isStopped) {
      try {
        const messages = await services.sqs.receive(services.queue.url, 1);
        if (messages.length > 0) await this.#deliver(messages);
      } catch (error) {
        onFailure(error);
      }
    }
  }

  async #deliver(messages: readonly Message[]): Promise<void> {
    const { services, faults, history } = this.#options;
    const { sqs, queue } = services;
    const lost = messages.filter(() => faults.happens("message lost", LOST));
    await sqs.delete(queue.url, lost);
    const kept = messages.filter((message) => !lost.includes(message) && !faults.happens("message late", LATE));
    const doubled = kept.filter(() => faults.happens("message doubled", DOUBLED));
    history.tell(`received ${told(messages)}; lost ${told(lost)}; now ${told(kept)}; twice ${told(doubled)}`);
    const batches = [kept, doubled].filter(({ length }) => length > 0);
    await Promise.all(batches.map((batch) => this.#call(batch.toSorted(() => faults.random.below(3) - 1))));
  }

  async #call(messages: readonly Message[]): Promise<void> {
    const { services, faults, choose, history } = this.#options;
    const process = choose();
    // Nothing is deleted: they come again.
    if (process === undefined) return pause();
    this.#calls++;
    history.tell(`${process.name} is called with ${told(messages)}`);
    const answer = await process.call(messages.map(recordOf)).finally(() => this.#calls--);
    history.tell(`${process.name} answers ${JSON.stringify(answer)} to ${told(messages)}`);
    if (answer === undefined || faults.happens("call unheard", UNHEARD)) return;
    await services.sqs.delete(services.queue.url, done(messages, answer));
  }
}

function told(messages: readonly Message[]): string {
  return `[${messages.map(({ MessageId, Body }) => `${MessageId} ${Body}`).join(", ")}]`;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
