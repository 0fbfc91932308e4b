/**
 * The messages between the page and the sandboxed worker. The worker has the engine and the user's code; the page has
 * the storage. So killing the worker loses what a killed process loses, and nothing else.
 */

import type { ExecutionStore, StartRequest } from "perdure/engine";
import type { CodePlace, LogLevel } from "./code-log.ts";

/** A file of the editor, compiled to a script. */
export interface Program {
  readonly file: string;
  readonly script: string;
  /** The source of the script. */
  readonly code: string;
  /** It came with a link, so it is somebody else's: it runs apart, without network. */
  readonly isForeign?: boolean;
}

/** The storage calls that the worker may make. The page itself clears old executions away. */
export const STORE_METHODS = [
  ...(["create", "append", "read", "putRow", "list", "keepSnapshot", "snapshot"] as const),
] satisfies readonly (keyof ExecutionStore)[];
export type StoreMethod = (typeof STORE_METHODS)[number];

export interface ReplayOptions {
  readonly functionName: string;
  /** As if the process had died after each commit; from the end of the log only by default. */
  readonly fromEveryCommit?: boolean;
}

export interface Opening {
  readonly programs: readonly Program[];
  readonly aheadMs: number;
  /** False for a worker that only holds logs against code: it takes up no execution. */
  readonly isToRun: boolean;
}

export type ToWorker =
  | ({ readonly type: "open" } & Opening)
  | { readonly type: "start"; readonly call: number; readonly request: StartRequest }
  | {
      readonly type: "replay";
      readonly call: number;
      readonly log: readonly string[];
      readonly options: ReplayOptions;
    }
  | { readonly type: "wake"; readonly executionId: string }
  | { readonly type: "clock"; readonly aheadMs: number }
  /** Answers a `store` message. */
  | { readonly type: "stored"; readonly call: number; readonly value: unknown }
  | { readonly type: "refused"; readonly call: number; readonly message: string; readonly isFull: boolean };

/** A function, and the file it comes from. */
export interface LoadedFunction {
  readonly name: string;
  readonly file: string;
}

export interface ProgramFailure {
  readonly file: string;
  readonly message: string;
  readonly line?: number;
}

/** The code called an operation. */
export interface Reached {
  readonly executionId: string;
  /** The operation's position. */
  readonly id: string;
  readonly method: string;
  readonly name?: string;
  readonly line?: number;
}

/** The handler runs again from the top. */
export interface Began {
  readonly executionId: string;
  /** The number of commits in the log then: an operation with its outcome in them is not done again. */
  readonly seq: number;
}

/** A line that the code wrote to its console or to a logger. */
export interface LogLine extends CodePlace {
  readonly level: LogLevel;
  readonly text: string;
  /** By the executions' clock, ms since the epoch. */
  readonly at: number;
  readonly line?: number;
}

/** An error as the code threw it: the log keeps no stack. */
export interface Thrown extends CodePlace {
  readonly stack: string;
  readonly line?: number;
}

export type FromWorker =
  | ({ readonly type: "said" } & LogLine)
  | ({ readonly type: "threw" } & Thrown)
  | {
      readonly type: "ready";
      /** In the order in which they were loaded: of two with one name the later one runs. */
      readonly functions: readonly LoadedFunction[];
      readonly failures: readonly ProgramFailure[];
    }
  | { readonly type: "store"; readonly call: number; readonly method: StoreMethod; readonly args: readonly unknown[] }
  | { readonly type: "answer"; readonly call: number; readonly value: unknown }
  | { readonly type: "failure"; readonly call: number; readonly message: string }
  | ({ readonly type: "began" } & Began)
  | ({ readonly type: "reached" } & Reached)
  /** A function inside an operation begins to run: not replayed, run. */
  | { readonly type: "ran"; readonly executionId: string; readonly id: string }
  | { readonly type: "trouble"; readonly executionId: string; readonly message: string };
