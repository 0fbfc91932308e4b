/**
 * The replay half's client over AWS's API: it renames fields, keeps the token, and numbers what settles.
 *
 * AWS does not record an order of delivery, so it is inferred from what AWS does record: the time an operation ended, then
 * the order in which operations started, contexts after what they contain. The live run delivers by the same rule, so
 * both agree unless two checkpoints fall into the same millisecond, or a service leaves out when an operation ended.
 *
 * A context hands its value over before its end is recorded only while nothing else can be recorded in between. What
 * goes to the service with its end comes after it, although its time is the same: so of the results of a millisecond the
 * ends of contexts come first, if all that is in them came about before.
 */

import { operationTraits } from "../engine/model/operation-traits.ts";
import {
  isSettled,
  type Operation,
  type OperationAction,
  type OperationBase,
  type OperationStatus,
} from "../engine/model/operation.ts";
import { present } from "../engine/model/present.ts";
import type { OperationUpdate } from "../engine/model/update.ts";
import type { CheckpointClient } from "../engine/ports/checkpoint-client.ts";
import type { Draft } from "../engine/model/draft.ts";
import { CheckpointError, FencedError } from "../engine/replay/faults.ts";
import {
  DurableExecutionClientError,
  DurableExecutionClientErrorScope,
  isDurableExecutionClientError,
} from "./client-error.ts";
import type { DurableExecutionClient, DurableExecutionInvocationInput } from "./types.ts";
import { operationFromWire, updateToWire } from "./wire.ts";
import { kindsAtSdk } from "./wire-kinds/wire-kinds.ts";
import type { OperationUpdate as WireUpdate, WireOperation } from "./wire-types.ts";

const PAGE = 1000;

export interface LambdaCheckpointOptions {
  readonly transport: DurableExecutionClient;
  readonly event: DurableExecutionInvocationInput;
  readonly now: () => number;
}

export class LambdaCheckpoint implements CheckpointClient {
  readonly #transport: DurableExecutionClient;
  readonly #arn: string;
  readonly #now: () => number;
  #token: string;
  readonly #operations = new Map<string, Draft<Operation>>();
  /** By id: the place in the order of starts. */
  readonly #order = new Map<string, number>();
  /** Contexts of which it is known that they lie in the root. */
  readonly #placed = new Set<string>();
  #execution: WireOperation | undefined;
  #deliveries = 0;

  constructor({ transport, event, now }: LambdaCheckpointOptions) {
    this.#transport = transport;
    this.#arn = event.DurableExecutionArn;
    this.#token = event.CheckpointToken;
    this.#now = now;
  }

  /** The execution's own operation, which carries the event. */
  get execution(): WireOperation | undefined {
    return this.#execution;
  }

