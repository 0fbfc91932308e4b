/**
 * One invocation of a function in this process, from its claim to its end.
 *
 * 1. An invocation is in one phase at a time. RUNNING: its code or one of its checkpoints is under way, and the process
 *    is held for it. PARKED: it waits in memory for changes, for days if need be, and holds nothing. ENDING: its
 *    function has answered and the end is being recorded, so that no other invocation begins before. OVER: nothing of
 *    it has an effect any more.
 * 2. Changes reach an invocation through `absorb` alone, in the order of the log. Changes that its function does not
 *    take are told with the answer to its next checkpoint.
 */

import type { Command, InvocationOutput } from "../machine/command.ts";
import { HaltReason } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type { Operation } from "../model/operation.ts";
import { failureFromError } from "../model/thrown-failure.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { CheckpointClient } from "../ports/checkpoint-client.ts";
import { StorageFullError } from "../ports/execution-store.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";
import { CheckpointError, FencedError } from "../replay/faults.ts";
import type { InvocationOptions } from "../replay/invocation.ts";
import { ClientError } from "./client.ts";
import type { Claim } from "./claims.ts";
import type { ExecutionLog } from "./execution-log.ts";
import type { DurableFunction, FunctionOutput, InvocationRequest, RunningInvocation } from "./function.ts";
import { LogGoneError } from "./log-copy.ts";
import { RemoteSdk } from "./remote-sdk.ts";
import { backoffMs } from "./retries.ts";
import type { RunnerSetup } from "./setup.ts";
import type { StoragePause } from "./storage-pause.ts";

export interface InvocationSurroundings {
  readonly log: ExecutionLog;
  readonly pause: StoragePause;
  readonly setup: RunnerSetup;
  readonly onParked: () => void;
}

/** How an invocation ended, apart from one whose claim had ended before. */
export type CompletedOutput =
  | Exclude<FunctionOutput, { status: "FENCED" }>
  /** Nothing can be invoked until a repair. */
  | { readonly status: "HALT"; readonly reason: HaltReason; readonly error: Failure };

/** Told how an invocation ended, by one of the two calls. */
export interface InvocationEnd {
  readonly onOutput: (output: CompletedOutput) => void;
  /** The function says that another process has taken over. */
  readonly onFenced: () => void;
}

const NOTHING_UNHEARD: readonly Operation[] = [];

export class ActiveInvocation implements CheckpointClient {
  readonly claim: Claim;
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly remote: RemoteSdk;
  readonly #surroundings: InvocationSurroundings;
  // Invariant 1: one field, so one phase at a time.
  #phase: "RUNNING" | "PARKED" | "ENDING" | "OVER" = "RUNNING";
  #running: RunningInvocation | undefined;
  #hasLeftOff = false;
  /** Ends the hold on the process; undefined while there is none. */
  #release: (() => void) | undefined;
  #seen: number;
  /** Operations that changed and that the function has not taken, in the order of the log. */
  #unheard: Set<string> | undefined;

  constructor(claim: Claim, surroundings: InvocationSurroundings) {
    const { host } = surroundings.setup;
    this.claim = claim;
    this.requestId = host.randomId();
    this.startedAt = host.now();
    this.remote = new RemoteSdk(() => host.randomId());
    this.#surroundings = surroundings;
    this.#seen = surroundings.log.state.seq;
  }

  get isOver(): boolean {
    return this.#phase === "OVER";
  }

  /** True while the function has not answered, unless the invocation waits in memory. */
  get isRunning(): boolean {
    return this.#phase === "RUNNING";
  }

  get isParked(): boolean {
    return this.#phase === "PARKED";
  }

  /** True if the invocation begins nothing more, or its function has answered: then a pause changes nothing. */
  get isLeaving(): boolean {
    return this.#hasLeftOff || this.#phase === "ENDING";
  }

  /** True if the execution was paused while the invocation ran. */
  get hasLeftOff(): boolean {
    return this.#hasLeftOff;
  }

  /** Calls the function. Its output is told to `end` once, unless the invocation is abandoned before. */
  start(target: DurableFunction, journal: readonly Operation[], end: InvocationEnd): void {
    const { log, setup } = this.#surroundings;
    const { header, seq } = log.state;
    this.#hold();
    // The journal has the changes since this invocation took its place.
    this.#seen = seq;
    this.#unheard = undefined;
    const request: InvocationRequest = {
      header,
      arn: setup.arnOf(header),
      requestId: this.requestId,
      token: this.remote.token,
      journal,
      heard: log.state.invocation.heard,
      client: this,
      host: setup.host,
      suspension: this.#suspension(),
      lingerMs: setup.lingerMs,
      deadline: this.startedAt + setup.invocationMs,
      peers: { client: setup.peers(), nameOf: (source) => setup.functions.nameOf(source) },
    };
    this.#running = target.invoke(request);
    void this.#running.output.then((output) => this.#answered(output, end));
  }

