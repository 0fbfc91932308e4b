/**
 * A function of durable operations with a record and positions of its own. Once it has its outcome, nothing in it runs
 * again, except where the value is too large to record: then the record says so and the function runs again on replay,
 * in a scope where everything answers from the log and nothing new starts.
 *
 * A virtual context has positions but no record: its function always runs again.
 */

import {
  ChildContextError,
  type DurableOperationError,
  errorFromFailure,
  failureFromError,
} from "../../model/errors.ts";
import type { Failure } from "../../model/failure.ts";
import { isRebuilt, type Operation } from "../../model/operation.ts";
import { utf8Length } from "../../model/utf8.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import type { Handover, Taker } from "../delivery.ts";
import { Future } from "../future.ts";
import { Opening } from "../opening.ts";
import { deserialize, serialize } from "../round-trip.ts";
import { Scope } from "../scope.ts";
import { afterCaller, settle } from "./settle.ts";

/** Results above this many UTF-8 bytes are rebuilt instead of recorded. */
export const MAX_RECORDED_RESULT_BYTES: number = 256 * 1024;

export interface ChildContextOptions<T> {
  readonly name?: string | undefined;
  readonly subType: string;
  readonly run: (child: Scope) => T | Promise<T>;
  readonly serdes: Serdes<T>;
  /** What is recorded in place of a large result; nothing by default. */
  readonly summarize?: ((result: T) => string) | undefined;
  readonly mapError?: ((error: DurableOperationError) => Error) | undefined;
  readonly isVirtual?: boolean | undefined;
  /** Keeps the record of what is in it after its end. */
  readonly preserveChildren?: boolean | undefined;
}

export function childContext<T>(scope: Scope, options: ChildContextOptions<T>): Future<T> {
  if (scope.isClosed) return new Future<T>();
  return options.isVirtual === true ? virtualContext(scope, options) : recordedContext(scope, options);
}

function recordedContext<T>(scope: Scope, options: ChildContextOptions<T>): Future<T> {
  const opening = new Opening(scope, { type: "CONTEXT", subType: options.subType, name: options.name });
  const child = new RecordedChild(opening, options);
  child.begin();
  return child.future;
}

class RecordedChild<T> implements Taker {
  readonly scope: Scope;
  /** Contexts do not count as waiting: what counts is what runs in them. */
  readonly future = new Future<T>();
  readonly #opening: Opening;
  readonly #options: ChildContextOptions<T>;
  /** The text of a result that this invocation computed: too large to be recorded, or rebuilt. */
  #text: Promise<string | undefined> | string | undefined;
  #computed = false;
  #rebuilt: ((text: string | undefined) => void) | undefined;

  constructor(opening: Opening, options: ChildContextOptions<T>) {
    this.scope = opening.scope;
    this.#opening = opening;
    this.#options = options;
  }

