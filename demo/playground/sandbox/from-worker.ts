/**
 * The checks of messages from the sandboxed worker: its code can speak to the page in the engine's place. A value that
 * is no text, or a time that no date has, would break the page that shows it.
 */

import type { Fields } from "../../../console/views/wire/fields.ts";
import { LOG_LEVELS, type CodePlace } from "./code-log.ts";
import type { FromWorker, LoadedFunction, ProgramFailure, StoreMethod } from "./protocol.ts";

/** Longer texts are cut, in UTF-16 code units. */
const LONGEST_TEXT = 20_000;
/** Of names and positions, which are no longer than this. */
const LONGEST_NAME = 1_100;
/** Of functions and of failures to load them. */
const MOST_ITEMS = 1_000;
const LAST_MOMENT = 8.64e15;

type Message<Type extends FromWorker["type"]> = Extract<FromWorker, { readonly type: Type }>;

const readers: { readonly [Type in FromWorker["type"]]: (fields: Fields) => Message<Type> } = {
  said: ({ level, text, at, line, ...place }) => ({
    ...{ type: "said", ...placeOf(place), text: readText(text), at: moment(at), ...lineOf(line) },
    level: LOG_LEVELS.find((each) => each === level) ?? refuse(),
  }),
  threw: ({ stack, line, ...place }) => ({
    ...{ type: "threw", ...placeOf(place), stack: readText(stack), ...lineOf(line) },
  }),
  ready: ({ functions, failures }) => ({
    type: "ready",
    functions: items(functions).map(functionOf),
    failures: items(failures).map(failureOf),
  }),
  // The storage checks these itself, and answers what is wrong with them.
  store: ({ call, method, args }) => ({
    ...{ type: "store", call: whole(call), method: method as StoreMethod, args: args as readonly unknown[] },
  }),
  // Checked by whoever has asked.
  answer: ({ call, value }) => ({ type: "answer", call: whole(call), value }),
  failure: ({ call, message }) => ({ type: "failure", call: whole(call), message: readText(message) }),
  began: ({ executionId, seq }) => ({ type: "began", executionId: readName(executionId), seq: whole(seq) }),
  reached: ({ executionId, id, method, name, line }) => ({
    ...{ type: "reached", executionId: readName(executionId), id: readName(id), method: readName(method) },
    ...(name !== undefined && { name: readName(name) }),
    ...lineOf(line),
  }),
  ran: ({ executionId, id }) => ({ type: "ran", executionId: readName(executionId), id: readName(id) }),
  trouble: ({ executionId, message }) => ({
    ...{ type: "trouble", executionId: readName(executionId), message: readText(message) },
  }),
};

/** Undefined for what the engine would not say. */
export function readMessage(data: unknown): FromWorker | undefined {
  try {
    const fields = fieldsOf(data);
    const type = fields["type"];
    if (typeof type !== "string" || !Object.hasOwn(readers, type)) return undefined;
    return readers[type as FromWorker["type"]](fields);
  } catch {
    return undefined;
  }
}

/** @throws {TypeError} for what is no text. */
export function readText(value: unknown): string {
  return typeof value === "string" ? value.slice(0, LONGEST_TEXT) : refuse();
}

/** @throws {TypeError} for what is no name or position. */
export function readName(value: unknown): string {
  return typeof value === "string" && value.length <= LONGEST_NAME ? value : refuse();
}

/** @throws {TypeError} for what is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : refuse();
}

/** From 0. @throws {TypeError} for what is no whole number. */
export function whole(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : refuse();
}

function refuse(): never {
  throw new TypeError("The worker said what the engine does not say.");
}

function moment(value: unknown): number {
  return typeof value === "number" && Math.abs(value) <= LAST_MOMENT ? value : refuse();
}

function lineOf(line: unknown): { readonly line?: number } {
  return line === undefined ? {} : { line: whole(line) };
}

function placeOf({ executionId, id }: Fields): CodePlace {
  return { executionId: readName(executionId), ...(id !== undefined && { id: readName(id) }) };
}

function items(value: unknown): readonly Fields[] {
  return Array.isArray(value) && value.length <= MOST_ITEMS ? value.map(fieldsOf) : refuse();
}

function functionOf({ name, file }: Fields): LoadedFunction {
  return { name: readName(name), file: readName(file) };
}

function failureOf({ file, message, line }: Fields): ProgramFailure {
  return { file: readName(file), message: readText(message), ...lineOf(line) };
}
