import { expect, test } from "vitest";
import { BindingError, Bindings } from "./bindings.ts";

const namespace = { idFromName: () => undefined, get: () => undefined };

test("finds bindings by the names it was given", () => {
  const bindings = new Bindings(
    { RUNS: namespace, DIRECTORY: namespace, WHO: "[]" },
    { executions: "RUNS", credentials: "WHO" },
  );
  expect(bindings.executions).toBe(namespace);
  expect(bindings.directory).toBe(namespace);
  expect(bindings.credentials).toEqual([]);
});

test("takes a name that is undefined for one that was not given", () => {
  const names = { executions: undefined, credentials: undefined } as object;
  const bindings = new Bindings({ EXECUTIONS: namespace, PERDURE_CREDENTIALS: "[]" }, names);
  expect(bindings.executions).toBe(namespace);
  expect(bindings.credentials).toEqual([]);
});

test("says which binding is missing and how to add it, when it is needed", () => {
  const bindings = new Bindings({});
  expect(() => bindings.executions).toThrow(/EXECUTIONS.*durable_objects.*new_sqlite_classes/);
  expect(() => bindings.directory).toThrow(/DIRECTORY/);
  expect(() => bindings.credentials).toThrow(/wrangler secret put PERDURE_CREDENTIALS.*\.dev\.vars/);
  expect(() => bindings.executions).toThrow(BindingError);
});

test("refuses credentials that are none, without repeating them", () => {
  for (const text of ["hunter2", '{"bearer":"hunter2"}', '[{"id":"me","bearer":"hunter2"}]', '["hunter2"]', "null"]) {
    const read = (): unknown => new Bindings({ PERDURE_CREDENTIALS: text }).credentials;
    expect(read).toThrow(BindingError);
    expect(read).not.toThrow(/hunter2/);
  }
});
