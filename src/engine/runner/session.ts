/**
 * One execution in the hands of this process: it invokes the function, feeds it what changes outside, and sees that
 * something will wake the execution whenever nothing runs. Every entrance ends in the same place: the log decides what
 * is due, and the alarm follows from it.
 */

import { nextTimer, nextWake } from "../machine/next-wake.ts";
import { journalOf } from "../machine/journal.ts";
import { isEnded, openInvokes } from "../machine/pending.ts";
import type { Command, InvocationOutput } from "../machine/command.ts";
import type { ExecutionState } from "../machine/state.ts";
import { failureFromError } from "../model/thrown-failure.ts";
import { type ExecutionHeader, type Halt, HaltReason, type ParentReference } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type { ChainedInvokeOperation, Operation } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import { StorageFullError } from "../ports/execution-store.ts";
import type { MaybePromise } from "../ports/maybe-promise.ts";
import { CheckpointError, FencedError } from "../replay/faults.ts";
import type { InvocationOptions } from "../replay/invocation.ts";
import {
  type CheckpointAnswer,
  type CheckpointRequest,
  ClientError,
  ClientErrorCode,
  type InvokeOutcome,
} from "./client.ts";
import { type Applied, type Claim, ExecutionLog } from "./execution-log.ts";
import type {
  DurableFunction,
  FunctionOutput,
  PlainFunction,
  RegisteredFunction,
  RunningInvocation,
} from "./function.ts";
import { childName, splitTarget } from "./invoke-target.ts";
import type { RunnerSetup } from "./setup.ts";
import { directoryRow } from "./directory-row.ts";

/** An invocation under way. */
interface Active {
  readonly claim: Claim;
  readonly requestId: string;
  readonly startedAt: number;
  running: RunningInvocation | undefined;
  isParked: boolean;
  /** Lets the process go; undefined while nothing holds it. */
  release: (() => void) | undefined;
  /** How many tokens an SDK elsewhere has used up. */
  tokens: number;
  /** Operations that changed outside since the last checkpoint: what an SDK elsewhere has yet to hear of. */
  readonly unheard: Set<string>;
}

/**
 * What a session knows of who made it. Whoever watches an execution may outlive its session, which is given up when the
 * execution is taken over or a write's fate is unknown.
 */
export interface SessionSurroundings {
  /** Told when nothing of this execution is left to do in this process. */
  readonly onIdle: () => void;
  /** True if this is the session of its execution: another one may have been opened since it was let go of. */
  readonly hasPlace: () => boolean;
  /** Told of every commit, whoever wrote it. */
  readonly onCommit: () => void;
  readonly isWatched: () => boolean;
}

const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 300_000;

export class Session {
  readonly id: string;
  readonly log: ExecutionLog;
  readonly #setup: RunnerSetup;
  readonly #surroundings: SessionSurroundings;
  /** Invokes that this process has sent off and not heard of. */
  readonly #dispatched = new Set<string>();
  #active: Active | undefined;
  #cancelTimer: (() => void) | undefined;
  #waking: Promise<void> | undefined;
  /** Something asked for a wake while one was under way, perhaps too late for it to see. */
  #wakesAgain = false;
  #storeFailures = 0;
  #isClosed = false;
  /** Set while the store has no room for what is to be recorded. */
  #pause: Halt | undefined;
  /** Tries once more to record what waits for room. */
  #tryAgain: (() => void) | undefined;

  constructor(id: string, setup: RunnerSetup, surroundings: SessionSurroundings) {
    this.id = id;
    this.#setup = setup;
    this.#surroundings = surroundings;
    this.log = new ExecutionLog(id, {
      store: setup.store,
      host: setup.host,
      onCommit: () => {
        this.#foundRoom();
        surroundings.onCommit();
      },
    });
  }

  get state(): ExecutionState {
    return this.log.state;
  }

  /** What is recorded, and a halt that cannot be recorded: the store has no room. */
  get header(): ExecutionHeader {
    const { header } = this.state;
    return this.#pause === undefined ? header : { ...header, halt: this.#pause };
  }

  get isPaused(): boolean {
    return this.#pause !== undefined;
  }

