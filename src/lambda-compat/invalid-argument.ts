import { branded } from "../engine/model/branded.ts";

/**
 * The argument of a call is invalid: the message names the argument, the value given, and what to write. The call
 * itself throws the error, before anything is recorded, so a replay throws it as well.
 */
export class InvalidArgumentError extends TypeError {
  static override readonly name: string = "InvalidArgumentError";
  readonly code = "INVALID_ARGUMENT";
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

branded(InvalidArgumentError, "InvalidArgumentError");

const LONGEST_SHOWN = 80;

/** A value as code would have it, shortened. */
export function shown(value: unknown): string {
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  if (value instanceof Promise) return "a promise";
  try {
    const text = JSON.stringify(value, asWritten)
      .replaceAll(/"([a-z]\w*)":/gi, " $1: ")
      .replaceAll(/"(NaN|-?Infinity)"/g, "$1")
      .replace(/([^[{])\}$/, "$1 }");
    return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
  } catch {
    return "an object";
  }
}

/** JSON has no numbers beyond the finite ones. */
function asWritten(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/** The operation that a method is called for, as messages name it. */
export function called(method: string, name: string | undefined): string {
  return name === undefined ? `context.${method}` : `context.${method} ${JSON.stringify(name)}`;
}

/** @throws {InvalidArgumentError} INVALID_ARGUMENT unless `fn` is a function; `rest` is what follows the name. */
export function requireFunction(method: string, name: string | undefined, fn: unknown, rest: string): void {
  if (typeof fn === "function") return;
  const form =
    name === undefined ? `context.${method}(${rest})` : `context.${method}(${JSON.stringify(name)}, ${rest})`;
  throw new InvalidArgumentError(`${called(method, name)} needs a function and got ${shown(fn)}: write ${form}.`);
}

/** @throws {InvalidArgumentError} INVALID_ARGUMENT for the name of an item that is there and no text. */
export function requireItemName(kind: "map" | "parallel", index: number, name: unknown): string | undefined {
  if (name === undefined || name === null) return undefined;
  if (typeof name === "string") return name;
  const what =
    kind === "map" ? `itemNamer returned ${shown(name)} for item` : `parallel got the name ${shown(name)} for branch`;
  throw new InvalidArgumentError(`${what} ${index}: names are text.`);
}

/** @throws {InvalidArgumentError} INVALID_ARGUMENT for a member that is there and no number: no count would be over it. */
export function requireNumbers<Config extends object>(
  maker: string,
  config: Config,
  members: readonly (keyof Config & string)[],
): void {
  for (const member of members) {
    const number: unknown = config[member];
    if (number === undefined || (typeof number === "number" && !Number.isNaN(number))) continue;
    throw new InvalidArgumentError(
      `The ${member} of ${maker} must be a number and is ${shown(number)}: write ${member}: 3.`,
    );
  }
}

/** @throws {InvalidArgumentError} INVALID_ARGUMENT for a strategy that is there and no function. */
export function requireStrategy(where: string, member: "retryStrategy" | "waitStrategy", strategy: unknown): void {
  if (strategy === undefined || strategy === null || typeof strategy === "function") return;
  const maker = member === "retryStrategy" ? "createRetryStrategy" : "createWaitStrategy";
  const made = typeof strategy === "object" ? shown(strategy) : "{ maxAttempts: 3 }";
  throw new InvalidArgumentError(
    `The ${member} of ${where} must be a function and is ${shown(strategy)}: write ${member}: ${maker}(${made}).`,
  );
}

const EITHER_WAY = ["serialize", "deserialize"] as const;

/** @throws {InvalidArgumentError} INVALID_ARGUMENT for a serdes that is there and lacks one of these methods. */
export function requireSerdes(
  where: string,
  member: string,
  serdes: unknown,
  methods: readonly ("serialize" | "deserialize")[] = EITHER_WAY,
): void {
  if (serdes === undefined || serdes === null) return;
  if (methods.every((method) => typeof (serdes as Record<string, unknown>)[method] === "function")) return;
  const forms = { serialize: "serialize: (value) => text", deserialize: "deserialize: (text) => value" };
  throw new InvalidArgumentError(
    `The ${member} of ${where} must have the method${methods.length > 1 ? "s" : ""} ${methods.join(" and ")} and is ${shown(serdes)}: ` +
      `write ${member}: { ${methods.map((method) => forms[method]).join(", ")} }.`,
  );
}

/**
 * `member` is what every decision has, and `forms` are what it may be.
 *
 * @throws {InvalidArgumentError} INVALID_ARGUMENT for a decision of a strategy that is none, such as a promise of one.
 */
export function requireDecision(what: string, decision: unknown, member: string, forms: string): void {
  if (typeof decision === "object" && decision !== null && member in decision) return;
  throw new InvalidArgumentError(`${what} returned ${shown(decision)}: return ${forms}.`);
}
