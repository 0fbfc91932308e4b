/**
 * A kind of operation on the wire: one record for each end, with everything that differs from kind to kind. The ends
 * are apart so that a bundle with one of them does not carry the other.
 */

import type { Draft } from "../../engine/model/draft.ts";
import type { Operation, OperationBase } from "../../engine/model/operation.ts";
import type { OperationUpdate } from "../../engine/model/update.ts";
import type * as wire from "../wire-types.ts";

/** Seconds since the epoch are how the REST API writes times; SDKs hand on Dates or ISO text. */
export type WireTime = wire.WireTimestamp | number;

/** An operation on the wire whose times are written as `Time`. */
export type WireOperationOf<Time> = Omit<
  wire.Operation,
  "StartTimestamp" | "EndTimestamp" | "StepDetails" | "WaitDetails"
> & {
  StartTimestamp: Time | undefined;
  EndTimestamp?: Time | undefined;
  StepDetails?:
    | (Omit<wire.StepDetails, "NextAttemptTimestamp"> & { NextAttemptTimestamp?: Time | undefined })
    | undefined;
  WaitDetails?: { ScheduledEndTimestamp?: Time | undefined } | undefined;
};

/** The members of an update on the wire that hold what one kind alone has. */
export type OptionsMember = Extract<keyof wire.OperationUpdate, `${string}Options`>;

type Options = { [Member in OptionsMember]: NonNullable<wire.OperationUpdate[Member]> };

type NameOfType<T> = string extends T ? "string" : number extends T ? "number" : "boolean";

/** The JSON type of every option. */
export type OptionsShape = {
  readonly [Member in OptionsMember]?: {
    readonly [Option in keyof Options[Member]]-?: NameOfType<Options[Member][Option]>;
  };
};

/** The outcome of an operation, as its details have it. */
export type WireOutcome = Pick<wire.ContextDetails, "Result" | "Error">;

/** One kind of operation where executions are kept: it is sent, and updates of it are read. */
export interface KindAtService<Op extends Operation = Operation> {
  /** The details of an operation for the wire; `time` writes a time, given in ms since the epoch. */
  write(operation: Op, outcome: WireOutcome, time: (ms: number) => unknown): Partial<WireOperationOf<unknown>>;
  /** Reads an update's members of this kind alone; nothing is checked. */
  readOptions(update: wire.OperationUpdate): Partial<Unset<OperationUpdate>>;
  /** The JSON shape of those options. */
  readonly shape: OptionsShape;
}

/** One kind of operation where handlers run: it is read, and updates of it are sent. */
export interface KindAtSdk<Op extends Operation = Operation> {
  /** The member of an operation on the wire that holds what this kind has, its outcome too. */
  readonly details: Extract<keyof wire.Operation, `${string}Details`>;
  /** The operation that a service sent, from what all kinds have in common. What the wire leaves out is left empty. */
  read(common: OperationBase, operation: Partial<WireOperationOf<WireTime>>): Op;

  /** Writes an update's members of this kind alone, for the wire. */
  writeOptions(update: OperationUpdate): Pick<wire.OperationUpdate, OptionsMember>;
  /**
   * Makes an operation of this kind from an acknowledged START, where a service's answer leaves the operation out. By
   * default `read` makes it.
   */
  begin?(common: OperationBase, update: OperationUpdate): Op;
  /** Applies another acknowledged action, beside status, times and outcome. `now` is in ms since the epoch. */
  conclude?(operation: Draft<Op>, update: OperationUpdate, now: number): void;
}

/** Members that may say that they are not there. */
export type Unset<T> = { [Key in keyof T]: T[Key] | undefined };

/** Epoch seconds, or milliseconds where seconds would lie beyond the year 5000. Undefined for what is no time. */
export function toMilliseconds(time: WireTime | null | undefined): number | undefined {
  if (time === undefined || time === null) return undefined;
  const ms = typeof time === "number" ? (Math.abs(time) < 1e11 ? time * 1000 : time) : new Date(time).getTime();
  return Number.isNaN(ms) ? undefined : Math.round(ms);
}