  get isActive(): boolean {
    return this.#active !== undefined;
  }

  /** True while a function runs or waits in memory, something is being done or waits for room, or somebody watches. */
  get isInUse(): boolean {
    return this.#active !== undefined || this.#waking !== undefined || this.isPaused || this.#surroundings.isWatched();
  }

  /** Does what is due: fires timers, invokes, finishes what an end leaves to do, and sets the alarm. Never throws. */
  wake(): Promise<void> {
    if (!this.#surroundings.hasPlace()) {
      this.#setup.wakeAgain(this.id);
      return Promise.resolve();
    }
    this.#wakesAgain = this.#waking !== undefined;
    this.#waking ??= this.#wakeUntilDone();
    return this.#waking;
  }

  async #wakeUntilDone(): Promise<void> {
    do {
      this.#wakesAgain = false;
      await this.#wake();
    } while (this.#wakesAgain && !this.#isClosed);
    this.#waking = undefined;
    this.#idle();
  }

  /** Changes the execution from outside and passes on what follows. */
  async command(command: Command): Promise<Applied> {
    const applied = await this.#applyOrLookAgain(command);
    this.#spread(applied.changed);
    if (!applied.isEmpty) this.#wakeRunning();
    return applied;
  }

  /** Another session may have the place of this one by now: what happened here is news for it. */
  #wakeRunning(): void {
    if (this.#isClosed || !this.#surroundings.hasPlace()) this.#setup.wakeAgain(this.id);
    else this.#setup.host.background(this.wake());
  }

