/**
 * A function of durable operations with a record and positions of its own. Once the context has its outcome, nothing in
 * it runs again, except where the value is too large to record: then the record says so and the function runs again on
 * replay, in a scope where everything answers from the log and nothing new starts.
 *
 * A virtual context has positions but no record: its function always runs again.
 */

import {
  ChildContextError,
  type DurableOperationError,
  errorFromFailure,
  type SerdesError,
} from "../../model/errors.ts";
import { failureFromError } from "../../model/thrown-failure.ts";
import type { Failure } from "../../model/failure.ts";
import { isRebuilt, type Operation } from "../../model/operation.ts";
import { utf8Length } from "../../model/utf8.ts";
import { chain, type MaybePromise } from "../../ports/maybe-promise.ts";
import type { Serdes } from "../../ports/serdes.ts";
import { CalledOperation, type CallOptions, type UpdateDetails } from "../called-operation.ts";
import type { Handover, Taker } from "../taker.ts";
import { nonDeterminism, NonDeterministicExecutionError, operationTitle } from "../faults.ts";
import { Future } from "../future.ts";
import { deserialize, giveUp, readBack, serialize } from "../round-trip.ts";
import { Scope, type ScopeOptions } from "../scope.ts";
import { afterCaller, runUserCode } from "./user-code.ts";

/** Results above this many UTF-8 bytes are rebuilt instead of recorded. */
export const MAX_RECORDED_RESULT_BYTES: number = 256 * 1024;

export interface ChildContextOptions<T> extends CallOptions {
  readonly run: (child: Scope) => T | Promise<T>;
  readonly serdes: Serdes<T>;
  /** The text recorded in place of a large result; none by default. */
  readonly summarize?: ((result: T) => string) | undefined;
  readonly mapError?: ((error: DurableOperationError) => Error) | undefined;
  /** Keeps the record of the operations in the context after its end. */
  readonly preserveChildren?: boolean | undefined;
}

export function childContext<T>(scope: Scope, options: ChildContextOptions<T>): Future<T> {
  if (scope.isClosed) return new Future<T>();
  const context = options.isVirtual === true ? new VirtualContext(scope, options) : new RecordedContext(scope, options);
  return context.begin();
}

abstract class ChildContext<T> extends CalledOperation<ChildContextOptions<T>> {
  /** Contexts do not count as waiting: the operations in them do. */
  readonly future: Future<T> = new Future<T>();

  constructor(scope: Scope, options: ChildContextOptions<T>) {
    super(scope, "CONTEXT", options);
  }

  get isObserved(): boolean {
    return this.future.isObserved;
  }

  abstract begin(): Future<T>;

  abstract succeed(value: T): void;

  abstract fail(error: unknown): void;

  run(place: Pick<ScopeOptions, "recordedKey" | "isRecorded" | "isRebuilding">): void {
    const { options, scope } = this;
    const { host, instrument } = scope.invocation;
    const child = new Scope(scope.invocation, scope, { position: this.position, name: options.name, ...place });
    const body = (): T | Promise<T> => host.ambient.run(child, () => options.run(child));
    const unlessClosed =
      <Outcome>(next: (outcome: Outcome) => void) =>
      (outcome: Outcome): void => {
        if (child.isClosed) return;
        child.close();
        next(outcome);
      };
    afterCaller(() =>
      runUserCode<T>(
        () => (instrument === undefined ? body() : instrument.child(this.running(), body)),
        unlessClosed((value) => this.succeed(value)),
        unlessClosed((error) => this.fail(error)),
      ),
    );
  }

  /** The error that the caller gets: the mapped one, or the one that the mapping throws. */
  childError(failure: Failure | undefined): unknown {
    if (failure === undefined) return new ChildContextError("Child context failed");
    const { mapError } = this.options;
    const cause = errorFromFailure(failure);
    if (mapError === undefined) return new ChildContextError(cause.message, cause);
    try {
      return mapError(cause);
    } catch (error) {
      return error;
    }
  }
}

class RecordedContext<T> extends ChildContext<T> implements Taker {
  /** The text of a result that is rebuilt. */
  #text: Promise<string | undefined> | undefined;
  #rebuilt: ((text: string | undefined) => void) | undefined;
  /** The outcome of the function that ran here, if that is handed over only with its record. */
  #outcome: Handover | undefined;

  get awaitsOutside(): boolean {
    return this.#outcome !== undefined;
  }

  get rebuilds(): boolean {
    return this.#rebuilt !== undefined;
  }

  begin(): Future<T> {
    const { stored, scope } = this;
    const { invocation } = scope;
    const rebuilds = stored !== undefined && isRebuilt(stored);
    // Before the registration: the result may be due at once, and its record does not hold the value.
    if (rebuilds) this.#awaitRebuild();
    invocation.delivery.register(this.key, this);
    invocation.schedule();
    if (rebuilds) this.#run(true);
    else if (!this.isSettled && !(stored === undefined && scope.isRebuilding)) this.#start();
    return this.future;
  }

