/**
 * The platform's errors about a Worker whose configuration does not fit its code. Such an error does not pass by
 * itself, so the call is not tried again.
 */

/** Said here, of the object's stub: what is said there is of the object's own code. */
const NO_CALLS = / is not a function$/;

const KINDS: readonly (readonly [said: RegExp, means: string])[] = [
  [
    /does not implement the method|class was not declared with/,
    "A binding of Durable Objects leads to another class than it should: EXECUTIONS takes the class Execution of " +
      "createWorker, DIRECTORY the class Directory. See [[durable_objects.bindings]].",
  ],
  [
    /change `new_classes` to `new_sqlite_classes`/,
    "The classes of Durable Objects have no SQLite: they stand under new_classes of [[migrations]], and belong under " +
      "new_sqlite_classes. A class that was deployed so cannot be changed: deploy it under another name.",
  ],
  [NO_CALLS, "Durable Objects cannot be called: the compatibility_date of the Worker must be 2024-04-03 or later."],
];

/** The fault of the configuration and its remedy; undefined for any other error. */
export function misconfiguration(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const isThere = "remote" in error && error.remote === true;
  return KINDS.find(([said]) => said.test(error.message) && !(said === NO_CALLS && isThere))?.[1];
}
