/**
 * The client of executions that run elsewhere: it writes to the log and sends a wake, and runs nothing. Whoever uses it
 * may die at any moment; so what is to be woken stands in the index of what is due before it stands in the log.
 *
 * News come from other processes, which tell nobody: who waits for them has the log read now and then.
 */

import type { DueIndex } from "../../adapters/dynamodb/due-index.ts";
import { groupOfId } from "../../adapters/sqs/wake-message.ts";
import type { WakeQueue } from "../../adapters/sqs/wake-queue.ts";
import { executionIdOfCallback } from "../../engine/model/callback-id.ts";
import type { ExecutionHeader, ParentReference } from "../../engine/model/execution.ts";
import type { Failure } from "../../engine/model/failure.ts";
import type { Host } from "../../engine/ports/host.ts";
import type {
  CallbackOutcome,
  CheckpointAnswer,
  CheckpointRequest,
  DirectoryPage,
  ExecutionClient,
  ForkOptions,
  HistoryPage,
  HistoryQuery,
  InvokeOutcome,
  ListQuery,
  LiveEvent,
  RewindOptions,
  StartAnswer,
  StartRequest,
  StatePage,
  StateQuery,
} from "../../engine/runner/client.ts";
import type { Runner } from "../../engine/runner/runner.ts";
import type { OnError } from "../options/on-error.ts";
import { Polling } from "./polling.ts";

/** Until when whoever asks may be kept waiting, ms since the epoch. */
export interface Patience {
  readonly settled: number;
  readonly watch: number;
}

export interface WakingClientOptions {
  /** It may not run executions. */
  readonly runner: Runner;
  readonly due: DueIndex;
  readonly queue: WakeQueue;
  readonly host: Host;
  readonly onError: OnError;
  /** Of the request that is being answered; none outside of one. */
  readonly patience: () => Patience | undefined;
}

export class WakingClient implements ExecutionClient {
  readonly #options: WakingClientOptions;
  readonly #runner: Runner;

  constructor(options: WakingClientOptions) {
    this.#options = options;
    this.#runner = options.runner;
  }

  functionNames(): readonly string[] {
    return this.#runner.functionNames();
  }

  hasFunction(functionName: string, version?: string): boolean {
    return this.#runner.hasFunction(functionName, version);
  }

  /** An execution is due from its birth on. */
  async start(request: StartRequest): Promise<StartAnswer> {
    const answer = await this.#runner.start(request);
    const { id, status, tenantId } = answer.execution;
    if (status === "RUNNING") await this.#wake(id, tenantId);
    return answer;
  }

  describe(executionId: string): Promise<ExecutionHeader> {
    return this.#runner.describe(executionId);
  }

  history(executionId: string, query: HistoryQuery): Promise<HistoryPage> {
    return this.#runner.history(executionId, query);
  }

  state(executionId: string, query: StateQuery): Promise<StatePage> {
    return this.#runner.state(executionId, query);
  }

  list(query: ListQuery): Promise<DirectoryPage> {
    return this.#runner.list(query);
  }

  stop(executionId: string, error?: Failure): Promise<number> {
    return this.#change(executionId, () => this.#runner.stop(executionId, error));
  }

  resume(executionId: string, options?: { version?: string }): Promise<void> {
    return this.#change(executionId, () => this.#runner.resume(executionId, options));
  }

  pause(executionId: string, options?: { reason?: string }): Promise<void> {
    return this.#change(executionId, () => this.#runner.pause(executionId, options));
  }

  /** The execution itself goes on as it was. */
  async fork(executionId: string, options?: ForkOptions): Promise<StartAnswer> {
    const answer = await this.#runner.fork(executionId, options);
    const { id, status, tenantId } = answer.execution;
    if (status === "RUNNING") await this.#wake(id, tenantId);
    return answer;
  }

