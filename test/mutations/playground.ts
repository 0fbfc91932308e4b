import type { Mutation } from "./mutation.ts";

const storePort = ["demo/playground/source/store-port.test.ts"];

/** What code from a link can reach. */
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
    code: '    if (answer === "created") this.#granted.add(row.id);',
    becomes: "    this.#granted.add(row.id);",
    also: {
      code: '    if ((await this.#store.read(row.id, 1, { limit: 1 })) !== undefined) return "exists";\n',
      becomes: "",
    },
    tests: storePort,
  },
];