  /** All operations, in the order in which they started. */
  get journal(): Operation[] {
    return [...this.#operations.values()] as Operation[];
  }

  /** Takes the state that came with the event, and fetches what did not fit into it. */
  async load({ Operations, NextMarker }: DurableExecutionInvocationInput["InitialExecutionState"]): Promise<void> {
    this.#takeAll(Operations);
    const seen = new Set<string>();
    for (let marker = NextMarker; marker; ) {
      if (seen.has(marker))
        throw new DurableExecutionClientError(`The state has no end: its marker ${marker} came back.`);
      seen.add(marker);
      const page = await this.#transport.getExecutionState({
        CheckpointToken: this.#token,
        Marker: marker,
        DurableExecutionArn: this.#arn,
        MaxItems: PAGE,
      });
      this.#takeAll(page.Operations ?? []);
      marker = page.NextMarker;
    }
    this.#number([...this.#operations.values()]);
  }

  async checkpoint(updates: readonly OperationUpdate[]): Promise<readonly Operation[]> {
    const answer = await this.#send(updates.map(updateToWire));
    // Without another token the service takes no further word from this invocation.
    if (!answer.CheckpointToken) throw new FencedError();
    this.#token = answer.CheckpointToken;
    const answered = new Set(this.#takeAll(answer.NewExecutionState?.Operations ?? []).map(({ id }) => id));
    const changed = new Set(answered);
    for (const update of updates) {
      if (!answered.has(update.id) || this.#isBehind(update)) this.#echo(update);
      changed.add(update.id);
    }
    const current = [...changed].flatMap((id) => this.#operations.get(id) ?? []);
    try {
      this.#number(current);
    } catch (error) {
      throw new CheckpointError(faultScope(error), error);
    }
    return current.map((operation) => ({ ...operation }));
  }

  /** Ends the execution with a result too large for the invocation's output. */
  async succeed(id: string, payload: string): Promise<void> {
    await this.#send([{ Id: id, Type: "EXECUTION", Action: "SUCCEED", Payload: payload }]);
  }

  async #send(updates: WireUpdate[]): ReturnType<DurableExecutionClient["checkpoint"]> {
    try {
      return await this.#transport.checkpoint({
        DurableExecutionArn: this.#arn,
        CheckpointToken: this.#token,
        Updates: updates,
      });
    } catch (error) {
      throw new CheckpointError(faultScope(error), error);
    }
  }

  #takeAll(operations: readonly WireOperation[]): Draft<Operation>[] {
    const taken: Draft<Operation>[] = [];
    for (const wire of operations) {
      this.#execution ??= wire;
      const operation = operationFromWire(wire);
      if (operation !== undefined) taken.push(this.#take(operation));
    }
    return taken;
  }

  #take(operation: Draft<Operation>): Draft<Operation> {
    const known = this.#operations.get(operation.id);
    if (known?.delivery !== undefined) operation.delivery = known.delivery;
    if (known?.after !== undefined) operation.after = known.after;
    if (known?.opened !== undefined) operation.opened = known.opened;
    if (known === undefined) this.#order.set(operation.id, this.#order.size);
    this.#operations.set(operation.id, operation);
    return operation;
  }

  /** The answer holds the operation as it was before this update. */
  #isBehind({ id, action }: OperationUpdate): boolean {
    const operation = this.#operations.get(id);
    if (action === "START") return operation?.status === "READY";
    const settles = action === "SUCCEED" || action === "FAIL";
    return settles && operation !== undefined && !isSettled(operation.status);
  }

  /** Applies an acknowledged update to its operation, for services whose answer leaves the operation out. */
  #echo(update: OperationUpdate): void {
    const known = this.#operations.get(update.id);
    const operation: Draft<Operation> | undefined = known ?? introduced(update, this.#now());
    if (operation !== undefined) this.#take(applied(operation, update, this.#now()));
  }

  /** Gives numbers to what has become due, in the order of its delivery. */
  #number(operations: readonly Draft<Operation>[]): void {
    for (const operation of operations) this.#checkPlace(operation);
    const due: Due[] = [];
    for (const operation of operations) {
      if (operationTraits[operation.type].startIsResult && operation.opened === undefined) {
        due.push({ operation, at: operation.startedAt, isOpening: true, isAhead: false });
      }
      if (operation.delivery === undefined && isSettled(operation.status)) {
        // No operation ends before its start, even if the clocks of a service say so.
        const at = Math.max(operation.endedAt ?? operation.startedAt, operation.startedAt);
        due.push({ operation, at, isOpening: false, isAhead: isSealed(operation) && operation.startedAt < at });
      }
    }
    this.#placeEnds(due);
    due.sort((a, b) => this.#compare(a, b));
    for (const { operation, isOpening } of due) {
      const number = ++this.#deliveries;
      if (isOpening) operation.opened = number;
      else operation.delivery = number;
    }
    this.#placeStarts(operations, due);
  }

  /** Contexts lie in each other, up to the root; what follows the parents of an operation comes to an end. */
  #checkPlace({ id, parentId }: Operation): void {
    const around = new Set([id]);
    for (let context = parentId; context !== undefined && !this.#placed.has(context); ) {
      if (around.has(context)) throw circular(context);
      // A parent that has not come yet is checked when it comes.
      if (!this.#operations.has(context)) return;
      around.add(context);
      context = this.#operations.get(context)?.parentId;
    }
    around.delete(id);
    for (const context of around) this.#placed.add(context);
  }

  /** Counts, for each operation's start, the numbered results that came before it. */
  #placeStarts(operations: readonly Draft<Operation>[], due: readonly Due[]): void {
    const before = this.#deliveries - due.length;
    const fresh = operations.filter(({ after }) => after === undefined).sort((a, b) => a.startedAt - b.startedAt);
    let passed = 0;
    for (const operation of fresh) {
      while (passed < due.length && (due[passed] as Due).at < operation.startedAt) passed++;
      operation.after = before + passed;
    }
  }

  /** Of the ends of contexts, those are not ahead of their millisecond that something in them shares it with. */
  #placeEnds(due: readonly Due[]): void {
    const latest = new Map<string, number>();
    for (const { operation, at } of due) {
      for (let id = operation.parentId; id !== undefined; id = this.#operations.get(id)?.parentId) {
        if ((latest.get(id) ?? -1) >= at) break;
        latest.set(id, at);
      }
    }
    for (const each of due) if ((latest.get(each.operation.id) ?? -1) >= each.at) each.isAhead = false;
  }

  /** The operations inside a context come before its end; otherwise the one that started first comes first. */
  #compare(a: Due, b: Due): number {
    if (a.at !== b.at) return a.at - b.at;
    if (a.isAhead !== b.isAhead) return a.isAhead ? -1 : 1;
    return comparePaths(this.#path(a), this.#path(b));
  }

  /** The places in the order of starts of the contexts around a result, from the root, and its own. */
  #path({ operation, isOpening }: Due): number[] {
    const path: number[] = [];
    for (let id: string | undefined = operation.id; id !== undefined; id = this.#operations.get(id)?.parentId) {
      path.unshift((this.#order.get(id) ?? 0) * 2 + (isOpening && id === operation.id ? 0 : 1));
    }
    return path;
  }
}

