/**
 * Values pass their serdes on the way out and on the way in. A value that a serdes refuses fails the operation at hand,
 * which its caller can catch, with one exception: a recorded value is safe, and may be readable once a key store is
 * back or a deploy has mended the serdes. So a serdes that cannot read the record ends the invocation, which is tried
 * again.
 */

import { SerdesError } from "../model/errors.ts";
import { failureFromError } from "../model/thrown-failure.ts";
import { isThenable, type MaybePromise } from "../ports/maybe-promise.ts";
import type { Serdes, SerdesContext } from "../ports/serdes.ts";
import type { CalledOperation } from "./called-operation.ts";
import { SerdesFailedError } from "./faults.ts";
import { unwritablePath } from "./unwritable-path.ts";

type Direction = "Serialization" | "Deserialization";

/** Where an outcome goes: one of the two, once. */
export interface RoundTrip<T, R = void> {
  done(outcome: T): R;
  failed(error: SerdesError): R;
}

/** Gives out the text, at once if the serdes is synchronous. */
export function serialize<T>(
  called: CalledOperation,
  serdes: Pick<Serdes<T>, "serialize">,
  value: T | undefined,
  to: RoundTrip<string | undefined>,
): void {
  const failed = (error: unknown): void => to.failed(serializationError(placeOf(called), error, value));
  const done = (written: string | undefined): void => {
    // Only text can be stored. AWS's types allow for nothing else, but a serdes may be plain JavaScript.
    if (written == null || typeof written === "string") to.done(written);
    else failed(new TypeError(`the serdes wrote ${typeof written} instead of text`));
  };
  let text: MaybePromise<string | undefined>;
  try {
    text = native(serdes.serialize(value, serdesContext(called)));
  } catch (error) {
    return failed(error);
  }
  void settle(called, text, { done, failed });
}

/** Gives out the value, at once if the serdes is synchronous, and returns the receiver's answer. */
export function deserialize<T, R>(
  called: CalledOperation,
  serdes: Pick<Serdes<T>, "deserialize">,
  text: string | undefined,
  to: RoundTrip<T, R>,
): MaybePromise<R> {
  const failed = (error: unknown): R => to.failed(errorOf("Deserialization", placeOf(called), error));
  let value: MaybePromise<T | undefined>;
  try {
    value = native(serdes.deserialize(text, serdesContext(called)));
  } catch (error) {
    return failed(error);
  }
  return settle(called, value, { done: (result) => to.done(result as T), failed });
}

/** Goes on with the answer of a serdes; while that is to come, the invocation knows whose serdes it waits for. */
function settle<V, R>(
  called: CalledOperation,
  answer: MaybePromise<V>,
  to: { readonly done: (value: V) => R; readonly failed: (error: unknown) => R },
): MaybePromise<R> {
  if (!(answer instanceof Promise)) return to.done(answer);
  const { convertingAt } = called.scope.invocation;
  const place = placeOf(called);
  convertingAt.add(place);
  const over =
    <Outcome>(next: (outcome: Outcome) => R) =>
    (outcome: Outcome): R => {
      convertingAt.delete(place);
      return next(outcome);
    };
  return answer.then(over(to.done), over(to.failed));
}

/** Reads a recorded value: as `deserialize`, but a serdes that throws ends the invocation, and nothing is answered. */
export function readBack<T, R>(
  called: CalledOperation,
  serdes: Pick<Serdes<T>, "deserialize">,
  text: string | undefined,
  done: (value: T) => R,
): MaybePromise<R | undefined> {
  return deserialize<T, R | undefined>(called, serdes, text, { done, failed: (error) => giveUp(called, error) });
}

/** Ends the invocation, to be tried again. */
export function giveUp(called: CalledOperation, error: SerdesError): undefined {
  called.scope.invocation.end({ status: "FAULT", error: new SerdesFailedError(error) });
  return undefined;
}

/** Says which part of the value JSON cannot write. `place` names the origin of the value. */
export function serializationError(place: string, cause: unknown, value: unknown): SerdesError {
  // A serdes that can write what JSON cannot fails for reasons of its own, which are seldom TypeErrors.
  const path = unwritablePath(value, cause instanceof TypeError);
  return errorOf("Serialization", place, cause, path);
}

function errorOf(direction: Direction, place: string, cause: unknown, path?: string): SerdesError {
  const { errorMessage: why = "Unknown error" } = failureFromError(cause);
  const where = path === undefined ? "" : ` (at ${path})`;
  return new SerdesError(
    `${direction} failed for ${place}: ${why}${where}`,
    cause instanceof Error ? cause : undefined,
  );
}

const KINDS: Readonly<Record<string, string>> = {
  Step: "step",
  Callback: "callback",
  WaitForCallback: "waitForCallback",
  WaitForCondition: "waitForCondition",
  ChainedInvoke: "invoke",
  Map: "map",
  MapIteration: "map item",
  Parallel: "parallel",
  ParallelBranch: "parallel branch",
};

function placeOf({ name, options, position }: CalledOperation): string {
  const kind = KINDS[options.subType] ?? "context";
  return name ? `${kind} "${name}" (${position})` : `${kind} (${position})`;
}

/** Promises of any make become native ones. */
function native<T>(answer: MaybePromise<T>): MaybePromise<T> {
  return isThenable(answer) ? Promise.resolve(answer) : answer;
}

function serdesContext(called: CalledOperation): SerdesContext {
  return { entityId: called.position, durableExecutionArn: called.scope.invocation.arn };
}
