/**
 * Commits from outside: of a file, or streamed by another process. Commits that this machine wrote are trusted, and read
 * without a check of each field; a commit from outside may hold anything, and would be kept for good. So each field of
 * each fact is checked here by type and range, and a fact has no other fields. Whether facts can follow on each other is
 * checked when they are folded.
 */

import { executionIdOfCallback } from "../model/callback-id.ts";
import type { Commit, CopiedCommit, Fact } from "../model/commit.ts";
import { HaltReason } from "../model/execution.ts";
import { OperationType } from "../model/operation.ts";
import { decodeCommit } from "./commit-codec.ts";
import {
  CALLEE,
  checkDays,
  checkPayload,
  checkSeconds,
  checkText,
  EXECUTION_NAME,
  FUNCTION_NAME,
  Limits,
  TENANT_ID,
  TRACE_HEADER,
  VERSION,
} from "./limits.ts";
import { CorruptLogError } from "./log-errors.ts";
import { checkTags } from "./tags.ts";

/** True for a value that the field may have. */
type Check = (value: unknown) => boolean;

type FactOf<Kind extends Fact["kind"]> = Fact extends infer Each
  ? Each extends { readonly kind: infer Kinds }
    ? Kind extends Kinds
      ? Each
      : never
    : never
  : never;

/** Every field that a fact of a kind has: the compiler names a missing one. */
type Fields<Shape> = { readonly [Field in Exclude<keyof Shape, "kind">]-?: Check };

/**
 * The last moment of the year 9999, ms since the epoch. What is counted from a time (deadlines, retention) is still one
 * that a Date can hold.
 */
const LAST_TIME = 253_402_300_799_999;
const WRITER_CHARACTERS = 128;
/** Of one that was made here, with what stands in the place of its secret where it is redacted. */
const CALLBACK_ID_CHARACTERS = 1_050;

const text: Check = (value) => checkPayload(value, "Text") === undefined && typeof value === "string";
const short =
  (limit: number): Check =>
  (value) =>
    typeof value === "string" && value.length > 0 && value.length <= limit;
const flag: Check = (value) => typeof value === "boolean";
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const time: Check = (value) => count(value) && (value as number) <= LAST_TIME;
const seconds: Check = (value) => checkSeconds(value, "Seconds", 0) === undefined;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf = (values: Readonly<Record<string, string>>): Check => {
  const all: ReadonlySet<unknown> = new Set(Object.values(values));
  return (value) => all.has(value);
};
const named =
  (rule: Parameters<typeof checkText>[1]): Check =>
  (value) =>
    checkText(value, rule) === undefined;

const isFunction = named(FUNCTION_NAME);
const isExecution = named(EXECUTION_NAME);
const id = short(Limits.POSITION_CHARACTERS);
const error: Check = (value) =>
  hasOnly(value, { errorType: text, errorMessage: text, errorData: text, stackTrace: isLines }, optional);
/** A function's name and the execution's own. */
const executionId: Check = (value) => {
  const [functionName, name, ...rest] = String(value).split("/");
  return typeof value === "string" && rest.length === 0 && isFunction(functionName) && isExecution(name);
};
const incarnation = short(WRITER_CHARACTERS);
const version = named(VERSION);
const origin: Check = (value) =>
  hasOnly(value, {
    ...{ executionId, incarnation, version },
    cursor: count,
    operationId: optional(id),
    isLatest: optional(flag),
  });
const parent: Check = (value) =>
  hasOnly(value, {
    executionId,
    incarnation: optional(incarnation),
    operationId: id,
    rewinds: optional(count),
  });

const operation = { id, at: optional(time) };
const introduction = {
  type: optional(oneOf(OperationType)),
  parentId: optional(id),
  name: optional(short(Limits.OPERATION_NAME_CHARACTERS)),
  subType: optional(short(Limits.SUB_TYPE_CHARACTERS)),
};
const ended = { result: optional(text), error: optional(error) };
const cutOff = { ...operation, error: optional(error) };