  /** An execution that had ended takes no due time before it runs again: it gets one after the rewind. */
  async rewind(executionId: string, options: RewindOptions): Promise<void> {
    await this.#change(executionId, () => this.#runner.rewind(executionId, options));
    await this.#options.due.expectSoon(executionId, this.#options.host.now());
  }

  purge(executionId: string): Promise<void> {
    return this.#change(executionId, () => this.#runner.purge(executionId));
  }

  async completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<void> {
    const executionId = executionIdOfCallback(callbackId);
    const complete = (): Promise<void> => this.#runner.completeCallback(callbackId, outcome);
    // A sign of life makes nothing due but what is ordered already, and later.
    if (executionId === undefined || outcome.type === "HEARTBEAT") return complete();
    return this.#change(executionId, complete);
  }

  completeInvoke(parent: ParentReference, outcome: InvokeOutcome): Promise<void> {
    return this.#change(parent.executionId, () => this.#runner.completeInvoke(parent, outcome));
  }

  checkToken(executionId: string, token: string): Promise<void> {
    return this.#runner.checkToken(executionId, token);
  }

  checkpoint(executionId: string, request: CheckpointRequest): Promise<CheckpointAnswer> {
    return this.#runner.checkpoint(executionId, request);
  }

  async settled(executionId: string, deadline: number): Promise<ExecutionHeader> {
    const until = Math.min(deadline, this.#options.patience()?.settled ?? Number.POSITIVE_INFINITY);
    const polling = this.#poll(executionId);
    try {
      return await this.#runner.settled(executionId, until);
    } finally {
      polling.stop();
    }
  }

  watch(executionId: string, cursor: number): AsyncIterable<LiveEvent> {
    const { host, patience } = this.#options;
    const until = patience()?.watch;
    const open = (): AsyncIterator<LiveEvent, undefined> =>
      this.#runner.watch(executionId, cursor)[Symbol.asyncIterator]() as AsyncIterator<LiveEvent, undefined>;
    return {
      [Symbol.asyncIterator]: () => {
        const events = open();
        const polling = this.#poll(executionId);
        const over = until === undefined ? undefined : overAt(until, host);
        const end = async (): Promise<void> => {
          polling.stop();
          over?.cancel();
          await events.return?.();
        };
        return {
          next: async () => {
            try {
              const next = await (over === undefined ? events.next() : Promise.race([events.next(), over.promise]));
              if (next.done === true) await end();
              return next;
            } catch (error) {
              await end();
              throw error;
            }
          },
          return: async () => {
            await end();
            return { done: true, value: undefined };
          },
        };
      },
    };
  }

  /** Changes an execution from outside, and has it looked at. */
  async #change<T>(executionId: string, change: () => Promise<T>): Promise<T> {
    const { due, host } = this.#options;
    await due.expectSoon(executionId, host.now());
    // Known by then, so that nothing more is read.
    const tenantId = await due.tenantOf(executionId);
    const answer = await change();
    await this.#wake(executionId, tenantId);
    return answer;
  }

  /** The change is recorded, whether or not its wake can be sent: the sweeper finds a missing wake, and sends it. */
  async #wake(id: string, group: string = groupOfId(id)): Promise<void> {
    const { queue, onError } = this.#options;
    try {
      await queue.send({ id, group });
    } catch (error) {
      onError(id, error);
    }
  }

  #poll(executionId: string): Polling {
    const { host, onError } = this.#options;
    return new Polling({
      host,
      look: () => this.#runner.refresh(executionId),
      onError: (error) => onError(executionId, error),
    });
  }
}

/** The request that watches is over. Its reader comes back, and goes on where it was. */
class WatchOverError extends Error {
  override readonly name = "WatchOverError";
}

interface Over {
  readonly promise: Promise<never>;
  readonly cancel: () => void;
}

function overAt(until: number, host: Host): Over {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const cancel = host.timer(until, () => reject(new WatchOverError("The time of this request is over.")));
  return { promise, cancel };
}
