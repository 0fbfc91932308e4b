/** The options that every home has, wherever it stores and wakes. */

import { Limits } from "../../engine/machine/limits.ts";
import { messageOf } from "../../engine/model/message-of.ts";
import type { FunctionVersions } from "../../engine/runner/function.ts";
import type { RunnerOptions } from "../../engine/runner/runner.ts";
import { type ArnScope, formatExecutionArn, LOCAL_SCOPE } from "../../lambda-compat/arn.ts";
import type { Functions } from "../../lambda-compat/function-map.ts";
import { callback, type Forms, flag, record, refused, text, wholeNumber } from "./check-options.ts";
import { errorListener, type OnError } from "./on-error.ts";
import { OptionError } from "./option-error.ts";

/** The settings of a home's executions. */
export interface HomeSettings {
  /** The time that an execution is kept after its end, in days, 1 to 90; 14 by default. */
  readonly retentionDays?: number;
  /** The longest time of an execution, in seconds, up to 366 days; no limit by default. */
  readonly executionTimeoutSeconds?: number;
  /**
   * The most operations of an execution; 1,000,000 by default, where AWS takes 3,000. An execution that makes more
   * fails with an error that says so; a worker elsewhere gets a TooManyRequestsException.
   */
  readonly operationsPerExecution?: number;
  /**
   * True if an invocation with nothing to do stays in memory, as long as its process, page or object does, instead of
   * being replayed later; true by default.
   */
  readonly parks?: boolean;
  /** The beginning of the ARNs; `arn:perdure:lambda:local:000000000000` by default. */
  readonly arn?: Partial<ArnScope>;
  /**
   * Told of failures that nobody else is told of; they are tried again in any case. And of what halts an execution.
   * Without an id they concern no execution alone. By default each is a line of `console.error`, with the execution and the error and no payload.
   */
  readonly onError?: OnError;
}

export interface HomeOptions extends HomeSettings {
  /**
   * By name: what `withDurableExecution` returns, a plain async function for other functions to invoke, or
   * `{ latest, versions }` of them.
   */
  readonly functions: Functions;
}

/** The forms of the options of every home. */
export const HOME_FORMS: Forms = {
  functions: record,
  retentionDays: wholeNumber(1, Limits.RETENTION_DAYS),
  executionTimeoutSeconds: wholeNumber(1, Limits.SECONDS),
  operationsPerExecution: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  parks: flag,
  arn: {
    partition: text('a name such as "aws"', /^[\w-]+$/),
    region: text('a name such as "eu-west-1"', /^[\w-]+$/),
    account: text("12 digits", /^\d{12}$/),
  },
  onError: callback,
};

/** The runner's part of a home's options. */
export interface RunnerSettings
  extends Pick<RunnerOptions, "retentionDays" | "executionTimeoutSeconds" | "maxOperations" | "parks" | "arnOf"> {
  readonly onError: OnError;
}

export function runnerSettings(options: HomeSettings): RunnerSettings {
  const { retentionDays, executionTimeoutSeconds, operationsPerExecution, parks, onError } = options;
  const scope = arnScope(options);
  return {
    arnOf: (header) => formatExecutionArn(header, scope),
    onError: errorListener(onError),
    ...(retentionDays !== undefined && { retentionDays }),
    ...(executionTimeoutSeconds !== undefined && { executionTimeoutSeconds }),
    ...(operationsPerExecution !== undefined && { maxOperations: operationsPerExecution }),
    ...(parks !== undefined && { parks }),
  };
}

export function arnScope({ arn = {} }: HomeSettings): ArnScope {
  const { partition = LOCAL_SCOPE.partition, region = LOCAL_SCOPE.region, account = LOCAL_SCOPE.account } = arn;
  return { partition, region, account };
}

/**
 * Reads the functions of a home, by its own reader.
 *
 * @throws {OptionError} INVALID_OPTION, with the reader's TypeError as its cause.
 */
export function homeFunctions(
  functions: Functions,
  read: (functions: Functions) => ReadonlyMap<string, FunctionVersions>,
): ReadonlyMap<string, FunctionVersions> {
  if (!record.accepts(functions)) throw refused("functions", record.must, functions);
  try {
    return read(functions);
  } catch (cause) {
    throw new OptionError("functions", messageOf(cause), { cause });
  }
}