  async #applyOrLookAgain(command: Command): Promise<Applied> {
    try {
      return await this.#applyToNewest(command);
    } catch (error) {
      // It may have been recorded all the same, and nobody else may know.
      if (!(error instanceof ClientError)) this.#retryLater();
      throw error;
    }
  }

  /**
   * A checkpoint by an SDK that runs elsewhere: its token is good for one call.
   *
   * @throws {ClientError} InvalidParameterValueException for any other token than the last one given out.
   */
  async remoteCheckpoint(request: CheckpointRequest): Promise<CheckpointAnswer> {
    const active = this.checkToken(request.token);
    active.tokens++;
    const unheard = [...active.unheard];
    const changed = await this.#checkpoint(active, request.updates);
    const heard = new Set(changed.map(({ id }) => id));
    const earlier = unheard.flatMap((id) => (heard.has(id) ? [] : (this.state.operations.get(id) ?? [])));
    return { token: tokenOf(active), operations: [...earlier, ...changed] };
  }

  checkToken(token: string): Active {
    const active = this.#active;
    if (active !== undefined && tokenOf(active) === token) return active;
    throw new ClientError(ClientErrorCode.INVALID_PARAMETER, "Invalid Checkpoint Token");
  }

  /** Takes over what other processes wrote. */
  async refresh(): Promise<void> {
    this.#spread(await this.log.catchUp());
  }

  /** Tries at once what waits for room in the store. */
  goOn(): void {
    const again = this.#tryAgain;
    this.#tryAgain = undefined;
    if (again === undefined) this.#setup.wakeAgain(this.id);
    else again();
  }

  /** Stops running the execution here, without effect. It is woken here again once this process may run it. */
  standDown(): void {
    this.#cancelTimer?.();
    this.#abandonInvocation();
    this.#foundRoom();
    this.#idle();
  }

  /** Lets go of everything: nothing of this session has an effect any more. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#abandonInvocation();
  }

  /** What is refused or changes nothing may be so for want of what another process has written: then it is decided again. */
  async #applyToNewest(command: Command): Promise<Applied> {
    try {
      const applied = await this.log.apply(command);
      if (!applied.isEmpty) return applied;
      this.#spread(applied.changed);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
    }
    await this.refresh();
    return this.log.apply(command);
  }

  async #wake(): Promise<void> {
    if (!this.#setup.mayRun(this.id)) return;
    try {
      const { changed } = await this.log.apply({ type: "FIRE_TIMERS" });
      // Whoever has just written lives: two that took the execution from each other at every timer would get nowhere.
      if (!this.#spread(changed)) return;
      if (!this.isPaused) this.#storeFailures = 0;
      if (this.#isClosed) return;
      if (isEnded(this.state)) return await this.#finishEnd();
      // Also those that could not be sent off before.
      for (const operation of openInvokes(this.state)) this.#dispatch(operation);
      if (this.#active === undefined && this.#mayInvoke()) this.#invoke();
      await this.#arm();
    } catch (error) {
      await this.#recover(error);
    }
  }

  #mayInvoke(): boolean {
    const { header, invocation } = this.state;
    if (header.halt !== undefined || !this.#setup.mayRun(this.id)) return false;
    if (invocation.retryAt !== undefined) return invocation.retryAt <= this.#setup.host.now();
    return invocation.due || invocation.active;
  }

  /** Passes on changes: to the invocation, and to whoever has to be called. False if another process has taken over. */
  #spread(changed: readonly Operation[]): boolean {
    // What another owner has recorded is no news for an invocation that it has replaced.
    const isFenced = this.#active !== undefined && this.log.isFenced(this.#active.claim);
    if (isFenced) this.#fenced();
    if (changed.length > 0 && this.#active !== undefined) {
      this.#hold(this.#active);
      this.#active.running?.absorb(changed);
    }
    for (const { id } of changed) this.#active?.unheard.add(id);
    this.#dispatchNew(changed);
    if (isEnded(this.state) && this.#active !== undefined) this.#abandonInvocation();
    return !isFenced;
  }

  /** The execution ended while its function ran: stopped, timed out, or ended by a checkpoint. */
  #abandonInvocation(): void {
    this.#tryAgain = undefined;
    this.#active?.running?.abandon();
    this.#active?.release?.();
    this.#active = undefined;
  }

  #invoke(): void {
    if (!this.#surroundings.hasPlace()) return this.#setup.wakeAgain(this.id);
    const { functions, host } = this.#setup;
    const { header } = this.state;
    const target = functions.find(header.functionName, header.version);
    const active: Active = {
      claim: this.log.claim(),
      requestId: host.randomId(),
      startedAt: host.now(),
      running: undefined,
      isParked: false,
      release: undefined,
      tokens: 0,
      unheard: new Set(),
    };
    if (target === undefined) return host.background(this.#haltSafely(active, versionMissing(this.#setup, header)));
    this.#active = active;
    active.running = asDurable(target).invoke({
      header,
      arn: this.#setup.arnOf(header),
      requestId: active.requestId,
      token: tokenOf(active),
      journal: journalOf(this.state),
      client: { checkpoint: (updates) => this.#checkpoint(active, updates) },
      host,
      suspension: this.#suspension(active),
      lingerMs: this.#setup.lingerMs,
      deadline: active.startedAt + this.#setup.invocationMs,
    });
    this.#hold(active);
    void active.running.output.then((output) => this.#invocationDone(active, output)).finally(() => active.release?.());
  }

  /** Keeps the process while the function has something to do. A parked one may wait for days: it holds nothing. */
  #hold(active: Active): void {
    active.isParked = false;
    if (active.release !== undefined) return;
    const held = new Promise<void>((resolve) => {
      active.release = resolve;
    });
    this.#setup.host.background(held);
  }

  #park(active: Active): void {
    active.isParked = true;
    this.#setup.host.background(this.#armSafely());
    active.release?.();
    active.release = undefined;
  }

  #suspension(active: Active): InvocationOptions["suspension"] {
    if (!this.#setup.parks) return { mode: "end", graceMs: this.#setup.graceMs };
    return {
      mode: "park",
      onParked: () => this.#park(active),
    };
  }

  #checkpoint(active: Active, updates: readonly OperationUpdate[]): MaybePromise<readonly Operation[]> {
    this.#hold(active);
    // Clearing makes a new table even of an empty set, and this is done for every step.
    if (active.unheard.size > 0) active.unheard.clear();
    const again = (): MaybePromise<readonly Operation[]> => this.#checkpoint(active, updates);
    let applied: MaybePromise<Applied>;
    try {
      applied = this.log.apply({ type: "CHECKPOINT", updates }, active.claim);
    } catch (error) {
      return this.#checkpointFailed(error, again);
    }
    if (!(applied instanceof Promise)) return this.#checkpointed(applied);
    return applied.then(
      (result) => {
        // What was read meanwhile counts: a function that this answer would set off must not run any more.
        if (this.log.isFenced(active.claim)) throw new FencedError();
        return this.#checkpointed(result);
      },
      (error: unknown) => this.#checkpointFailed(error, again),
    );
  }

  /** What finds no room waits for it: the effects of what it records have happened, and must not happen again. */
  #checkpointFailed<T>(error: unknown, again: () => MaybePromise<T>): Promise<T> {
    if (!(error instanceof StorageFullError)) throw asCheckpointError(error);
    return this.#room(error).then(again);
  }

  /** Resolves when it is time to try again: after a pause that grows, or when somebody says so. */
  #room(error: StorageFullError): Promise<void> {
    this.#noRoom(error);
    const { host } = this.#setup;
    return new Promise((resolve) => {
      const cancel = host.timer(host.now() + backoff(this.#storeFailures++), () => this.goOn());
      this.#tryAgain = () => {
        cancel();
        resolve();
      };
    });
  }

  #noRoom(error: StorageFullError): void {
    if (this.#pause !== undefined) return;
    const reason = HaltReason.STORAGE_FULL;
    this.#pause = { reason, error: failureFromError(error), at: this.#setup.host.now() };
    this.#setup.onPause(this.id, this.#pause);
  }

  #foundRoom(): void {
    if (this.#pause === undefined) return;
    this.#pause = undefined;
    this.#storeFailures = 0;
    this.#setup.onPause(this.id, undefined);
  }

  #checkpointed({ changed }: Applied): readonly Operation[] {
    this.#dispatchNew(changed);
    this.#watchTimers();
    return changed;
  }

  /** The invocation keeps its place until its end is recorded, so that no other one begins before. */
  async #invocationDone(active: Active, output: FunctionOutput): Promise<void> {
    if (this.#isClosed || this.#active !== active) return;
    try {
      if (output.status === "FENCED") return this.#fenced();
      if (output.status === "BREACH")
        return await this.#halt(active, { reason: HaltReason.NON_DETERMINISM, error: failureFromError(output.error) });
      await this.#complete(active, this.#storable(output));
      this.#leave(active);
      await this.wake();
    } catch (error) {
      if (!(error instanceof StorageFullError)) {
        this.#leave(active);
        return await this.#recover(error);
      }
      await this.#room(error);
      await this.#invocationDone(active, output);
    }
  }

  #leave(active: Active): void {
    if (this.#active === active) this.#active = undefined;
  }

  async #complete(active: Active, output: InvocationOutput): Promise<void> {
    const { requestId, startedAt, claim } = active;
    const { changed } = await this.log.apply({ type: "COMPLETE_INVOCATION", requestId, startedAt, output }, claim);
    this.#spread(changed);
  }

  #storable(output: Exclude<FunctionOutput, { status: "FENCED" | "BREACH" }>): InvocationOutput {
    if (output.status !== "FAULT") return output;
    const retryAt = this.#setup.host.now() + backoff(this.state.invocation.failures);
    return { status: "FAULT", error: output.error, retryAt };
  }

  async #halt(active: Active, halt: { reason: HaltReason; error: Failure }): Promise<void> {
    const { requestId, startedAt, claim } = active;
    await this.log.apply({ type: "HALT", ...halt, invocation: { requestId, startedAt } }, claim);
    this.#leave(active);
    await this.#setup.store.describe(directoryRow(this.state.header));
    await this.wake();
  }

  async #haltSafely(active: Active, halt: { reason: HaltReason; error: Failure }): Promise<void> {
    try {
      await this.#halt(active, halt);
    } catch (error) {
      await this.#recover(error);
    }
  }

  /** What an end leaves to do: the directory, the parent, and in the end the removal. */
  async #finishEnd(): Promise<void> {
    const { host, store, peers } = this.#setup;
    this.#abandonInvocation();
    const { header } = this.state;
    if (header.parent !== undefined && header.parentNotified !== true) {
      await unlessGone(peers().completeInvoke(header.parent, outcomeOf(header)));
      await this.log.apply({ type: "NOTIFY_PARENT" });
    }
    const row = directoryRow(this.state.header);
    if (row.expiresAt !== undefined && row.expiresAt <= host.now()) {
      await store.remove(this.id);
      await this.#setup.alarm.cancel(this.id);
    } else {
      await store.describe(row);
      this.#foundRoom();
      await this.#arm();
    }
  }

  #idle(): void {
    if (!this.isInUse) this.#surroundings.onIdle();
  }

  /** Sends off the chained invokes that were just recorded. */
  #dispatchNew(changed: readonly Operation[]): void {
    if (!this.#setup.mayRun(this.id)) return;
    for (const operation of changed) {
      if (operation.type !== "CHAINED_INVOKE") continue;
      if (operation.status === "STARTED") this.#dispatch(operation);
      else this.#dispatched.delete(operation.id);
    }
  }

  #dispatch(operation: ChainedInvokeOperation): void {
    if (this.#dispatched.has(operation.id)) return;
    this.#dispatched.add(operation.id);
    const { host } = this.#setup;
    const sent = this.#send(operation).catch((error: unknown) => {
      this.#dispatched.delete(operation.id);
      if (this.#isClosed) return;
      this.#setup.onError(this.id, error);
      this.#retryLater();
    });
    host.background(sent);
  }

  /** Starting a child twice is harmless: its name follows from the operation. */
  async #send(operation: ChainedInvokeOperation): Promise<void> {
    const { functions, local, peers } = this.#setup;
    const { header } = this.state;
    const target = splitTarget(operation.functionName);
    const parent: ParentReference = {
      executionId: this.id,
      incarnation: header.incarnation,
      operationId: operation.id,
    };
    const version = functions.resolve(target.name, target.version);
    if (version === undefined)
      return local().completeInvoke(parent, { status: "FAILED", error: noFunction(operation.functionName) });
    const found = functions.find(target.name, version);
    if (found?.kind === "plain") return local().completeInvoke(parent, await callPlain(found, operation, target.name));
    const { input, tenantId } = operation;
    const started = peers().start({
      functionName: target.name,
      version,
      name: childName(header.incarnation, operation.id),
      parent,
      ...(input === undefined ? {} : { input }),
      ...(tenantId === undefined ? {} : { tenantId }),
    });
    const refusal = await refusalOf(started);
    if (refusal !== undefined) await local().completeInvoke(parent, { status: "FAILED", error: refusal });
  }

  /** Sees to it that something wakes this execution when its next time has come. */
  async #arm(): Promise<void> {
    if (this.#isClosed) return;
    const { alarm, host, watchdogMs } = this.#setup;
    const due = (this.#active === undefined ? nextWake(this.state) : nextTimer(this.state))?.at;
    const isRunning = this.#isRunning;
    this.#watchTimers();
    const at = isRunning && watchdogMs !== undefined ? earlier(due, host.now() + watchdogMs) : due;
    if (at === undefined) await alarm.cancel(this.id);
    else await alarm.schedule(this.id, at);
  }

  get #isRunning(): boolean {
    return this.#active !== undefined && !this.#active.isParked;
  }

  async #armSafely(): Promise<void> {
    try {
      await this.#arm();
    } catch (error) {
      await this.#recover(error);
    }
  }

  /** While a function runs, timers are watched in memory: moving the alarm costs a write. */
  #watchTimers(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const due = this.#isRunning ? nextTimer(this.state)?.at : undefined;
    if (due === undefined || this.#isClosed) return;
    this.#cancelTimer = this.#setup.host.timer(due, () => this.#setup.host.background(this.wake()));
  }

  /** Another process has run the execution: nothing here has an effect, and nothing here wakes it of its own accord. */
  #fenced(): void {
    this.#abandonInvocation();
    this.#cancelTimer?.();
    this.#wakesAgain = false;
    this.#setup.onFenced(this.id);
    this.#idle();
  }

  /** The store or a peer failed. What is recorded is safe; try again later, from the log. */
  async #recover(error: unknown): Promise<void> {
    if (this.#isClosed) return;
    if (error instanceof FencedError) {
      // It may be an earlier invocation's: the one that runs now need not be fenced.
      if (this.#active === undefined || this.log.isFenced(this.#active.claim)) this.#fenced();
      return;
    }
    if (this.log.isBroken) {
      this.close();
      this.#surroundings.onIdle();
    }
    if (error instanceof StorageFullError) this.#noRoom(error);
    this.#setup.onError(this.id, error);
    this.#retryLater();
  }

  #retryLater(): void {
    const { host } = this.#setup;
    const at = host.now() + backoff(this.#storeFailures++);
    const due = nextWake(this.state)?.at;
    // One alarm is all there is: what is due before the next try must not wait for it.
    this.#setup.wakeAt(this.id, due !== undefined && due > host.now() ? Math.min(due, at) : at);
  }
}

