import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import * as awsPackage from "@aws/durable-execution-sdk-js";
import { build } from "esbuild";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as module from "./errors.ts";
import { MOST_FAILURE_BYTES } from "./fitting-failure.ts";
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

  test.for([
    ["text", "text"],
    [404, "404"],
    [false, "false"],
    [5n, "5"],
    [{ message: "in an object", code: 1 }, "in an object"],
  ] as const)("is the text or number that was thrown, or the message: %o", ([thrown, errorMessage]) => {
    expect(failureFromError(thrown)).toEqual({ errorMessage });
  });

  test.for([undefined, null, "", {}, { name: "no message" }, { message: {} }])(
    "is nothing but that it failed for %j",
    (thrown) => {
      expect(failureFromError(thrown)).toEqual({ errorMessage: "Unknown error" });
    },
  );

  test("has the causes of an error, and the errors of an AggregateError, as lines of its stack trace", () => {
    const refused = new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    const error = new AggregateError([refused, "gave up"], "no mirror answers", { cause: new RangeError("all tried") });
    expect(failureFromError(error)).toEqual({
      errorType: "AggregateError",
      errorMessage: "no mirror answers",
      stackTrace: [
        "Caused by RangeError: all tried",
        "Error 1 of 2: TypeError: fetch failed",
        "  Caused by Error: connect ECONNREFUSED",
        "Error 2 of 2: Error: gave up",
      ],
    });
  });

  test("gives the causes back to the cause of the durable error", () => {
    const refused = new TypeError("fetch failed", { cause: new Error("two\nlines: of text") });
    const failure = failureFromError(new AggregateError([refused, new RangeError("far")], "none", { cause: refused }));
    const cause = errors.errorFromFailure(failure).cause as AggregateError;
    expect(cause.errors.map(String)).toEqual(["TypeError: fetch failed", "RangeError: far"]);
    for (const inner of [cause.cause, cause.errors[0]]) {
      expect(inner).toMatchObject({ name: "TypeError", message: "fetch failed" });
      expect((inner as Error).cause).toMatchObject({ name: "Error", message: "two\nlines: of text" });
    }
  });

  test("is the error alone where its cause cannot be read", () => {
    const fail = (): never => {
      throw new Error("no");
    };
    const odd = { toJSON: fail };
    for (const cause of [Object.create(null), Symbol("s"), 1n, odd, new Error("inner", { cause: odd })] as unknown[]) {
      const failure = failureFromError(new RangeError("outer", { cause }));
      expect(failure).toMatchObject({ errorType: "RangeError", errorMessage: "outer" });
    }
    const unreadable = Object.defineProperty(new RangeError("outer"), "cause", { get: fail });
    expect(failureFromError(unreadable)).toEqual({ errorType: "RangeError", errorMessage: "outer" });
    const numbered = Object.assign(new Error("inner"), { name: 5 as unknown as string });
    expect(failureFromError(new RangeError("outer", { cause: numbered })).stackTrace).toEqual(["Caused by 5: inner"]);
    const coded = new Error("outer", { cause: { code: "EAGAIN" } });
    expect(failureFromError(coded).stackTrace).toEqual(['Caused by Error: {"code":"EAGAIN"}']);
  });

  test("is finite, whatever is whose cause", () => {
    const own = new Error("own");
    own.cause = own;
    expect(failureFromError(own).stackTrace).toBeUndefined();
    const [left, right] = [new Error("left"), new Error("right", { cause: own })];
    left.cause = right;
    own.cause = left;
    expect(failureFromError(left).stackTrace).toEqual(["Caused by Error: right", "  Caused by Error: own"]);
    const wide = (depth: number): Error =>
      depth === 0 ? own : new AggregateError(Array.from({ length: 10 }, () => wide(depth - 1)));
    expect(failureFromError(wide(4)).stackTrace).toHaveLength(50);
  });
});

describe("an error that is too large for the log", () => {
  const sizeOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;

  test("is cut, keeps its type, and says how long it was", () => {
    const failure = failureFromError(new RangeError("x".repeat(40_000)));
    expect(failure.errorType).toBe("RangeError");
    expect(failure.errorMessage).toMatch(/^x{20000,}… \[truncated: 40000 characters in all\]$/);
    expect(errors.errorFromFailure(failure).cause).toMatchObject({ name: "RangeError" });
  });

  test("has room for its message, its data and its causes", () => {
    const error = new errors.StepError("m".repeat(40_000), undefined, "d".repeat(40_000));
    const { errorMessage, errorData } = failureFromError(error);
    for (const text of [errorMessage, errorData]) expect(text).toMatch(/^(.)\1{5000,}… \[truncated: 40000 /);
    const causes = Array.from({ length: 40 }, (_, index) => new Error(`${index}`.repeat(2000)));
    const lines = failureFromError(new AggregateError(causes, "several")).stackTrace!;
    expect(lines[0]).toMatch(/^Error 1 of 40: Error: 0{2000}$/);
    expect(lines.at(-1)).toBe("… [truncated: 40 lines in all]");
    const { stackTrace } = failureFromError(new Error("outer", { cause: new TypeError("c".repeat(100_000)) }));
    expect(stackTrace).toEqual([expect.stringMatching(/^Caused by TypeError: c{5000,}… \[truncated: 1000\d\d char/)]);
  });

  test("fits, whatever its texts are, and cuts nothing that fits", () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.constantFrom("x", "é", "漢", "🜁", '"', "\n", "\ud800"), fc.integer({ min: 1, max: 60_000 }))
        .map(([character, count]) => character.repeat(count)),
    );
    fc.assert(
      fc.property(text, text, text, (type, message, data) => {
        const error = new errors.StepError(message, undefined, data);
        Object.defineProperty(error, "errorType", { value: type });
        const failure = failureFromError(error);
        const whole = { errorType: type, errorMessage: error.message, errorData: data };
        const isWhole = sizeOf(whole) <= MOST_FAILURE_BYTES;
        expect(isDeepStrictEqual(failure, whole)).toBe(isWhole);
        expect(sizeOf(failure)).toBeLessThanOrEqual(MOST_FAILURE_BYTES);
        expect(failure.errorMessage).not.toMatch(/[^\ud800][\ud800-\udbff]…/);
      }),
    );
  });
});
