/**
 * Judges what a site's executions did from outside: by the logs as pages give them while they run, and by the requests
 * that the server has counted. Both are in the order in which they came to the one process that hosts the tests.
 */

import { decodeCommit, emptyState, type ExecutionState, fold, isSettled } from "perdure/engine";
import { replayLog } from "perdure/testing";
import type { SiteServer } from "./site-server.ts";
import { chaosWorkflows } from "./site/chaos-workflows.ts";

export interface Started {
  readonly functionName: string;
  readonly name: string;
  readonly input: number;
}

/** A time during which something happened that may cut off what runs, as numbers of requests that had come. */
interface Disturbance {
  readonly from: number;
  to: number;
}

export interface AuditOptions {
  /** Without Web Locks two tabs may run the same steps for a while: then only the log decides whose count. */
  readonly hasLocks: boolean;
}

export class ChaosAudit {
  /** What is not as it must be, in words. */
  readonly complaints: string[] = [];
  readonly #site: SiteServer;
  readonly #hasLocks: boolean;
  readonly #logs = new Map<string, readonly string[]>();
  /** By target: how many requests had come when its step was known to be recorded. */
  readonly #recorded = new Map<string, number>();
  readonly #answers = new Map<string, string>();
  readonly #disturbances: Disturbance[] = [];

  constructor(site: SiteServer, { hasLocks }: AuditOptions) {
    this.#site = site;
    this.#hasLocks = hasLocks;
  }

