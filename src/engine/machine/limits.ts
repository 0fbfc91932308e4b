/**
 * Every limit, by name, and the checks against them. They are AWS's, so that what runs here runs there; a check comes
 * before anything is decided, and says how large a value is and how large it may be.
 */

import type { Failure } from "../model/failure.ts";
import type { OperationUpdate } from "../model/update.ts";
import { utf8Length } from "../model/utf8.ts";
import type { MachineRejection } from "./command.ts";
import { invalid } from "./command.ts";

export const Limits = {
  /** Input, result of an operation or of an execution, in UTF-16 units. */
  PAYLOAD_CHARACTERS: 6_291_456,
  /** An update that carries an error, as JSON in UTF-8. */
  ERROR_BYTES: 32_768,
  /** In UTF-8. */
  CALLBACK_RESULT_BYTES: 262_144,
  OPERATION_ID_CHARACTERS: 64,
  /** Positions (`1-2-3`) are hashed before they meet AWS's limit, so deep nesting may exceed it here. */
  POSITION_CHARACTERS: 1024,
  OPERATION_NAME_CHARACTERS: 256,
  SUB_TYPE_CHARACTERS: 32,
  EXECUTION_NAME_CHARACTERS: 64,
  FUNCTION_NAME_CHARACTERS: 140,
  /** A function's name with its version, or its ARN. */
  QUALIFIED_FUNCTION_NAME_CHARACTERS: 256,
  VERSION_CHARACTERS: 128,
  TENANT_ID_CHARACTERS: 256,
  TRACE_HEADER_CHARACTERS: 1024,
  PAUSE_REASON_CHARACTERS: 1024,
  /** Forks that an execution names: the newest. */
  FORKS_NAMED: 100,
  /** A commit with facts copied from another log, as text. */
  COPY_CHARACTERS: 33_554_432,
  /** Waits, retry delays, callback timeouts, execution timeouts: 366 days. */
  SECONDS: 31_622_400,
  RETENTION_DAYS: 90,
  /** With the runner's pauses, which grow from 1 second to 5 minutes, that takes some three and a half hours. */
  FAULTS_IN_A_ROW: 50,
} as const;

/** Of a log from elsewhere. Apart, since few programs read one. */
export const ForeignLogLimits = {
  /** How deep operations lie: as deep as positions reach. */
  NESTING: 512,
  /** All commits as text, in UTF-16 units. */
  CHARACTERS: 134_217_728,
} as const;

/** A value that may be too large, and its name in messages. */
interface Measured {
  readonly what: string;
  readonly size: number;
  readonly limit: number;
  readonly unit: string;
}

function tooLarge({ what, size, limit, unit }: Measured): MachineRejection {
  return { ...invalid(`${what} is ${size} ${unit}; the limit is ${limit}.`), size, limit };
}

/** Text of an operation or an execution that is stored as it is. */
export function checkPayload(payload: unknown, what: string): MachineRejection | undefined {
  if (payload == null) return undefined;
  if (typeof payload !== "string") return invalid(`${what} must be text.`);
  const limit = Limits.PAYLOAD_CHARACTERS;
  if (payload.length > limit) return tooLarge({ what, size: payload.length, limit, unit: "characters" });
  return undefined;
}

export function checkCallbackResult(result: unknown): MachineRejection | undefined {
  if (result == null) return undefined;
  const what = "Callback result";
  if (typeof result !== "string") return invalid(`${what} must be text.`);
  const limit = Limits.CALLBACK_RESULT_BYTES;
  if (result.length * 3 <= limit) return undefined;
  const size = utf8Length(result);
  return size > limit ? tooLarge({ what, size, limit, unit: "bytes" }) : undefined;
}

/** The size of an update that carries an error, or of the error alone. */
export function checkErrorSize(carrier: unknown): MachineRejection | undefined {
  const size = utf8Length(JSON.stringify(carrier));
  const limit = Limits.ERROR_BYTES;
  if (size <= limit) return undefined;
  return { ...invalid(`Error object size must be less than ${limit} bytes.`), size, limit };
}

/** Whole seconds from `least` to a year. */
export function checkSeconds(seconds: unknown, what: string, least: 0 | 1): MachineRejection | undefined {
  const limit = Limits.SECONDS;
  if (typeof seconds === "number" && Number.isInteger(seconds) && seconds >= least && seconds <= limit)
    return undefined;
  const message = `${what} is ${String(seconds)}; it must be a whole number from ${least} to ${limit}.`;
  return typeof seconds === "number" ? { ...invalid(message), size: seconds, limit } : invalid(message);
}

