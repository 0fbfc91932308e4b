/**
 * AWS's literals. Where AWS declares a TypeScript `enum`, the type here is an ambient enum of the same name and members:
 * the compiler takes two such enums for the same, so values pass between AWS's package and this one in both directions,
 * and `JitterStrategy.FULL` is a type as well as a value. At run time there is a plain object and nothing else.
 * Configurations accept the bare text too, as `${JitterStrategy}`.
 */
/* oxlint-disable typescript/no-namespace -- types only: no code comes of them, and an enum's members are types in no other way */

import { OperationSubType as SubTypes } from "../engine/model/operation.ts";

export { OperationAction, OperationStatus, OperationType } from "../engine/model/operation.ts";

declare namespace Enums {
  enum StepSemantics {
    AtMostOncePerRetry = "AT_MOST_ONCE_PER_RETRY",
    AtLeastOncePerRetry = "AT_LEAST_ONCE_PER_RETRY",
  }
  enum JitterStrategy {
    NONE = "NONE",
    FULL = "FULL",
    HALF = "HALF",
  }
  enum InvocationStatus {
    SUCCEEDED = "SUCCEEDED",
    FAILED = "FAILED",
    PENDING = "PENDING",
  }
  enum OperationSubType {
    STEP = "Step",
    WAIT = "Wait",
    CALLBACK = "Callback",
    RUN_IN_CHILD_CONTEXT = "RunInChildContext",
    MAP = "Map",
    MAP_ITERATION = "MapIteration",
    PARALLEL = "Parallel",
    PARALLEL_BRANCH = "ParallelBranch",
    WAIT_FOR_CALLBACK = "WaitForCallback",
    WAIT_FOR_CONDITION = "WaitForCondition",
    CHAINED_INVOKE = "ChainedInvoke",
  }
  enum BatchItemStatus {
    SUCCEEDED = "SUCCEEDED",
    FAILED = "FAILED",
    STARTED = "STARTED",
  }
  enum CompletionOutcome {
    SUCCEEDED = "SUCCEEDED",
    FAILED = "FAILED",
  }
  enum NestingType {
    NESTED = "NESTED",
    FLAT = "FLAT",
  }
  enum FileSystemSerdesMode {
    ALWAYS = "ALWAYS",
    OVERFLOW = "OVERFLOW",
  }
  enum FileSystemPathEncoding {
    URI = "URI",
    HASH = "HASH",
  }
  enum FieldMatchMode {
    ANYWHERE = "ANYWHERE",
    PATH = "PATH",
  }
  enum PreviewMode {
    INCLUDE_ALL = "INCLUDE_ALL",
    EXCLUDE_ALL = "EXCLUDE_ALL",
  }
}

/** The text of each of an enum's members: holds an object to its type above. */
type Texts<Enum> = { readonly [Member in keyof Enum]: `${Enum[Member] & string}` };

/** Holds an object to no more members than an enum has. */
type NoMoreThan<Enum, From> = { readonly [Member in Exclude<keyof From, keyof Enum>]: never };

/** The guarantee for a step's function within one attempt. The default is at least once. */
export const StepSemantics: typeof Enums.StepSemantics = {
  AtMostOncePerRetry: "AT_MOST_ONCE_PER_RETRY",
  AtLeastOncePerRetry: "AT_LEAST_ONCE_PER_RETRY",
} satisfies Texts<typeof Enums.StepSemantics> as never;
export type StepSemantics = Enums.StepSemantics;
export declare namespace StepSemantics {
  type AtMostOncePerRetry = Enums.StepSemantics.AtMostOncePerRetry;
  type AtLeastOncePerRetry = Enums.StepSemantics.AtLeastOncePerRetry;
}

/** The jitter of a delay: none, over all of it, or over its second half. */
export const JitterStrategy: typeof Enums.JitterStrategy = {
  NONE: "NONE",
  FULL: "FULL",
  HALF: "HALF",
} satisfies Texts<typeof Enums.JitterStrategy> as never;
export type JitterStrategy = Enums.JitterStrategy;
export declare namespace JitterStrategy {
  type NONE = Enums.JitterStrategy.NONE;
  type FULL = Enums.JitterStrategy.FULL;
  type HALF = Enums.JitterStrategy.HALF;
}

/** The outcome of an invocation. PENDING: it is suspended, and another one goes on. */
export const InvocationStatus: typeof Enums.InvocationStatus = {
  SUCCEEDED: "SUCCEEDED",
  FAILED: "FAILED",
  PENDING: "PENDING",
} satisfies Texts<typeof Enums.InvocationStatus> as never;
export type InvocationStatus = Enums.InvocationStatus;
export declare namespace InvocationStatus {
  type SUCCEEDED = Enums.InvocationStatus.SUCCEEDED;
  type FAILED = Enums.InvocationStatus.FAILED;
  type PENDING = Enums.InvocationStatus.PENDING;
}

/** The call of the programming model that an operation comes from. */
export const OperationSubType: typeof Enums.OperationSubType = SubTypes satisfies Texts<typeof Enums.OperationSubType> &
  NoMoreThan<typeof Enums.OperationSubType, typeof SubTypes> as never;