  /** Takes note of the logs as they are: what was seen of a log stays. */
  look(logs: Readonly<Record<string, readonly string[]>>): void {
    const after = this.#site.log.calls.length;
    for (const id of this.#logs.keys()) if (logs[id] === undefined) this.#complain(`${id} is gone`);
    for (const [id, log] of Object.entries(logs)) {
      const before = this.#logs.get(id) ?? [];
      if (before.some((body, at) => body !== log[at])) this.#complain(`the log of ${id} begins otherwise than it did`);
      this.#logs.set(id, log);
      if (log.length > before.length) this.#noteSteps(stateOf(log), after);
    }
  }

  /** A callback was completed, and whoever did so was told that it is. */
  answered(callbackId: string, result: string): void {
    if (this.#answers.has(callbackId)) this.#complain(`the callback ${callbackId} was completed twice`);
    this.#answers.set(callbackId, result);
  }

  /** Something is done from now on that may cut off what runs, until the answer is called. */
  disturb(): () => void {
    const disturbance = { from: this.#site.log.calls.length, to: Number.POSITIVE_INFINITY };
    this.#disturbances.push(disturbance);
    return () => {
      disturbance.to = this.#site.log.calls.length;
    };
  }

  /** What has not come to its end, in words. */
  open(logs: Readonly<Record<string, readonly string[]>>): string[] {
    const states = Object.values(logs).map(stateOf);
    const running = states.filter(({ header }) => header.status === "RUNNING");
    return running.map(({ header, seq, operations }) => {
      const open = [...operations.values()].filter(({ status }) => !isSettled(status));
      return `${header.id}, commit ${seq}: ${JSON.stringify([header.halt, open])}`;
    });
  }

  /** Once everything has come to its end. */
  async judge(started: readonly Started[]): Promise<void> {
    for (const each of started) this.#judgeOutcome(each);
    for (const [id, log] of this.#logs) await this.#judgeReplay(id, log);
    this.#judgeAnswers();
    this.#judgeRequests();
  }

  #complain(complaint: string): void {
    this.complaints.push(complaint);
  }

  #noteSteps(state: ExecutionState, after: number): void {
    for (const { type, status, name } of state.operations.values()) {
      if (type !== "STEP" || status !== "SUCCEEDED") continue;
      const target = `${state.header.name}/${name}`;
      if (!this.#recorded.has(target)) this.#recorded.set(target, after);
    }
  }

  #judgeOutcome({ functionName, name, input }: Started): void {
    const { header } = stateOf(this.#logs.get(`${functionName}/${name}`) ?? []);
    const result = JSON.parse(header?.result ?? "[]") as unknown[];
    const expected = outcomes[functionName]?.(name, input) ?? [];
    const isRight =
      result.length === expected.length && expected.every((pattern, at) => pattern.test(String(result[at])));
    if (header?.status !== "SUCCEEDED" || !isRight) this.#complain(`${name}: ${JSON.stringify(header)}`);
    else if (functionName === "contest") this.#judgeContest(name, result);
  }

  /** What came second has never come first, in no replay. */
  #judgeContest(name: string, [winner]: readonly unknown[]): void {
    const other = winner === "limit" ? "won-by-answer" : "won-by-limit";
    if (this.#site.asked(name)[other] !== undefined) this.#complain(`${name}: ${other}, and ${String(winner)}`);
  }

  async #judgeReplay(id: string, log: readonly string[]): Promise<void> {
    const handler = chaosWorkflows[stateOf(log).header.functionName];
    if (handler === undefined) return this.#complain(`${id} is of no workflow`);
    const report = await replayLog(log, handler, { fromEveryCommit: true });
    if (!report.matches) this.#complain(`${id} is not replayed: commit ${report.seq}, ${report.difference}`);
  }

  #judgeAnswers(): void {
    const results = new Map<string, string | undefined>();
    for (const log of this.#logs.values()) {
      for (const operation of stateOf(log).operations.values()) {
        if (operation.type === "CALLBACK") results.set(operation.callbackId, operation.result);
      }
    }
    for (const [callbackId, result] of this.#answers) {
      const recorded = results.get(callbackId);
      if (recorded !== result) this.#complain(`${callbackId} was completed with ${result}, and has ${recorded}`);
    }
  }

  /** No step ran after it was recorded; none ran twice with nothing in between; at most once is at most once. */
  #judgeRequests(): void {
    const requests = new Map<string, number[]>();
    for (const [at, { operation, target }] of this.#site.log.calls.entries()) {
      if (operation === "step") requests.set(target, [...(requests.get(target) ?? []), at]);
    }
    for (const [target, at] of requests) {
      if (target.includes("once") && at.length > 1) this.#complain(`${target}: requests ${at.join()}`);
      if (!this.#hasLocks) continue;
      const recorded = this.#recorded.get(target) ?? Number.POSITIVE_INFINITY;
      const late = at.filter((request) => request >= recorded);
      if (late.length > 0) this.#complain(`${target}: requests ${late.join()} after it was recorded at ${recorded}`);
      const unexplained = target.includes("flaky") ? [] : this.#unexplained(at);
      if (unexplained.length > 0) this.#complain(`${target}: requests ${unexplained.join()} for no reason`);
    }
  }

  #unexplained(requests: readonly number[]): number[] {
    return requests.filter((at, index) => {
      const before = requests[index - 1];
      return before !== undefined && !this.#disturbances.some(({ from, to }) => from <= at && to >= before);
    });
  }
}

const answer = (target: string): RegExp => new RegExp(`^${target} \\d+$`);
const range = (length: number): number[] => Array.from({ length }, (_, at) => at);

/** What each workflow must come to. */
const outcomes: Readonly<Record<string, (name: string, input: number) => RegExp[]>> = {
  chain: (name, steps) => range(steps).map((at) => answer(`${name}/step-${at + 1}`)),
  gather: (name, count) => [
    ...range(count).map((at) => answer(`${name}/${at % 3 === 2 ? "flaky" : "item"}-${at}`)),
    answer(`${name}/late`),
  ],
  contest: (name) => [/^(answer:.+|limit)$/, answer(`${name}/won-by-\\w+`)],
  consent: (name) => [/./, answer(`${name}/consented`)],
  careful: (name, steps) => range(steps).map((at) => new RegExp(`^(${name}/once-${at + 1} 1|lost)$`)),
  delegate: (_, polls) => [new RegExp(`^${polls}$`), /^3$/],
};

function stateOf(log: readonly string[]): ExecutionState {
  const state = emptyState({ keepsAll: true });
  for (const body of log) fold(state, decodeCommit(body));
  return state;
}
