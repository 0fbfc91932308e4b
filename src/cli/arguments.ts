/** Reads a command line: what is not known is refused with what was probably meant. */

import { parseArgs } from "node:util";
import { usageError } from "./failures.ts";
import { nearest } from "./nearest.ts";

export interface OptionSpec {
  /** The placeholder for the option's value in the help; none for a flag. */
  readonly value?: string;
  readonly short?: string;
  readonly help: string;
  readonly repeats?: boolean;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The arguments of a command and its options, by name. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(positionals: readonly string[], values: ReadonlyMap<string, readonly string[]>) {
    this.positionals = positionals;
    this.#values = values;
  }

  /** The argument at a place; empty if there is none. */
  at(index: number): string {
    return this.positionals[index] ?? "";
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** A number that an option gives. */
  number(name: string, { least, most }: { readonly least: number; readonly most: number }): number | undefined {
    const text = this.get(name);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (text.trim() !== "" && number >= least && number <= most) return number;
    throw usageError(`--${name} must be a number from ${least} to ${most}; "${text}" was given.`);
  }
}

/** @throws {CommandError} with USAGE for what the options do not have. */
export function parseArguments(argv: readonly string[], specs: OptionSpecs): Arguments {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { value, short }]) => {
      const type: "string" | "boolean" = value === undefined ? "boolean" : "string";
      return [name, { type, multiple: true, ...(short !== undefined && { short }) }];
    }),
  );
  const { tokens } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: false, tokens: true });
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const value = checked(token, specs);
    values.set(token.name, [...(values.get(token.name) ?? []), value]);
  }
  return new Arguments(positionals, values);
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checked({ name, rawName, value, inlineValue }: OptionToken, specs: OptionSpecs): string {
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) {
    const near = nearest(name, Object.keys(specs));
    throw usageError(`There is no option ${rawName}${near === undefined ? "" : `: did you mean --${near}?`}`);
  }
  if (spec.value === undefined && inlineValue === true) throw usageError(`${rawName} takes no value.`);
  if (spec.value === undefined) return "";
  // An option that follows is no value.
  if (value === undefined || (inlineValue !== true && /^--\w/.test(value))) {
    throw usageError(`${rawName} needs a value: ${rawName} ${spec.value}`);
  }
  return value;
}
