/**
 * The duties that one execution asks of this process, and how each is carried out.
 *
 * A duty follows from the state (see `planOf`), never from the event that has caused the look: carried out twice it does
 * nothing the second time.
 */

import type { Command } from "../machine/command.ts";
import { type Duty, type Here, type Lease, type Plan, planOf } from "../machine/plan.ts";
import type { ExecutionState } from "../machine/state.ts";
import { HaltReason } from "../model/execution.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";
import type { Callees } from "./callees.ts";
import { directoryRow } from "./directory-row.ts";
import type { ExecutionLog } from "./execution-log.ts";
import type { Invoker } from "./invoker.ts";
import { tellParent } from "./parent.ts";
import type { RunnerSetup } from "./setup.ts";
import type { WakeOrders } from "./wake-orders.ts";

export interface DutiesOptions {
  readonly setup: RunnerSetup;
  readonly log: ExecutionLog;
  readonly invoker: Invoker;
  readonly callees: Callees;
  readonly wakes: WakeOrders;
  /** Counts how often the work under way here was given up. */
  readonly stops: () => number;
}

export class Duties {
  readonly #options: DutiesOptions;
  /** See `Here.shown`: commit 1 was written together with its row. */
  #shown = 1;

  constructor(options: DutiesOptions) {
    this.#options = options;
  }

  plan(): Plan {
    const { setup, log, invoker, callees } = this.#options;
    const here: Here = {
      mayRun: setup.mayRun(log.id),
      invocation: invoker.here,
      runsSince: invoker.runsSince,
      hasVersion: this.#hasVersion,
      lease: this.#lease,
      sent: callees.sent,
      shown: this.#shown,
    };
    return planOf(log.state, here, setup.host.now());
  }

  /** True if the directory shows an older row that only a look replaces. */
  get hasNews(): boolean {
    return this.#shown < this.#state.rowSeq;
  }

  /** At once where nothing has to be waited for, so that of many calls none waits for another. */
  carryOut(duty: Duty): MaybePromise<void> {
    const { invoker, callees } = this.#options;
    switch (duty.kind) {
      case "STOP_INVOCATION":
        return invoker.abandon();
      case "LEAVE_OFF":
        return invoker.leaveOff();
      case "FIRE_TIMERS":
        return this.#request({ type: "FIRE_TIMERS" });
      case "CALL":
        return callees.call(duty.operation);
      case "INVOKE":
        return this.#invoke();
      case "RENEW":
        return invoker.renew();
      case "RESUME":
        return this.#request({ type: "RESUME", after: HaltReason.VERSION_MISSING });
      case "TELL_PARENT":
        return this.#tellParent();
      case "SHOW":
        return this.show();
      case "REMOVE":
        return this.#remove();
      default:
        duty satisfies never;
    }
  }

  /** Has the directory show the execution as it is. */
  async show(): Promise<void> {
    const row = directoryRow(this.#state);
    await this.#options.setup.store.putRow(row);
    this.#shown = Math.max(this.#shown, row.seq);
  }

  get #state(): ExecutionState {
    return this.#options.log.state;
  }

  async #request(command: Command): Promise<void> {
    await this.#options.log.request(command);
  }

  async #tellParent(): Promise<void> {
    await tellParent(this.#state.header, this.#options.setup.peers());
    await this.#request({ type: "NOTIFY_PARENT" });
  }

  #invoke(): Promise<void> {
    const { invoker, stops } = this.#options;
    const before = stops();
    return invoker.begin(() => before === stops() && this.plan().duties.some(({ kind }) => kind === "INVOKE"));
  }

  async #remove(): Promise<void> {
    const { setup, log, wakes } = this.#options;
    await setup.store.remove(log.id, this.#state.header.incarnation);
    wakes.order(undefined);
    log.forget();
  }

  get #hasVersion(): boolean {
    const { functionName, version } = this.#state.header;
    return this.#options.setup.functions.find(functionName, version) !== undefined;
  }

  get #lease(): Lease | undefined {
    const { parks, watchdogMs, writer } = this.#options.setup;
    if (watchdogMs === undefined) return undefined;
    const { owner } = this.#state;
    return { ms: watchdogMs, hearsNews: !parks, isOwn: owner !== undefined && writer.isMine(owner) };
  }
}
