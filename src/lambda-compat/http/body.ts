/** Request bodies, read no further than the limit allows and never trusted. */

import { present } from "../../engine/model/present.ts";
import { ApiError, invalidParameter } from "./api-error.ts";

/** A JSON type, a list of one, or an object of some. */
export type Shape = "string" | "number" | "boolean" | readonly [Shape] | { readonly [member: string]: Shape };

/** A value of that shape. Every member may be absent. */
export type Shaped<S> = S extends "string"
  ? string
  : S extends "number"
    ? number
    : S extends "boolean"
      ? boolean
      : S extends readonly [infer Item]
        ? Shaped<Item>[]
        : { -readonly [Member in keyof S]?: Shaped<S[Member]> };

export interface BodyLimits {
  readonly bytes: number;
  /** Milliseconds until all of it has arrived. */
  readonly ms: number;
}

/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Fails with `RequestTooLargeException` as soon as more than `bytes` have arrived, and with `RequestTimeoutException`
 * when the time is over.
 */
export async function readBody({ body }: Request, { bytes, ms }: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
  if (!body) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = body.getReader();
  const letGo = (): void => void reader.cancel().catch(() => {});
  let isLate = false;
  const timer = setTimeout(
    () => {
      isLate = true;
      letGo();
    },
    Math.min(ms, MAX_TIMER_MS),
  );
  try {
    const whole = await readWithin(reader, bytes);
    if (isLate) throw late(ms);
    return whole;
  } catch (error) {
    letGo();
    // Cancelling a body ends the read on some platforms, and fails it on others.
    throw isLate ? late(ms) : error;
  } finally {
    clearTimeout(timer);
  }
}

function late(ms: number): ApiError {
  return new ApiError("RequestTimeoutException", 408, `The request body must arrive within ${ms} ms.`);
}

async function readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { value } = await reader.read().catch(() => {
      throw malformed("is not complete");
    });
    if (!value) return new Uint8Array(await new Blob(chunks).arrayBuffer());
    chunks.push(value);
    size += value.length;
    if (size > limit)
      throw new ApiError("RequestTooLargeException", 413, `The request body must be at most ${limit} bytes.`);
  }
}

export function readText(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw malformed("is not UTF-8 text");
  }
}

/** More than any call but Invoke has to say, and little enough to be built in a moment. */
const MAX_VALUES = 100_000;

/** Undefined for an empty body. Nothing is built of a text with more than `maxValues` values. */
export function readJson(body: Uint8Array, maxValues: number = MAX_VALUES): unknown {
  if (hasMoreValues(body, maxValues)) throw malformed(`has more than ${maxValues} values`);
  const text = readText(body);
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    throw malformed("is not JSON");
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST = 0x5b;
const OBJECT = 0x7b;

/** Counts the values and names of a JSON text by its marks outside of texts, no further than it must. */
function hasMoreValues(body: Uint8Array, limit: number): boolean {
  let count = 1;
  let isText = false;
  for (let index = 0; index < body.length && count <= limit; index++) {
    const byte = body[index] as number;
    if (byte === QUOTE) isText = !isText;
    else if (isText && byte === BACKSLASH) index++;
    else if (!isText && isMark(byte)) count++;
  }
  return count > limit;
}

/** True for a byte that precedes a value or a name of JSON; only the first value has none before it. */
function isMark(byte: number): boolean {
  return byte === COMMA || byte === COLON || byte === LIST || byte === OBJECT;
}

/** Takes over what the shape names, type by type, and nothing else. `null` counts as absent, as in AWS's API. */
export function readShape<const S extends Shape>(value: unknown, shape: S, path: string): Shaped<S> | undefined {
  return (value ?? undefined) === undefined ? undefined : (shaped(value, shape, path) as Shaped<S>);
}

function shaped(value: unknown, shape: Shape, path: string): unknown {
  const list = Array.isArray(value);
  if (typeof shape === "string") {
    if (typeof value === shape) return value;
  } else if (isList(shape)) {
    if (list) return value.map((item, index) => shaped(item, shape[0], `${path}[${index}]`));
  } else if (!list && typeof value === "object" && value !== null) {
    const members = Object.keys(shape).map((name) => {
      const member: unknown = (value as Record<string, unknown>)[name];
      return [name, readShape(member, shape[name] as Shape, `${path}.${name}`)] as const;
    });
    return present(Object.fromEntries(members));
  }
  throw invalidParameter(
    `${path} must be ${typeof shape === "string" ? `a ${shape}` : isList(shape) ? "a list" : "an object"}.`,
  );
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function malformed(why: string): ApiError {
  return new ApiError("InvalidRequestContentException", 400, `The request body ${why}.`);
}
