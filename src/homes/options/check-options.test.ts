import { describe, expect, test } from "vitest";
import { atLeast, checkOptions, type Forms, name } from "./check-options.ts";
import { HOME_FORMS, homeFunctions } from "./home-options.ts";
import { OptionError } from "./option-error.ts";

const forms: Forms = { ...HOME_FORMS, name, limits: { streams: atLeast(0) } };

function refusal(given: unknown): OptionError {
  try {
    checkOptions(given, forms);
  } catch (error) {
    if (error instanceof OptionError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

test("takes every option in its form, and those that are undefined as absent", () => {
  checkOptions(
    {
      functions: { greet: async () => 1 },
      retentionDays: 90,
      executionTimeoutSeconds: 1,
      parks: false,
      arn: { partition: "aws", region: "eu-west-1", account: "123456789012" },
      onError: undefined,
      name: "shop",
      limits: { streams: Number.POSITIVE_INFINITY },
    },
    forms,
  );
  checkOptions({ arn: { region: undefined } }, forms);
  checkOptions({}, forms);
});

describe("refuses, by a code, with the name of the option, what was given and what is right", () => {
  test.for<[option: string, given: unknown, message: string]>([
    ["retentionDays", { retentionDays: "14" }, 'retentionDays must be a whole number from 1 to 90; "14" was given.'],
    ["retentionDays", { retentionDays: 91 }, "retentionDays must be a whole number from 1 to 90; 91 was given."],
    ["retentionDays", { retentionDays: 0.5 }, "retentionDays must be a whole number from 1 to 90; 0.5 was given."],
    [
      "retentionDays",
      { retentionDays: Number.NaN },
      "retentionDays must be a whole number from 1 to 90; NaN was given.",
    ],
    ["executionTimeoutSeconds", { executionTimeoutSeconds: 0 }, "a whole number from 1 to 31622400; 0 was given."],
    ["executionTimeoutSeconds", { executionTimeoutSeconds: 31_622_401 }, "31622401 was given."],
    ["parks", { parks: "no" }, 'parks must be true or false; "no" was given.'],
    ["arn", { arn: "arn:aws" }, 'arn must be an object with partition, region, account; "arn:aws" was given.'],
    ["arn.account", { arn: { account: 123456789012 } }, "arn.account must be 12 digits; 123456789012 was given."],
    [
      "arn.region",
      { arn: { region: "eu west" } },
      'arn.region must be a name such as "eu-west-1"; "eu west" was given.',
    ],
    ["arn.zone", { arn: { zone: "a" } }, "There is no option arn.zone; there are partition, region, account."],
    ["onError", { onError: null }, "onError must be a function; nothing was given."],
    ["functions", { functions: [] }, "functions must be an object; [] was given."],
    ["functions", { functions: async () => 1 }, "functions must be an object; [object AsyncFunction] was given."],
    ["name", { name: "" }, 'name must be a text that is not empty; "" was given.'],
    ["limits.streams", { limits: { streams: -1 } }, "limits.streams must be a number from 0 on; -1 was given."],
    ["retentiondays", { retentiondays: 14 }, "There is no option retentiondays; there are functions, retentionDays,"],
    ["toString", { toString: 1 }, "There is no option toString"],
    ["options", undefined, "options must be an object with functions,"],
    ["options", [], "options must be an object with functions,"],
  ])("%s in %j", ([option, given, message]) => {
    const refused = refusal(given);
    expect(refused).toBeInstanceOf(TypeError);
    expect(refused).toMatchObject({ name: "OptionError", code: "INVALID_OPTION", option });
    expect(refused.message).toContain(message);
  });

  test("and shows nothing of an object, and of a text only its beginning", () => {
    expect(refusal({ parks: { secret: "s3cret" } }).message).not.toContain("s3cret");
    expect(refusal({ parks: "x".repeat(1000) }).message.length).toBeLessThan(200);
    expect(refusal({ pasword: "s3cret" }).message).not.toContain("s3cret");
  });
});

test("says of functions that their reader refuses what the reader says", () => {
  const failure = new TypeError("Function x is no handler.");
  const read = (): never => {
    throw failure;
  };
  expect(() => homeFunctions({}, read)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", option: "functions", message: failure.message, cause: failure }),
  );
  expect(() => homeFunctions(undefined as never, () => new Map())).toThrow("functions must be an object");
});
