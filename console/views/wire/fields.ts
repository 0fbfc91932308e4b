/** Answers of an HTTP face, which may be anybody's: checked before anything is shown of them. */

import { ForeignDataError } from "./bounded.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** JSON text as an object. @throws {ForeignDataError} */
export function readAnswer(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ForeignDataError("The Worker's answer is not JSON. Is this the address of its HTTP API?", {
      cause: error,
    });
  }
  return fields(value);
}

/** @throws {ForeignDataError} for what is no object. */
export function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null) throw unexpected();
  return value as Fields;
}

/** @throws {ForeignDataError} for what is no list. */
export function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unexpected();
  return value as readonly unknown[];
}

/** @throws {ForeignDataError} for what is no text. */
export function text(value: unknown): string {
  if (typeof value !== "string") throw unexpected();
  return value;
}

const LAST_MOMENT = 8.64e15;

/** From seconds to ms since the epoch. @throws {ForeignDataError} where no date can be made of it. */
export function moment(seconds: unknown): number {
  const at = Math.round(Number(seconds) * 1_000);
  if (typeof seconds !== "number" || !(Math.abs(at) <= LAST_MOMENT)) throw unexpected();
  return at;
}

export function unexpected(): ForeignDataError {
  return new ForeignDataError("The Worker's answer is not as its HTTP API has it.");
}
