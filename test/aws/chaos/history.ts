/**
 * All that happened in one run, in order: what its story tells, each request to a service with its answer, each call of a
 * function, and in the end what the services hold. Far too long to print: a run that has failed leaves it in a file.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Services } from "./services.ts";

/** A request of a process, as it is on its way to a service. */
export interface Sent {
  readonly process: string;
  /** The name of the operation, and of what. */
  readonly what: string;
  readonly body: unknown;
}

const MOST_LINES = 100_000;
const LONGEST_TEXT = 1200;

export class History {
  readonly #now: () => number;
  readonly #start: number;
  readonly #realStart = Date.now();
  readonly #lines: string[] = [];
  #requests = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#start = now();
  }

  /** With the time of the simulated clock, and that of the machine. */
  tell(what: string): void {
    if (this.#lines.length >= MOST_LINES) return;
    const seconds = (ms: number): string => (ms / 1000).toFixed(3);
    const real = seconds(Date.now() - this.#realStart);
    this.#lines.push(`+${seconds(this.#now() - this.#start)} s (${real} s): ${shortened(what)}`);
  }

  /** A request is on its way. What it answers with takes what became of it. */
  sent({ process, what, body }: Sent): (outcome: string) => void {
    const name = `${process} request ${++this.#requests} ${what}`;
    this.tell(`${name}: ${textOf(body)}`);
    return (outcome) => this.tell(`${name}: ${outcome}`);
  }

  /** What the table, the queues and the schedules hold when everything is over. */
  async tellWhatIsLeft(services: Services): Promise<void> {
    const { dynamodb, sqs, scheduler, table, queue } = services;
    const { Items = [] } = await dynamodb.client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
    for (const item of Items) this.tell(`the table has ${JSON.stringify(item, withoutBytes)}`);
    for (const url of [queue.url, queue.deadLetterUrl]) this.tell(`${url} has ${await sqs.size(url)} messages`);
    this.tell(`schedules to come: ${scheduler.names.join(", ") || "none"}`);
  }

  /** Writes it to a file of this name below the folder, and answers with its path. */
  keep(folder: string, name: string, account: string): string {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.txt`);
    writeFileSync(path, `${account}\n\nAll that happened:\n${this.#lines.join("\n")}\n`);
    return path;
  }
}

export function textOf(body: unknown): string {
  if (body instanceof Uint8Array) return new TextDecoder("latin1").decode(body);
  return typeof body === "string" ? body : "";
}

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)`;
}

function withoutBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? `${value.byteLength} bytes` : value;
}