export type OperationSubType = Enums.OperationSubType;
export declare namespace OperationSubType {
  type STEP = Enums.OperationSubType.STEP;
  type WAIT = Enums.OperationSubType.WAIT;
  type CALLBACK = Enums.OperationSubType.CALLBACK;
  type RUN_IN_CHILD_CONTEXT = Enums.OperationSubType.RUN_IN_CHILD_CONTEXT;
  type MAP = Enums.OperationSubType.MAP;
  type MAP_ITERATION = Enums.OperationSubType.MAP_ITERATION;
  type PARALLEL = Enums.OperationSubType.PARALLEL;
  type PARALLEL_BRANCH = Enums.OperationSubType.PARALLEL_BRANCH;
  type WAIT_FOR_CALLBACK = Enums.OperationSubType.WAIT_FOR_CALLBACK;
  type WAIT_FOR_CONDITION = Enums.OperationSubType.WAIT_FOR_CONDITION;
  type CHAINED_INVOKE = Enums.OperationSubType.CHAINED_INVOKE;
}

/** STARTED: the batch was complete before this item was. */
export const BatchItemStatus: typeof Enums.BatchItemStatus = {
  SUCCEEDED: "SUCCEEDED",
  FAILED: "FAILED",
  STARTED: "STARTED",
} satisfies Texts<typeof Enums.BatchItemStatus> as never;
export type BatchItemStatus = Enums.BatchItemStatus;
export declare namespace BatchItemStatus {
  type SUCCEEDED = Enums.BatchItemStatus.SUCCEEDED;
  type FAILED = Enums.BatchItemStatus.FAILED;
  type STARTED = Enums.BatchItemStatus.STARTED;
}

/** The outcome of a batch that `shouldComplete` has ended. */
export const CompletionOutcome: typeof Enums.CompletionOutcome = {
  SUCCEEDED: "SUCCEEDED",
  FAILED: "FAILED",
} satisfies Texts<typeof Enums.CompletionOutcome> as never;
export type CompletionOutcome = Enums.CompletionOutcome;
export declare namespace CompletionOutcome {
  type SUCCEEDED = Enums.CompletionOutcome.SUCCEEDED;
  type FAILED = Enums.CompletionOutcome.FAILED;
}

/** NESTED, the default: each item of a map or parallel is a recorded context of its own. FLAT: it is not. */
export const NestingType: typeof Enums.NestingType = {
  NESTED: "NESTED",
  FLAT: "FLAT",
} satisfies Texts<typeof Enums.NestingType> as never;
export type NestingType = Enums.NestingType;
export declare namespace NestingType {
  type NESTED = Enums.NestingType.NESTED;
  type FLAT = Enums.NestingType.FLAT;
}

/** The payloads that go to a file: all, or those too large to be stored in line. */
export const FileSystemSerdesMode: typeof Enums.FileSystemSerdesMode = {
  ALWAYS: "ALWAYS",
  OVERFLOW: "OVERFLOW",
} satisfies Texts<typeof Enums.FileSystemSerdesMode> as never;
export type FileSystemSerdesMode = Enums.FileSystemSerdesMode;
export declare namespace FileSystemSerdesMode {
  type ALWAYS = Enums.FileSystemSerdesMode.ALWAYS;
  type OVERFLOW = Enums.FileSystemSerdesMode.OVERFLOW;
}

/** The encoding of names as path segments: percent-encoded, or as SHA-256 in hex. */
export const FileSystemPathEncoding: typeof Enums.FileSystemPathEncoding = {
  URI: "URI",
  HASH: "HASH",
} satisfies Texts<typeof Enums.FileSystemPathEncoding> as never;
export type FileSystemPathEncoding = Enums.FileSystemPathEncoding;
export declare namespace FileSystemPathEncoding {
  type URI = Enums.FileSystemPathEncoding.URI;
  type HASH = Enums.FileSystemPathEncoding.HASH;
}

/** A field of a preview is named by any segment of its path (ANYWHERE, the default) or by all of it (PATH). */
export const FieldMatchMode: typeof Enums.FieldMatchMode = {
  ANYWHERE: "ANYWHERE",
  PATH: "PATH",
} satisfies Texts<typeof Enums.FieldMatchMode> as never;
export type FieldMatchMode = Enums.FieldMatchMode;
export declare namespace FieldMatchMode {
  type ANYWHERE = Enums.FieldMatchMode.ANYWHERE;
  type PATH = Enums.FieldMatchMode.PATH;
}

/** The treatment in a preview of fields that no list names. */
export const PreviewMode: typeof Enums.PreviewMode = {
  INCLUDE_ALL: "INCLUDE_ALL",
  EXCLUDE_ALL: "EXCLUDE_ALL",
} satisfies Texts<typeof Enums.PreviewMode> as never;
export type PreviewMode = Enums.PreviewMode;
export declare namespace PreviewMode {
  type INCLUDE_ALL = Enums.PreviewMode.INCLUDE_ALL;
  type EXCLUDE_ALL = Enums.PreviewMode.EXCLUDE_ALL;
}