  begin(): void {
    const { stored, key } = this.#opening;
    const { invocation } = this.scope;
    const rebuilds = stored !== undefined && isRebuilt(stored);
    // Before it is registered: the result may be due at once, and what is recorded of it is not the value.
    if (rebuilds) this.#awaitRebuild();
    invocation.delivery.register(key, this);
    invocation.schedule();
    if (rebuilds) return this.#run(true);
    if (this.#opening.isSettled) return;
    if (stored === undefined && this.scope.isRebuilding) return;
    if (stored === undefined) invocation.record(this.#opening.update("START"), false);
    this.#run(this.scope.isRebuilding);
  }

  prepare(operation: Operation): MaybePromise<Handover> {
    if (operation.status !== "SUCCEEDED") {
      const error = childError(operation.error, this.#options.mapError);
      return () => this.future.reject(error);
    }
    const text = this.#computed ? this.#text : operation.result;
    if (text instanceof Promise) return text.then((rebuilt) => this.#hand(rebuilt));
    return this.#hand(text);
  }

  #hand(text: string | undefined): MaybePromise<Handover> {
    return deserialize(this.#opening, this.#options.serdes, text, (value) => this.future.resolve(value));
  }

  #awaitRebuild(): void {
    this.#computed = true;
    this.#text = new Promise((resolve) => {
      this.#rebuilt = resolve;
    });
  }

  #run(isRebuilding: boolean): void {
    const { position, key } = this.#opening;
    const child = new Scope(this.scope.invocation, this.scope, {
      position,
      name: this.#options.name,
      recordedKey: key,
      isRecorded: true,
      isRebuilding,
    });
    runIn(child, this.#opening, this.#options, {
      done: (value) => this.#succeed(child, value),
      failed: (error) => this.#fail(child, error),
    });
  }

  #succeed(child: Scope, value: T): void {
    if (child.isClosed) return;
    child.close();
    this.scope.startExecuting();
    serialize(this.#opening, this.#options.serdes, value, (text) => {
      if (this.#rebuilt !== undefined) this.#rebuilt(text);
      else if (!this.scope.isRebuilding && !this.scope.isClosed) this.#record(value, text);
      this.scope.stopExecuting();
    });
  }

  #record(value: T, text: string | undefined): void {
    const { preserveChildren, summarize } = this.#options;
    const isLarge = text !== undefined && utf8Length(text) > MAX_RECORDED_RESULT_BYTES;
    this.#computed = isLarge || preserveChildren === true;
    this.#text = text;
    const payload = isLarge ? (summarize?.(value) ?? "") : text;
    const details = {
      ...(payload === undefined ? {} : { payload }),
      ...(this.#computed ? { replayChildren: true } : {}),
    };
    this.scope.invocation.record(this.#opening.update("SUCCEED", details), true);
  }

  #fail(child: Scope, thrown: unknown): void {
    if (child.isClosed) return;
    child.close();
    if (this.scope.isRebuilding || this.scope.isClosed) return;
    const replayChildren = this.#options.preserveChildren === true ? { replayChildren: true } : {};
    this.scope.invocation.record(
      this.#opening.update("FAIL", { error: failureFromError(thrown), ...replayChildren }),
      true,
    );
  }
}

function virtualContext<T>(scope: Scope, options: ChildContextOptions<T>): Future<T> {
  const future = new Future<T>();
  const opening = Opening.virtual(scope, { type: "CONTEXT", subType: options.subType, name: options.name });
  const { position } = opening;
  const { recordedKey, isRebuilding } = scope;
  const child = new Scope(scope.invocation, scope, {
    position,
    name: options.name,
    recordedKey,
    isRecorded: false,
    isRebuilding,
  });
  runIn(child, opening, options, {
    done: (value) => {
      if (child.isClosed) return;
      child.close();
      // No record says when this value reached user code, so it must reach it before the next result does.
      const release = scope.invocation.delivery.hold();
      const hand = (handover: Handover): void => {
        handover();
        release();
      };
      serialize(opening, options.serdes, value, (text) => {
        const ready = deserialize(opening, options.serdes, text, (copy) => future.resolve(copy));
        if (ready instanceof Promise) void ready.then(hand);
        else hand(ready);
      });
    },
    failed: (error) => {
      if (child.isClosed) return;
      child.close();
      future.reject(childError(failureFromError(error), options.mapError));
    },
  });
  return future;
}

function runIn<T>(
  child: Scope,
  opening: Opening,
  options: ChildContextOptions<T>,
  outcome: { done(value: T): void; failed(error: unknown): void },
): void {
  const { host, instrument } = child.invocation;
  const body = (): T | Promise<T> => host.ambient.run(child, () => options.run(child));
  afterCaller(() =>
    settle<T>(
      () => (instrument === undefined ? body() : instrument.child(opening.running(), body)),
      outcome.done,
      outcome.failed,
    ),
  );
}

function childError(
  failure: Failure | undefined,
  mapError: ((error: DurableOperationError) => Error) | undefined,
): Error {
  if (failure === undefined) return new ChildContextError("Child context failed");
  const cause = errorFromFailure(failure);
  return mapError === undefined ? new ChildContextError(cause.message, cause) : mapError(cause);
}
