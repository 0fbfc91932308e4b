import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import * as here from "./errors.ts";
import { failureFromError } from "./thrown-failure.ts";

/** Another copy of the module, as a bundler makes it: with the names of its classes shortened. */
async function anotherCopy(): Promise<typeof here> {
  const entryPoints = [fileURLToPath(new URL("errors.ts", import.meta.url))];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: "esm", minify: true, write: false });
  const code = outputFiles[0]?.text ?? "";
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as typeof here;
}

const there = await anotherCopy();

test("an error of another copy of the package is an instance of its class here, and of that class's bases", () => {
  const error = new there.CallbackTimeoutError("late");
  expect(Object.getPrototypeOf(error)).not.toBe(here.CallbackTimeoutError.prototype);
  for (const of of [here.CallbackTimeoutError, here.CallbackError, here.DurableOperationError, Error]) {
    expect(error instanceof of).toBe(true);
  }
  expect(error instanceof here.CallbackExternalError).toBe(false);
  expect(error instanceof here.StepError).toBe(false);
});

test("and keeps the data that was attached to it", () => {
  const inner = new there.StepError("declined", undefined, "code 51");
  const failure = failureFromError(new here.ChildContextError("outer", inner));
  expect(failure).toEqual({ errorType: "ChildContextError", errorMessage: "outer", errorData: "code 51" });
  expect(failureFromError(inner)).toMatchObject({ errorType: "StepError", errorData: "code 51" });
});

test("classes that users derive are told apart as ever, by whatever name", () => {
  const ours = class PaymentError extends here.StepError {};
  const theirs = class PaymentError extends there.StepError {};
  expect(new theirs() instanceof here.StepError).toBe(true);
  expect(new ours() instanceof ours).toBe(true);
  expect(new theirs() instanceof ours).toBe(false);
  expect(new here.StepError() instanceof ours).toBe(false);
});

test.for([
  undefined,
  null,
  "StepError",
  7,
  {},
  Object.create(null),
  { constructor: here.StepError },
  Object.create({ constructor: null }),
])("%o is an instance of none", (value) => {
  expect(value instanceof here.StepError).toBe(false);
});
