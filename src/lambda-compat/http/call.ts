/** The call that every route gets, and the readers for its query, headers and path. */

import type { ExecutionHeader } from "../../engine/model/execution.ts";
import type { Tags } from "../../engine/model/tags.ts";
import type { ExecutionClient } from "../../engine/runner/client.ts";
import {
  type ArnScope,
  type ExecutionArnParts,
  executionIdOf,
  parseExecutionArn,
  parseFunctionReference,
} from "../arn.ts";
import { ApiError, invalidParameter } from "./api-error.ts";
import type { Right } from "./credentials.ts";
import type { HostLimits } from "./limits.ts";
import type { LogSource } from "./log-source.ts";

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

export interface Face {
  readonly client: ExecutionClient;
  /** Absent where nobody keeps what handlers write. */
  readonly logs: LogSource | undefined;
  readonly scope: ArnScope;
  /** The prefix of every path; empty at the root. */
  readonly basePath: string;
  /** The host names that clients may sign, where they differ from the header `Host`. */
  readonly signedHosts: readonly string[] | undefined;
  readonly heartbeatMs: number;
  readonly limits: HostLimits;
  readonly now: () => number;
  /** Told of every failure that the caller only sees as `ServiceException`. */
  readonly onError: (error: unknown) => void;
}

export interface Call {
  /** Tells whether the caller has another right, too. */
  readonly may: (right: Right) => boolean;
  readonly headers: Headers;
  readonly query: URLSearchParams;
  /** The name or id in the path of the execution, the function or the callback, decoded. */
  readonly label: string;
  readonly body: Uint8Array;
  /** Aborted when the caller has left, where the platform tells. */
  readonly signal: AbortSignal;
}

export function readArn(arn: string): ExecutionArnParts & { readonly id: string } {
  const parts = parseExecutionArn(arn);
  if (!parts) throw invalidParameter("DurableExecutionArn must be the ARN of a durable execution.");
  return { ...parts, id: executionIdOf(parts) };
}

/** Finds the very execution that the ARN names: a later one of the same name is another. */
export async function findExecution({ client }: Face, arn: string): Promise<ExecutionHeader> {
  const { id, incarnation } = readArn(arn);
  const execution = await client.describe(id);
  if (execution.incarnation === incarnation) return execution;
  throw new ApiError("ResourceNotFoundException", 404, "There is no durable execution with this ARN.");
}

/** A version may come with the name or beside it; both are fine when they agree. */
export function readFunction({ label, query }: Call): { functionName: string; version: string | undefined } {
  const beside = query.get("Qualifier");
  const plain = parseFunctionReference(label);
  const isWhole = beside === null || plain?.qualifier === beside;
  const reference = isWhole ? plain : parseFunctionReference(`${label}:${beside}`);
  if (reference) return { functionName: reference.functionName, version: reference.qualifier };
  throw invalidParameter("FunctionName must be the name or the ARN of a function, Qualifier its version.");
}

export function readChoice<T extends string>(
  value: string | null,
  field: string,
  choices: readonly T[],
): T | undefined {
  const choice = choices.find((candidate) => candidate === value);
  if (value === null || choice) return choice;
  throw invalidParameter(`${field} must be one of ${choices.join(", ")}.`);
}

export function readFlag(query: URLSearchParams, field: string): boolean | undefined {
  const choice = readChoice(query.get(field), field, ["true", "false"]);
  return choice && choice === "true";
}

/** A whole number from 0 to `max`; 0 when absent. */
export function readWhole(value: string | null, field: string, max: number): number {
  const number = Number(value);
  if (/^\d*$/.test(value ?? "") && number <= max) return number;
  throw invalidParameter(`${field} must be a whole number from 0 to ${max}.`);
}

/** The size of a page: 1 to 1000, 100 when absent or 0. */
export function readLimit(query: URLSearchParams): number {
  return readWhole(query.get("MaxItems"), "MaxItems", MAX_PAGE) || DEFAULT_PAGE;
}

/** ISO 8601 or seconds since the epoch, to ms since the epoch. */
export function readTime(value: string | null, field: string): number | undefined {
  if (value === null) return undefined;
  const time = /^\d{4}-/.test(value) ? Date.parse(value) : Number(value || Number.NaN) * 1000;
  if (Number.isFinite(time)) return time;
  throw invalidParameter(`${field} must be an ISO 8601 time or seconds since the epoch.`);
}

/** Tags as `key=value`, each key once; undefined for none. */
export function readTags(pairs: readonly (readonly [key: string, value: string])[], field: string): Tags | undefined {
  if (pairs.length === 0) return undefined;
  const tags = new Map(pairs);
  if (tags.size < pairs.length) throw invalidParameter(`${field} must name each tag once.`);
  return Object.fromEntries(tags);
}

/** Seconds since the epoch, the REST API's way to write times. What is undefined vanishes in the JSON. */
export function seconds(ms: number): number;
export function seconds(ms: number | undefined): number | undefined;
export function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? ms : ms / 1000;
}
