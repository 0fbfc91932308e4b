/** The assertions of the contract suites: they run in every runtime, so they bring no test framework. */

/** A broken expectation of a contract case, of the explorer or of the simulation. */
export class ContractViolation extends Error {
  override readonly name = "ContractViolation";
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ContractViolation(message);
}

/** Compares by JSON: enough for the plain data that a port answers with. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  const found = canonical(actual);
  const wanted = canonical(expected);
  if (found !== wanted) throw new ContractViolation(`${what}: expected ${shorten(wanted)}, got ${shorten(found)}`);
}

/** Resolves with what `call` threw or rejected with; a call that succeeds is a violation. */
export async function failureOf(call: () => unknown, what: string): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new ContractViolation(`${what}: expected a failure, got none`);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (isRecord(part) ? sorted(part) : part)) ?? "undefined";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): [string, unknown][] {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

const SHOWN_LENGTH = 400;

function shorten(text: string): string {
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH)}... (${text.length} characters)`;
}
