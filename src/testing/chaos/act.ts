/**
 * Programs as data: trees of operations of every kind, and what each comes to. A handler that performs them needs
 * nothing else, so a program can be made from a seed and judged by its result.
 */

/** An operation that is done when its own result is there. Names are unique in their execution. */
export type SimpleAct =
  | {
      readonly act: "step";
      readonly name: string;
      /** The time of an attempt, in ms. */
      readonly takesMs: number;
      /** Attempts that fail before one succeeds. */
      readonly failures: number;
      /** The attempt after which it is given up. */
      readonly mostAttempts?: number;
      readonly atMostOnce: boolean;
    }
  | { readonly act: "wait"; readonly name: string; readonly seconds: number }
  | { readonly act: "poll"; readonly name: string; readonly rounds: number }
  | {
      readonly act: "callback" | "waitForCallback";
      readonly name: string;
      readonly timeoutSeconds?: number;
      readonly heartbeatSeconds?: number;
    }
  | { readonly act: "plain"; readonly name: string; readonly takesMs: number };

/** The way to await several operations that were begun together. */
export type Join = "all" | "race" | "any" | "allSettled";

export type Act =
  | SimpleAct
  | { readonly act: "child" | "virtual" | "invoke"; readonly name: string; readonly acts: readonly Act[] }
  | {
      readonly act: "map" | "parallel";
      readonly name: string;
      readonly branches: readonly (readonly Act[])[];
      readonly nesting: "NESTED" | "FLAT";
      readonly maxConcurrency?: number;
      /** The number of branches that have to succeed; the others are left behind. */
      readonly enough?: number;
    }
  /** Operations begun at once with nothing around them, and JavaScript's own promises over them. */
  | { readonly act: "graph"; readonly name: string; readonly join: Join; readonly operations: readonly SimpleAct[] }
  /** The same over contexts. */
  | {
      readonly act: "contexts";
      readonly name: string;
      readonly join: "all" | "race";
      readonly isVirtual: boolean;
      readonly branches: readonly (readonly Act[])[];
    }
  /** Begun and never awaited. */
  | { readonly act: "loser"; readonly name: string; readonly operation: SimpleAct };

/** The input of an execution. */
export interface Program {
  /** Tells executions of one name apart, and callees from their callers. It is part of every value. */
  readonly tag: string;
  readonly acts: readonly Act[];
}
