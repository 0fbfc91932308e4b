import type { Mutation } from "./mutation.ts";

const storePort = ["demo/playground/source/store-port.test.ts"];
const importedLog = ["demo/playground/model/imported-log.test.ts"];

/** What code from a link can reach, and what a file can bring in. */
export const playgroundMutations: readonly Mutation[] = [
  {
    keeps: "playground",
    what: "code from a link reaches executions that are not its own",
    code: '    if (!this.#granted.has(known)) throw new RefusedCallError("This execution is not one of this worker\'s.");\n',
    becomes: "",
    tests: storePort,
  },
  {
    keeps: "playground",
    what: "code from a link lists executions that are not its own",
    code: "      mine.push(...rows.filter(({ id }) => this.#granted.has(id)));",
    becomes: "      mine.push(...rows);",
    tests: storePort,
  },
  {
    keeps: "playground",
    what: "code from a link calls any method of the storage",
    code: "    const name = STORE_METHODS.find((each) => each === method);",
    becomes: "    const name = method as StoreMethod;",
    tests: storePort,
  },
  {
    keeps: "playground",
    what: "an execution that is there already becomes the worker's own by being started again",
    code: "    if (this.#isOwn(id)) this.#granted.add(id);",
    becomes: "    this.#granted.add(id);",
    tests: storePort,
  },
  {
    keeps: "playground",
    what: "code from a link writes what no execution has",
    code: "  decodeForeignCommit(body);\n",
    becomes: "  JSON.parse(body);\n",
    tests: storePort,
  },
  {
    keeps: "playground",
    what: "a file brings in what no execution has",
    code: "  const { commits } = readForeignLog(log, { anyCallbackId: true });\n",
    becomes: "  const commits = log.map((body) => JSON.parse(body));\n",
    tests: importedLog,
  },
  {
    keeps: "playground",
    what: "a file of any size is read",
    code: "  if (file.size > MOST_BYTES) throw",
    becomes: "  if (file.size < 0) throw",
    tests: importedLog,
  },
  {
    keeps: "playground",
    what: "what a worker's code says in the engine's place is shown, whether it is a text or not",
    code: 'return typeof value === "string" ? value.slice(0, LONGEST_TEXT) : refuse();',
    becomes: 'return typeof value === "string" ? value.slice(0, LONGEST_TEXT) : (value as string);',
    tests: ["demo/playground/sandbox/from-worker.test.ts"],
  },
  {
    keeps: "playground",
    what: "a time of a line that no date has is shown",
    code: 'return typeof value === "number" && Math.abs(value) <= LAST_MOMENT ? value : refuse();',
    becomes: 'return typeof value === "number" && LAST_MOMENT > 0 ? value : refuse();',
    tests: ["demo/playground/sandbox/from-worker.test.ts"],
  },
  {
    keeps: "playground",
    what: "the row of an execution may say something else than its log",
    code: "  if (row.id === id && row.incarnation === incarnation && row.version === version) return",
    becomes: "  if (row.id === id || row.incarnation === incarnation || row.version === version) return",
    tests: ["demo/playground/source/store-port.test.ts"],
  },
];