function tokenOf({ claim, tokens }: Active): string {
  return `${claim.owner}.${tokens}`;
}

function backoff(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS);
}

function earlier(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.min(a, b);
}

function asCheckpointError(error: unknown): Error {
  if (error instanceof FencedError || error instanceof CheckpointError) return error;
  return new CheckpointError(error instanceof ClientError ? "EXECUTION" : "INVOCATION", error);
}

/** An execution that is no longer retained waits for nothing. */
async function unlessGone(told: Promise<void>): Promise<void> {
  try {
    await told;
  } catch (error) {
    if (!(error instanceof ClientError && error.code === ClientErrorCode.NOT_FOUND)) throw error;
  }
}

/** What may change by itself, so that another try can help. */
const PASSING: readonly ClientErrorCode[] = [ClientErrorCode.THROTTLED, ClientErrorCode.SERVICE];

/** Why a callee was not started, if no further try can help. */
async function refusalOf(started: Promise<unknown>): Promise<Failure | undefined> {
  try {
    await started;
    return undefined;
  } catch (error) {
    if (!(error instanceof ClientError) || PASSING.includes(error.code)) throw error;
    // The name is this operation's alone: an earlier try started it, in what was the newest version then.
    if (error.code === ClientErrorCode.ALREADY_STARTED) return undefined;
    return { errorType: error.code, errorMessage: error.message };
  }
}

