/**
 * The shape of a contract suite: a list of plain named functions, so that any test framework, or none, can run it in
 * the adapter's real runtime.
 *
 * @example
 * ```ts
 * for (const contractCase of applicable(storeContract, exceptions)) {
 *   test(contractCase.name, () => contractCase.run(subject));
 * }
 * ```
 */

/** One promise of a port, as a function that throws when the subject breaks it. */
export interface ContractCase<Subject> {
  /** The name by which the case is listed and excepted. */
  readonly name: string;
  /** The ability that the subject must have, or the use that it is made for, for this case to mean anything. */
  readonly needs?: "restart" | "several processes";
  /** Checks the subject; rejects with a ContractViolation that says what is broken. */
  run(subject: Subject): Promise<void>;
}

/** A case that a subject does not pass, by decision: data with a reason, never a silent skip. */
export interface ContractException {
  /** The name of the case. */
  readonly name: string;
  /** Why the subject does not pass it. */
  readonly reason: string;
}

/**
 * The cases to run: all but the exceptions. An exception for a case that does not exist is an error, so that none
 * outlives what it was made for.
 */
export function applicable<Subject>(
  cases: readonly ContractCase<Subject>[],
  exceptions: readonly ContractException[] = [],
): readonly ContractCase<Subject>[] {
  const names = new Set(cases.map(({ name }) => name));
  for (const { name } of exceptions) {
    if (!names.has(name)) throw new Error(`An exception is declared for a case that does not exist: ${name}`);
  }
  const excepted = new Set(exceptions.map(({ name }) => name));
  return cases.filter(({ name }) => !excepted.has(name));
}