function circular(id: string): Error {
  const scope = DurableExecutionClientErrorScope.EXECUTION;
  return new DurableExecutionClientError(`The context ${id} lies in itself, according to the state.`, { scope });
}

interface Due {
  readonly operation: Draft<Operation>;
  readonly at: number;
  readonly isOpening: boolean;
  /** The end of a context, which goes before whatever else ended in its millisecond. */
  isAhead: boolean;
}

/**
 * True for a context that does not run again on replay. One that does comes to its end after the operations inside it.
 */
function isSealed(operation: Draft<Operation>): boolean {
  return operation.type === "CONTEXT" && operation.replayChildren !== true;
}

function comparePaths(a: readonly number[], b: readonly number[]): number {
  const fork = a.findIndex((place, depth) => place !== b[depth]);
  return fork === -1 || fork >= b.length ? b.length - a.length : (a[fork] as number) - (b[fork] as number);
}

function introduced(update: OperationUpdate, now: number): Draft<Operation> | undefined {
  const { id, type, parentId, name, subType } = update;
  if (type === "EXECUTION") return undefined;
  const common: OperationBase = present({ id, parentId, name, subType, status: "STARTED", startedAt: now });
  const kind = kindsAtSdk[type];
  return kind.begin?.(common, update) ?? kind.read(common, {});
}

/** A copy of the operation after the update. */
function applied(known: Draft<Operation>, update: OperationUpdate, now: number): Draft<Operation> {
  const { action, payload, error } = update;
  if (action === "START") return { ...known, status: isSettled(known.status) ? known.status : "STARTED" };
  const outcome = { status: STATUS_AFTER[action], result: payload, error };
  const operation: Draft<Operation> = present({ ...known, ...outcome });
  if (action !== "RETRY") operation.endedAt = now;
  kindsAtSdk[operation.type].conclude?.(operation, update, now);
  return operation;
}

const STATUS_AFTER = {
  SUCCEED: "SUCCEEDED",
  FAIL: "FAILED",
  RETRY: "PENDING",
  CANCEL: "CANCELLED",
} as const satisfies Readonly<Record<Exclude<OperationAction, "START">, OperationStatus>>;

const KMS_ERRORS = [
  "KMSAccessDeniedException",
  "KMSDisabledException",
  "KMSInvalidStateException",
  "KMSNotFoundException",
];

interface ServiceError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** No further try can help: the client says so, or a key is misconfigured. */
export function isFinal(error: unknown): boolean {
  if (isDurableExecutionClientError(error)) return error.scope === "EXECUTION";
  return KMS_ERRORS.includes((error as ServiceError | undefined)?.name ?? "");
}

/** The scope of a failed checkpoint. */
function faultScope(error: unknown): "INVOCATION" | "EXECUTION" {
  if (isFinal(error)) return "EXECUTION";
  if (isDurableExecutionClientError(error)) return "INVOCATION";
  const { name, message, $metadata } = (error ?? {}) as ServiceError;
  const status = $metadata?.httpStatusCode ?? 500;
  if (status < 400 || status >= 500 || status === 429) return "INVOCATION";
  const isToken = name === "InvalidParameterValueException" && message?.startsWith("Invalid Checkpoint Token") === true;
  return isToken ? "INVOCATION" : "EXECUTION";
}
