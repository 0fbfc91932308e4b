import { fileURLToPath } from "node:url";
import * as awsPackage from "@aws/durable-execution-sdk-js";
import { build } from "esbuild";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as module from "./errors.ts";
import { failureFromError } from "./thrown-failure.ts";

const aws = { ...awsPackage };
const errors = { ...module };

const NAMES = [
  "StepError",
  "CallbackError",
  "CallbackExternalError",
  "CallbackTimeoutError",
  "CallbackSubmitterError",
  "InvokeError",
  "ChildContextError",
  "WaitForConditionError",
  "PromiseCombinatorError",
] as const;

const optionalText = fc.option(fc.string(), { nil: undefined });

/** What can be told of an error from outside, its causes included. */
function portrait(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, cause } = error;
  const { errorType, errorData } = error as module.DurableOperationError;
  const hasStack = error.stack !== undefined;
  return { name, message, errorType, errorData, hasStack, cause: portrait(cause), json: JSON.stringify(error) };
}

describe.each(NAMES)("%s", (name) => {
  test("is AWS's in name, type, message and members, whatever it is constructed with", () => {
    const cause = fc.option(
      fc.string().map((text) => new RangeError(text)),
      { nil: undefined },
    );
    fc.assert(
      fc.property(optionalText, cause, optionalText, (message, reason, data) => {
        const ours = new errors[name](message, reason, data);
        const theirs = new aws[name](message, reason, data);
        expect(portrait(ours)).toEqual(portrait(theirs));
        expect(Object.keys(ours)).toEqual(Object.keys(theirs));
        expect(ours.toErrorObject()).toEqual(theirs.toErrorObject());
      }),
    );
  });

  test("comes back from a stored error as it does with AWS", () => {
    fc.assert(
      fc.property(optionalText, optionalText, (ErrorMessage, ErrorData) => {
        const stored = { ErrorType: name, ErrorMessage, ErrorData };
        const ours = errors.DurableOperationError.fromErrorObject(stored);
        expect(ours).toBeInstanceOf(errors[name]);
        expect(portrait(ours)).toEqual(portrait(aws.DurableOperationError.fromErrorObject(stored)));
      }),
    );
  });
});

test("every class keeps its name when a minifier renames it", async () => {
  const entryPoints = [fileURLToPath(new URL("errors.ts", import.meta.url))];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: "esm", minify: true, write: false });
  const code = outputFiles[0]?.text ?? "";
  expect(code).not.toContain("class StepError");
  const minified = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as typeof module;
  expect(NAMES.map((name) => minified[name].name)).toEqual(NAMES);
  expect(NAMES.map((name) => new minified[name]().name)).toEqual(NAMES);
});

test("a stored error of any other type comes back as a StepError with the original as its cause", () => {
  const stored = fc.record({
    ErrorType: optionalText,
    ErrorMessage: optionalText,
    ErrorData: optionalText,
    StackTrace: fc.option(fc.array(fc.string()), { nil: undefined }),
  });
  fc.assert(
    fc.property(stored, (error) => {
      const ours = errors.DurableOperationError.fromErrorObject(error);
      const theirs = aws.DurableOperationError.fromErrorObject(error);
      expect(portrait(ours)).toEqual(portrait(theirs));
      expect((ours.cause as Error).stack).toBe((theirs.cause as Error).stack);
    }),
  );
});

test("the names of the prototype chain are types like any other", () => {
  expect(errors.DurableOperationError.fromErrorObject({ ErrorType: "constructor" })).toBeInstanceOf(errors.StepError);
  expect(errors.DurableOperationError.fromErrorObject({ ErrorType: "__proto__" })).toBeInstanceOf(errors.StepError);
});

test("a subclass of a user's is named after itself", () => {
  class PaymentError extends errors.StepError {}
  expect(new PaymentError().name).toBe("PaymentError");
  expect(new PaymentError().message).toBe("Step failed");
});

test("attached data is found up to ten causes away", () => {
  const nested = (depth: number): Error => {
    let error: Error = new errors.StepError("inner", undefined, "data");
    for (let level = 0; level < depth; level++) error = new errors.ChildContextError("outer", error);
    return error;
  };
  expect(failureFromError(nested(10)).errorData).toBe("data");
  expect(failureFromError(nested(11)).errorData).toBeUndefined();
});

describe("what is stored of a thrown value", () => {
  test("is name and message of an error, never its stack", () => {
    expect(failureFromError(new RangeError("too far"))).toEqual({
      errorType: "RangeError",
      errorMessage: "too far",
    });
  });

  test("is name and message of what only looks like an error, as text", () => {
    expect(failureFromError({ name: "Odd", message: 7 })).toEqual({ errorType: "Odd", errorMessage: "7" });
    expect(failureFromError({ name: {}, message: undefined })).toEqual({});
  });

  test.for([undefined, null, "text", 7, {}, { name: "no message" }])(
    "is nothing but that it failed for %j",
    (thrown) => {
      expect(failureFromError(thrown)).toEqual({ errorMessage: "Unknown error" });
    },
  );
});