const facts: { readonly [Kind in Fact["kind"]]: Fields<FactOf<Kind>> } = {
  EXECUTION_STARTED: {
    name: isExecution,
    incarnation,
    functionName: isFunction,
    version,
    input: optional(text),
    executionTimeoutSeconds: optional(seconds),
    retentionDays: (value) => checkDays(value) === undefined,
    parent: optional(parent),
    tenantId: optional(named(TENANT_ID)),
    traceHeader: optional(named(TRACE_HEADER)),
    tags: optional((value) => checkTags(value) === undefined),
    startAt: optional(time),
    forkedFrom: optional(origin),
  },
  STARTED: {
    ...operation,
    ...introduction,
    waitSeconds: optional(seconds),
    dueAt: optional(time),
    callbackId: optional(short(CALLBACK_ID_CHARACTERS)),
    timeoutSeconds: optional(seconds),
    heartbeatTimeoutSeconds: optional(seconds),
    functionName: optional(named(CALLEE)),
    tenantId: optional(named(TENANT_ID)),
    input: optional(text),
    rewinds: optional(count),
  },
  SUCCEEDED: {
    ...operation,
    ...introduction,
    result: optional(text),
    replayChildren: optional(flag),
    after: optional(count),
  },
  FAILED: {
    ...operation,
    ...introduction,
    error: optional(error),
    replayChildren: optional(flag),
    after: optional(count),
  },
  RETRIED: {
    ...operation,
    ...introduction,
    delaySeconds: seconds,
    dueAt: time,
    error: optional(error),
    result: optional(text),
  },
  READY: operation,
  TIMED_OUT: cutOff,
  STOPPED: cutOff,
  CANCELLED: cutOff,
  HEARTBEAT: operation,
  EXECUTION_SUCCEEDED: ended,
  EXECUTION_FAILED: ended,
  EXECUTION_TIMED_OUT: ended,
  EXECUTION_STOPPED: ended,
  INVOCATION_COMPLETED: {
    requestId: short(WRITER_CHARACTERS),
    startedAt: time,
    error: optional(error),
    retryAt: optional(time),
  },
  HALTED: { reason: oneOf(HaltReason), error },
  RESUMED: { version: optional(version) },
  PARENT_NOTIFIED: {},
  PURGED: {},
  COPIED: { commits: (value) => Array.isArray(value) && value.every(isCopied) },
  REWOUND: {
    cursor: count,
    operationId: optional(id),
    version: optional(version),
    tags: optional((value) => checkTags(value) === undefined),
    commits: (value) => Array.isArray(value) && value.every(isCopied),
  },
  FORKED: { executionId, incarnation, version },
};

const commitFields: Readonly<Record<Exclude<keyof Commit, "facts">, Check>> = {
  v: () => true,
  writer: short(WRITER_CHARACTERS),
  owner: optional(short(WRITER_CHARACTERS)),
  at: time,
};

/** How a commit from elsewhere is read. */
export interface ForeignCommitOptions {
  /**
   * Takes every text for the id of a callback: ids are redacted for those who may not answer, and another service has ids
   * of its own. For what is looked at only. By default an id leads to an execution, as those that are made here do.
   */
  readonly anyCallbackId?: boolean;
}

/**
 * Reads a commit from an untrusted source. `decodeCommit` trusts the text, and takes less time.
 *
 * @throws {CorruptLogError} CORRUPT_LOG, with the field whose value is impossible.
 * @throws {UnsupportedLogVersionError} UNSUPPORTED_LOG_VERSION
 */
export function decodeForeignCommit(body: string, { anyCallbackId = false }: ForeignCommitOptions = {}): Commit {
  const commit = decodeCommit(body);
  const wrong = wrongField(commit, { ...commitFields, facts: Array.isArray });
  if (wrong !== undefined) throw new CorruptLogError(`A commit of the log has a wrong value for "${wrong}".`);
  commit.facts.forEach(checkFact);
  if (!anyCallbackId) checkCallbackIds(commit.facts);
  return commit;
}

function checkCallbackIds(facts: readonly Fact[]): void {
  for (const fact of facts) {
    if (fact.kind === "COPIED" || fact.kind === "REWOUND") fact.commits.forEach((each) => checkCallbackIds(each.facts));
    if (fact.kind !== "STARTED" || fact.callbackId === undefined) continue;
    if (executionIdOfCallback(fact.callbackId) === undefined) throw wrongValue(fact.kind, "callbackId");
  }
}

function checkFact(fact: Fact): void {
  const { kind, ...fields } = fact;
  if (!Object.hasOwn(facts, kind)) throw new CorruptLogError(`The log has a fact of an unknown kind, "${kind}".`);
  const wrong = wrongField(fields, facts[kind]);
  if (wrong !== undefined) throw wrongValue(kind, wrong);
}

function wrongValue(kind: Fact["kind"], field: string): CorruptLogError {
  return new CorruptLogError(`The log has a fact ${kind} with a wrong value for "${field}".`);
}

/** Copied facts are about operations alone, and checked like the log's own. */
function isCopied(value: unknown): boolean {
  if (!hasOnly(value, { at: time, facts: Array.isArray })) return false;
  const { facts: copied } = value as CopiedCommit;
  for (const fact of copied) {
    if (typeof fact !== "object" || fact === null || !("id" in fact)) return false;
    checkFact(fact);
  }
  return true;
}

/** The name of a field that is unknown, or whose value is impossible. */
function wrongField(value: object, fields: Readonly<Record<string, Check>>): string | undefined {
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) return unknown;
  return Object.keys(fields).find((field) => fields[field]?.((value as Record<string, unknown>)[field]) !== true);
}

function hasOnly(
  value: unknown,
  fields: Readonly<Record<string, Check>>,
  each: (check: Check) => Check = (check) => check,
): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const checks = Object.fromEntries(Object.entries(fields).map(([field, check]) => [field, each(check)]));
  return wrongField(value, checks) === undefined;
}

function isLines(value: unknown): boolean {
  return Array.isArray(value) && value.every(text);
}