  prepare(operation: Operation): MaybePromise<Handover | undefined> {
    const { future, options } = this;
    if (this.#outcome !== undefined) return this.#outcome;
    if (operation.status !== "SUCCEEDED") return future.broken(this.childError(operation.error), this);
    return chain(this.#text ?? operation.result, (text) =>
      readBack(this, options.serdes, text, (value) => future.ready(value)),
    );
  }

  #start(): void {
    const { scope } = this;
    if (this.stored === undefined) scope.invocation.record(this.update("START"), false);
    this.#run(scope.isRebuilding);
  }

  #awaitRebuild(): void {
    this.#text = new Promise((resolve) => {
      this.#rebuilt = resolve;
    });
  }

  #run(isRebuilding: boolean): void {
    this.run({ recordedKey: this.key, isRecorded: true, isRebuilding });
  }

  succeed(value: T): void {
    if (this.#rebuilt !== undefined) return this.#rebuild(value, this.#rebuilt);
    if (this.scope.isRebuilding || this.scope.isClosed) return;
    const { future, options, scope } = this;
    const ready = scope.invocation.delivery.ends.reserve(this);
    const failed = (thrown: unknown): void => ready(this.#failure(thrown));
    serialize(this, options.serdes, value, {
      done: (text) => {
        let end: End;
        try {
          end = this.#successOf(value, text);
        } catch (error) {
          return failed(error);
        }
        const done = (copy: T): void => ready(this.#handover(end, future.ready(copy)));
        void deserialize(this, options.serdes, text, { done, failed });
      },
      failed,
    });
  }

  fail(thrown: unknown): void {
    if (this.#rebuilt !== undefined) return this.#failedToRebuild(thrown);
    if (this.scope.isRebuilding || this.scope.isClosed) return;
    this.scope.invocation.delivery.ends.reserve(this)(this.#failure(thrown));
  }

  #rebuild(value: T, rebuilt: (text: string | undefined) => void): void {
    const { options, scope } = this;
    scope.startExecuting();
    serialize(this, options.serdes, value, {
      done: (text) => {
        // A context that ran again only because its operations are kept has its value in its record.
        rebuilt(options.preserveChildren === true && !isLarge(text) ? this.stored?.result : text);
        scope.stopExecuting();
      },
      // A value that was written once is as good as recorded.
      failed: (error) => giveUp(this, error),
    });
  }

  #successOf(value: T, text: string | undefined): End {
    const { summarize, preserveChildren } = this.options;
    if (isLarge(text)) return { payload: summarize?.(value) ?? "", replayChildren: true };
    return { payload: text, replayChildren: preserveChildren || undefined };
  }

  #failure(thrown: unknown): Handover {
    const error = failureFromError(thrown);
    const end = { error, replayChildren: this.options.preserveChildren || undefined };
    return this.#handover(end, this.future.broken(this.childError(error), this));
  }

  /** Queues the end for the log before anything that follows from it. */
  #handover(end: End, outcome: Handover): Handover {
    return {
      handOver: () => {
        const { invocation } = this.scope;
        const { delivery } = invocation;
        const isAhead = invocation.handsOverAhead;
        const after = isAhead ? delivery.lastNumber : undefined;
        invocation.record(this.update(end.error === undefined ? "SUCCEED" : "FAIL", { ...end, after }), !isAhead);
        if (isAhead) {
          // Code after an end that was not recorded has not run before, as far as the log tells.
          invocation.leaveReplay();
          delivery.handOverAhead(this.key);
          return outcome.handOver();
        }
        delivery.takers.expectOutside(this);
        this.#outcome = outcome;
      },
    };
  }

  /** A context that succeeded cannot fail when everything in it answers from the log, unless the code has changed. */
  #failedToRebuild(thrown: unknown): void {
    const { key: id, name, options, position, scope, type } = this;
    const { errorMessage } = failureFromError(thrown);
    const found =
      `the log says that ${operationTitle(this, position)} succeeded, ` +
      `but running it again for its value failed: ${errorMessage}`;
    const recorded = { id, type, name, subType: options.subType };
    const error = new NonDeterministicExecutionError(nonDeterminism(found), { recorded });
    scope.invocation.end({ status: "BREACH", error });
  }
}

class VirtualContext<T> extends ChildContext<T> {
  begin(): Future<T> {
    const { recordedKey, isRebuilding } = this.scope;
    this.run({ recordedKey, isRecorded: false, isRebuilding });
    return this.future;
  }

  succeed(value: T): void {
    const { future, options } = this;
    // No record says when this value reached user code, so it must do so before the next result does.
    const release = this.scope.invocation.delivery.hold();
    const failed = (error: SerdesError): void => {
      this.fail(error);
      release();
    };
    serialize(this, options.serdes, value, {
      done: (text) => {
        const done = (copy: T): void => {
          future.ready(copy).handOver();
          release();
        };
        void deserialize(this, options.serdes, text, { done, failed });
      },
      failed,
    });
  }

  fail(error: unknown): void {
    this.future.broken(this.childError(failureFromError(error)), this).handOver();
  }
}

/** The parts of an end that the log records. */
type End = Pick<UpdateDetails, "payload" | "error" | "replayChildren">;

function isLarge(text: string | undefined): boolean {
  return text !== undefined && utf8Length(text) > MAX_RECORDED_RESULT_BYTES;
}