/** A time no further ahead than timers reach; a time in the past is allowed. */
export function checkStartTime(startAt: unknown, now: number): MachineRejection | undefined {
  const limit = now + Limits.SECONDS * 1000;
  if (typeof startAt === "number" && startAt <= limit) return undefined;
  const isTime = typeof startAt === "number" && !Number.isNaN(startAt);
  return invalid(
    isTime
      ? `The time of the start is ${startAt}; the limit is ${limit}, in ms since the epoch, 366 days from now.`
      : "The time of the start must be a Date, ms since the epoch, or a time as ISO 8601 has it.",
  );
}

/** Why an execution is paused, in any words. */
export function checkPauseReason(reason: unknown): MachineRejection | undefined {
  const what = "Reason";
  if (reason == null) return undefined;
  if (typeof reason !== "string") return invalid(`${what} must be text.`);
  const limit = Limits.PAUSE_REASON_CHARACTERS;
  return reason.length > limit ? tooLarge({ what, size: reason.length, limit, unit: "characters" }) : undefined;
}

export function checkDays(days: unknown): MachineRejection | undefined {
  const limit = Limits.RETENTION_DAYS;
  if (typeof days === "number" && Number.isInteger(days) && days >= 1 && days <= limit) return undefined;
  return invalid(`Retention in days is ${String(days)}; it must be a whole number from 1 to ${limit}.`);
}

/** Which characters a name may have. */
export type Alphabet = "identifier" | "version" | "printable";

export interface TextRule {
  readonly what: string;
  readonly limit: number;
  readonly alphabet: Alphabet;
}

const ALPHABETS: Readonly<Record<Alphabet, { readonly pattern: RegExp; readonly name: string }>> = {
  identifier: { pattern: /^[\w-]+$/, name: "letters, digits, - and _" },
  version: { pattern: /^[\w.$-]+$/, name: "letters, digits and - _ . $" },
  printable: { pattern: /^[ -~]+$/, name: "printable ASCII characters" },
};

/** 1 to `limit` characters of an alphabet. */
export function checkText(text: unknown, rule: TextRule): MachineRejection | undefined {
  const { what, limit } = rule;
  if (typeof text !== "string") return invalid(`${what} must be text.`);
  if (text.length === 0) return invalid(`${what} must not be empty.`);
  if (text.length > limit) return tooLarge({ what, size: text.length, limit, unit: "characters" });
  const { pattern, name } = ALPHABETS[rule.alphabet];
  return pattern.test(text) ? undefined : invalid(`${what} may only have ${name}.`);
}

const OPERATION_ID = rule("Operation id", Limits.OPERATION_ID_CHARACTERS, "identifier");
const POSITION = rule("Operation id", Limits.POSITION_CHARACTERS, "identifier");
const OPERATION_NAME = rule("Operation name", Limits.OPERATION_NAME_CHARACTERS, "printable");
const SUB_TYPE = rule("Sub type", Limits.SUB_TYPE_CHARACTERS, "identifier");
/** The function that a chained invoke names: its name, that with a version, or an ARN. */
export const CALLEE: TextRule = rule("Function name", Limits.QUALIFIED_FUNCTION_NAME_CHARACTERS, "printable");
export const TRACE_HEADER: TextRule = rule("Trace header", Limits.TRACE_HEADER_CHARACTERS, "printable");
export const TENANT_ID: TextRule = rule("Tenant id", Limits.TENANT_ID_CHARACTERS, "printable");
export const FUNCTION_NAME: TextRule = rule("Function name", Limits.FUNCTION_NAME_CHARACTERS, "identifier");
export const EXECUTION_NAME: TextRule = rule("Execution name", Limits.EXECUTION_NAME_CHARACTERS, "identifier");
export const VERSION: TextRule = rule("Version", Limits.VERSION_CHARACTERS, "version");

const POSITIONS = /^[\d-]*$/;

function rule(what: string, limit: number, alphabet: Alphabet): TextRule {
  return { what, limit, alphabet };
}

/** The sizes and shapes of one update, whatever its meaning. */
export function checkUpdate(update: OperationUpdate): MachineRejection | undefined {
  return (
    (update.error == null ? undefined : checkErrorSize(update)) ??
    checkText(update.id, POSITIONS.test(update.id) ? POSITION : OPERATION_ID) ??
    (update.name == null ? undefined : checkText(update.name, OPERATION_NAME)) ??
    (update.subType == null ? undefined : checkText(update.subType, SUB_TYPE)) ??
    checkPayload(update.payload, "Payload")
  );
}

/** The error as it is stored: the four known fields and nothing else that came along. */
export function storedFailure(error: Failure): Failure {
  const { errorType, errorMessage, errorData, stackTrace } = error;
  const stored: { -readonly [Key in keyof Failure]: Failure[Key] } = {};
  if (typeof errorType === "string") stored.errorType = errorType;
  if (typeof errorMessage === "string") stored.errorMessage = errorMessage;
  if (typeof errorData === "string") stored.errorData = errorData;
  if (Array.isArray(stackTrace)) stored.stackTrace = stackTrace.filter((line) => typeof line === "string");
  return stored;
}