  /** Passes changes on to the function. */
  absorb(changed: readonly Operation[]): void {
    if (this.isOver || changed.length === 0) return;
    this.#hold();
    if (this.#running?.absorb(changed) === true) {
      if (this.#unheard === undefined) this.#seen = this.#surroundings.log.state.seq;
      return;
    }
    // Invariant 2: told with the answer to the next checkpoint.
    this.#unheard ??= new Set();
    for (const { id } of changed) this.#unheard.add(id);
  }

  /** The execution is paused: operations under way are recorded, and none begins. */
  leaveOff(): void {
    if (this.#phase !== "RUNNING" || this.#running?.leaveOff() !== true) return this.abandon();
    this.#hasLeftOff = true;
  }

  /** Ends the invocation without effect. */
  abandon(): void {
    if (this.isOver) return;
    this.#surroundings.log.revoke(this.claim);
    this.over();
    this.#running?.abandon();
  }

  /** The end of the invocation is recorded, or never will be. */
  over(): void {
    this.#phase = "OVER";
    this.#letGo();
  }

  checkpoint(updates: readonly OperationUpdate[]): MaybePromise<readonly Operation[]> {
    const { log } = this.#surroundings;
    if (this.isOver) throw new FencedError();
    this.#hold();
    let recorded: MaybePromise<boolean>;
    try {
      recorded = log.record({ type: "CHECKPOINT", updates }, this.claim);
    } catch (error) {
      return this.#failed(error, updates);
    }
    if (!(recorded instanceof Promise)) return this.#heard();
    return recorded.then(
      () => this.#heard(),
      (error: unknown) => this.#failed(error, updates),
    );
  }

  /**
   * A checkpoint by an SDK that runs elsewhere: a refusal is told in the machine's words. Undefined if this process no
   * longer runs the invocation, or the invocation is to end.
   *
   * @throws {ClientError} if the machine refuses the updates.
   */
  async remoteCheckpoint(updates: readonly OperationUpdate[]): Promise<readonly Operation[] | undefined> {
    try {
      const operations = await this.checkpoint(updates);
      return this.#hasLeftOff ? undefined : operations;
    } catch (error) {
      if (error instanceof FencedError) return undefined;
      throw error instanceof CheckpointError && error.cause instanceof ClientError ? error.cause : error;
    }
  }

  /** The number of the newest commit that the function knows of: up to there it has taken all changes. */
  get seen(): number {
    return this.#seen;
  }

  /** When a fault is tried again, ms since the epoch. */
  get retryAt(): number {
    const { log, setup } = this.#surroundings;
    return setup.host.now() + backoffMs(log.state.invocation.failures);
  }

  #suspension(): InvocationOptions["suspension"] {
    const { setup, onParked } = this.#surroundings;
    if (!setup.parks) return { mode: "end", graceMs: setup.graceMs };
    return {
      mode: "park",
      onParked: () => {
        if (this.#phase !== "RUNNING") return;
        this.#phase = "PARKED";
        onParked();
        this.#letGo();
      },
    };
  }

  #answered(output: FunctionOutput, { onOutput, onFenced }: InvocationEnd): void {
    if (this.isOver) return;
    if (output.status === "FENCED") return onFenced();
    this.#phase = "ENDING";
    onOutput(output);
  }

  /** Updates that find no room in the store wait for it. */
  #failed(error: unknown, updates: readonly OperationUpdate[]): Promise<readonly Operation[]> {
    if (!(error instanceof StorageFullError)) throw asCheckpointError(error);
    return this.#surroundings.pause.room(error).then(() => this.checkpoint(updates));
  }

  #heard(): readonly Operation[] {
    // A takeover that was read meanwhile counts: a function that this answer would set off must not run any more.
    if (!this.#surroundings.log.holds(this.claim)) throw new FencedError();
    if (this.#unheard === undefined) return NOTHING_UNHEARD;
    const { operations, seq } = this.#surroundings.log.state;
    this.#seen = seq;
    const heard = [...this.#unheard].flatMap((id) => operations.get(id) ?? []);
    this.#unheard = undefined;
    return heard;
  }

  #hold(): void {
    if (this.#phase === "PARKED") this.#phase = "RUNNING";
    if (this.#release !== undefined || this.isOver) return;
    const held = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.#surroundings.setup.host.background(held);
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
  }
}

/** The command that records how an invocation ended. */
export function endOf(active: ActiveInvocation, output: CompletedOutput): Command {
  const { requestId, startedAt } = active;
  const invocation = { requestId, startedAt };
  if (output.status === "HALT") return { type: "HALT", reason: output.reason, error: output.error, invocation };
  if (output.status !== "BREACH")
    return { type: "COMPLETE_INVOCATION", ...invocation, output: storable(active, output) };
  const error = failureFromError(output.error);
  return { type: "HALT", reason: HaltReason.NON_DETERMINISM, error, invocation };
}

function storable(
  { retryAt, seen, hasLeftOff }: ActiveInvocation,
  output: Exclude<CompletedOutput, { status: "BREACH" | "HALT" }>,
): InvocationOutput {
  if (output.status === "FAULT") return { ...output, retryAt };
  if (output.status !== "PENDING") return output;
  // The execution may have been resumed meanwhile, and the invocation has not looked at changes since the pause.
  return hasLeftOff ? { ...output, again: true } : { ...output, seen };
}

function asCheckpointError(error: unknown): Error {
  if (error instanceof FencedError || error instanceof CheckpointError) return error;
  if (error instanceof LogGoneError) return new FencedError();
  return new CheckpointError(error instanceof ClientError ? "EXECUTION" : "INVOCATION", error);
}
