import { readFile } from "node:fs/promises";
import * as aws from "@aws/durable-execution-sdk-js";
import { expect, test } from "vitest";
import * as ours from "../../src/lambda-compat/index.ts";

const theirValues: Readonly<Record<string, unknown>> = { ...aws };
const ourValues: Readonly<Record<string, unknown>> = { ...ours };

/** The names in the export lists of a module's text. */
function exportedNames(source: string): Set<string> {
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = ""]) => list.split(","));
  const named = lists.map((name) => name.trim().replace(/^type /, "")).filter((name) => name !== "");
  return new Set(named);
}

test("every value of AWS's package is here, and of the same kind", () => {
  const kinds = (values: Readonly<Record<string, unknown>>): unknown =>
    Object.fromEntries(Object.keys(theirValues).map((name) => [name, typeof values[name]]));
  expect(Object.keys(theirValues).length).toBeGreaterThan(50);
  expect(kinds(ourValues)).toEqual(kinds(theirValues));
});

test("what is here that AWS's package has not, apart from types, is what docs/differences.md tells of", () => {
  expect(Object.keys(ourValues).filter((name) => !(name in theirValues))).toEqual([
    "SerdesError",
    "StepTimeoutError",
    "collectionSerdes",
  ]);
});

test("every type of AWS's package has its name here", async () => {
  const entry = import.meta.resolve("@aws/durable-execution-sdk-js");
  const declarations = await readFile(new URL("../dist-types/index.d.ts", entry), "utf8");
  const theirs = exportedNames(declarations);
  const here = exportedNames(await readFile(new URL("../../src/lambda-compat/index.ts", import.meta.url), "utf8"));
  expect(theirs.size).toBeGreaterThan(100);
  expect([...theirs].filter((name) => !here.has(name))).toEqual([]);
});

test.for(Object.entries(theirValues).filter(([, value]) => typeof value === "object" && value !== null))(
  "the members of %s are AWS's",
  ([name, theirs]) => {
    const members = (value: unknown): unknown =>
      Object.fromEntries(
        Object.entries(value as object).map(([key, member]) => [
          key,
          typeof member === "function" ? "function" : (member as unknown),
        ]),
      );
    expect(members(ourValues[name])).toEqual(members(theirs));
  },
);

test("constants are AWS's", () => {
  const constants = Object.entries(theirValues).filter(
    ([, value]) => typeof value !== "object" && typeof value !== "function",
  );
  expect(constants.map(([name]) => name).sort()).toEqual(["DURABLE_INSTRUMENTATION_PLUGIN_API_VERSION", "SDK_VERSION"]);
  for (const [name, value] of constants) expect(ourValues[name]).toBe(value);
});

test("functions are named as AWS's, and classes keep the name they are recognised by", () => {
  const functions = Object.entries(theirValues).filter(([, value]) => typeof value === "function");
  for (const [name, value] of functions) {
    expect([name, (ourValues[name] as { name: string }).name]).toEqual([name, (value as { name: string }).name]);
  }
});

test("an interrupted step is told of as AWS tells of it", () => {
  const [error, theirs] = [new ours.StepInterruptedError(), new aws.StepInterruptedError("1")];
  expect([error.name, error.message]).toEqual([theirs.name, theirs.message]);
});
