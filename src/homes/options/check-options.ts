/** Holds what a home was created with to the forms of its options: a mistake is refused at once, and is not a default. */

import { OptionError } from "./option-error.ts";

/** The form of one option. */
export interface Form {
  /** The end of the sentence "`parks` must be ...". */
  readonly must: string;
  readonly accepts: (given: unknown) => boolean;
}

/** By option: its form, or those of its own options. */
export interface Forms {
  readonly [option: string]: Form | Forms;
}

/**
 * Options that are undefined count as absent.
 *
 * @throws {OptionError} INVALID_OPTION for an option that there is not, and for one of another form than its own.
 */
export function checkOptions(given: unknown, forms: Forms, within = ""): void {
  const names = Object.keys(forms);
  if (!isRecord(given)) throw refused(within || "options", `an object with ${names.join(", ")}`, given);
  for (const [name, value] of Object.entries(given)) {
    const option = within === "" ? name : `${within}.${name}`;
    const form = names.includes(name) ? forms[name] : undefined;
    if (form === undefined)
      throw new OptionError(option, `There is no option ${option}; there are ${names.join(", ")}.`);
    if (value === undefined) continue;
    if (!isForm(form)) checkOptions(value, form, option);
    else if (!form.accepts(value)) throw refused(option, form.must, value);
  }
}

export function refused(option: string, must: string, given: unknown): OptionError {
  return new OptionError(option, `${option} must be ${must}; ${shown(given)} was given.`);
}

export const flag: Form = { must: "true or false", accepts: (given) => typeof given === "boolean" };

export const callback: Form = { must: "a function", accepts: (given) => typeof given === "function" };

export const record: Form = { must: "an object", accepts: isRecord };

export const name: Form = { must: "a text that is not empty", accepts: (given) => isText(given) && given !== "" };

export function text(must: string, pattern: RegExp): Form {
  return { must, accepts: (given) => isText(given) && pattern.test(given) };
}

export function wholeNumber(least: number, most: number): Form {
  return {
    must: `a whole number from ${least} to ${most}`,
    accepts: (given) => Number.isInteger(given) && isIn(given, least, most),
  };
}

/** `Infinity` included. */
export function atLeast(least: number): Form {
  return { must: `a number from ${least} on`, accepts: (given) => isIn(given, least, Number.POSITIVE_INFINITY) };
}

function isIn(given: unknown, least: number, most: number): boolean {
  return typeof given === "number" && given >= least && given <= most;
}

function isText(given: unknown): given is string {
  return typeof given === "string";
}

function isRecord(given: unknown): given is object {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

function isForm(form: Form | Forms): form is Form {
  return typeof form["accepts"] === "function";
}

const LONGEST_SHOWN = 60;

function shown(given: unknown): string {
  if (given == null) return "nothing";
  if (isText(given)) return JSON.stringify(given.slice(0, LONGEST_SHOWN));
  if (Array.isArray(given)) return `[${given.map(shown).join(", ").slice(0, LONGEST_SHOWN)}]`;
  if (typeof given === "number" || typeof given === "boolean") return `${given}`;
  // No more than its kind, as in [object Promise]: what is in it may be a payload.
  return Object.prototype.toString.call(given);
}