function outcomeOf(header: ExecutionState["header"]): InvokeOutcome {
  if (header.status === "SUCCEEDED")
    return { status: "SUCCEEDED", ...(header.result === undefined ? {} : { result: header.result }) };
  const status = header.status === "RUNNING" ? "FAILED" : header.status;
  return { status, ...(header.error === undefined ? {} : { error: header.error }) };
}

async function callPlain(
  target: PlainFunction,
  { id, input }: { id: string; input?: string },
  functionName: string,
): Promise<{ status: "SUCCEEDED"; result?: string } | { status: "FAILED"; error: Failure }> {
  try {
    const result = await target.call(input, { functionName, requestId: id });
    return { status: "SUCCEEDED", ...(result === undefined ? {} : { result }) };
  } catch (error) {
    return { status: "FAILED", error: failureFromError(error) };
  }
}

/** A plain function that is started by itself is an execution without operations. */
function asDurable(target: RegisteredFunction): DurableFunction {
  if (target.kind === "durable") return target;
  return {
    kind: "durable",
    invoke: ({ header, requestId }) => ({
      output: callPlain(target, { ...header, id: requestId }, header.functionName),
      absorb: () => false,
      abandon: () => {},
    }),
  };
}

function noFunction(functionName: string): Failure {
  return {
    errorType: "ResourceNotFoundException",
    errorMessage: `No function found for function name ${functionName}. Register it with the host that runs this execution.`,
  };
}

function versionMissing(setup: RunnerSetup, header: ExecutionState["header"]): { reason: HaltReason; error: Failure } {
  const { functionName, version } = header;
  const known = setup.functions.versionsOf(functionName);
  const registered = known.length === 0 ? "no version of it is registered" : `registered versions: ${known.join(", ")}`;
  return {
    reason: HaltReason.VERSION_MISSING,
    error: {
      errorType: "VersionMissingError",
      errorMessage:
        `This execution runs version "${version}" of function "${functionName}", but ${registered}. ` +
        `Register that version again and resume, or resume with another version.`,
    },
  };
}
