/** What a machine refuses of a checkpoint is the caller's mistake: a 400 in AWS's words, after which the token is good. */

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Limits } from "../../src/engine/machine/limits.ts";
import { HeldExecution } from "./held-execution.ts";
import { anyCharacter } from "../any-character.ts";

const invalid = "InvalidParameterValueException";
const STEP = { Id: "known", Name: "charge", Type: "STEP", Action: "START", SubType: "Step" };

let held: HeldExecution;

beforeEach(async () => {
  held = await HeldExecution.start();
  await held.checkpoint([STEP]);
});

afterEach(() => held.close());

describe("a refused checkpoint", () => {
  test.for<[message: string, ...updates: object[]]>([
    ["Invalid action for the given operation type.", { Id: "1", Type: "STEP", Action: "CANCEL" }],
    ["Unknown operation type.", { Id: "1", Type: "JOB", Action: "START" }],
    ["Operation update must have an Id.", { Type: "STEP", Action: "START" }],
    ["Invalid current STEP state to start.", STEP],
    ["Invalid parent operation id.", { Id: "1", ParentId: "nothing", Type: "STEP", Action: "START" }],
    ["Cannot update the same operation twice in a single request.", { ...STEP, Id: "1" }, { ...STEP, Id: "1" }],
    [
      `Error object size must be less than ${Limits.ERROR_BYTES} bytes.`,
      { Id: "known", Type: "STEP", Action: "FAIL", Error: { ErrorMessage: "x".repeat(40_000) } },
    ],
    ["Operation known is a STEP and cannot become a CONTEXT.", { Id: "known", Type: "CONTEXT", Action: "SUCCEED" }],
    ["Operation known has another name.", { ...STEP, Name: "refund", Action: "SUCCEED" }],
    [
      "Invalid parent operation id.",
      { Id: "c", Type: "CONTEXT", Action: "START" },
      { ...STEP, ParentId: "c", Action: "SUCCEED" },
    ],
    [
      `Wait in seconds is 0; it must be a whole number from 1 to ${Limits.SECONDS}.`,
      { Id: "1", Type: "WAIT", Action: "START", WaitOptions: { WaitSeconds: 0 } },
    ],
  ])("answers 400: %s", async ([message, ...updates]) => {
    const { token } = held;
    expect(await held.checkpoint(updates)).toMatchObject({ status: 400, code: invalid, body: { message } });
    expect(held.token).toBe(token);
    expect((await held.checkpoint([{ ...STEP, Action: "SUCCEED", Payload: "1" }])).status).toBe(200);
    expect(held.failures).toEqual([]);
  });

  test("changes nothing, and what happened outside is told with the next one", async () => {
    const started = await held.checkpoint([{ Id: "ask", Type: "CALLBACK", Action: "START" }]);
    const [{ CallbackDetails }] = operationsOf(started);
    await held.runner.completeCallback(CallbackDetails!.CallbackId, { type: "SUCCEEDED", result: "yes" });
    const refused = [{ Id: "new", Type: "STEP", Action: "START" }, STEP];
    expect((await held.checkpoint(refused)).status).toBe(400);
    const next = await held.checkpoint([]);
    expect(operationsOf(next).map(({ Id, Status }) => [Id, Status])).toEqual([["ask", "SUCCEEDED"]]);
  });

  test("is told of a token that is not the newest, whether it was one or not", async () => {
    const old = held.token;
    await held.checkpoint([]);
    for (const token of [old, `${held.token}0`, "x", old.slice(1)]) {
      expect(await held.checkpoint([], token)).toMatchObject({
        status: 400,
        code: invalid,
        body: { message: "Invalid Checkpoint Token" },
      });
    }
    expect((await held.checkpoint([])).status).toBe(200);
  });

  test("is told of its token before anything is read of its updates", async () => {
    const cases = [[{ Id: 5 }], "no list", Array.from({ length: 251 }, () => ({})), [{ ...STEP, Error: [] }]];
    for (const updates of cases) {
      expect((await held.checkpoint(updates, `${held.token}0`)).body["message"]).toBe("Invalid Checkpoint Token");
      expect((await held.checkpoint(updates)).body["message"]).toMatch(/^(Body\.)?Updates/);
    }
  });

  test("uses its token for one of two that come at the same time", async () => {
    const { token } = held;
    const both = await Promise.all([held.checkpoint([], token), held.checkpoint([], token)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
  });
});

interface Told {
  readonly Id: string;
  readonly Status: string;
  readonly CallbackDetails?: { readonly CallbackId: string };
}

function operationsOf({ body }: { body: Record<string, unknown> }): [Told, ...Told[]] {
  return (body["NewExecutionState"] as { Operations: [Told, ...Told[]] }).Operations;
}

const anything = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: anyCharacter, maxLength: 300 }) },
  fc.constantFrom("", "known", "__proto__", "STEP", "START", "\u0000", "\ud800"),
  fc.double(),
  fc.constantFrom(Number.MAX_VALUE, -1, 0, 0.5, 2 ** 53, 31_622_401),
  fc.jsonValue({ maxDepth: 2 }),
);
const update = fc.record(
  {
    Id: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("known", "a", "b", "1-2") }, anything),
    ParentId: fc.oneof(fc.constantFrom("known", "a", "b"), anything),
    Name: fc.oneof({ weight: 2, arbitrary: fc.constant("charge") }, anything),
    Type: fc.oneof({ weight: 6, arbitrary: fc.constantFrom("STEP", "WAIT", "CALLBACK", "CONTEXT") }, anything),
    SubType: anything,
    Action: fc.oneof({ weight: 6, arbitrary: fc.constantFrom("START", "FAIL", "RETRY", "CANCEL") }, anything),
    Payload: anything,
    Error: fc.oneof(anything, fc.record({ ErrorMessage: anything, StackTrace: fc.array(anything) })),
    StepOptions: fc.oneof(anything, fc.record({ NextAttemptDelaySeconds: anything })),
    WaitOptions: fc.oneof(anything, fc.record({ WaitSeconds: anything })),
    CallbackOptions: fc.oneof(anything, fc.record({ TimeoutSeconds: anything, HeartbeatTimeoutSeconds: anything })),
    ChainedInvokeOptions: fc.oneof(anything, fc.record({ FunctionName: anything, TenantId: anything })),
  },
  { requiredKeys: ["Id", "Type", "Action"] },
);

test("no hostile update is a failure of the service, and none uses the token up", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(update, { minLength: 1, maxLength: 3 }), async (updates) => {
      const { status, code } = await held.checkpoint(updates);
      expect([200, 400]).toContain(status);
      expect(code).toBe(status === 400 ? invalid : null);
      expect(held.failures).toEqual([]);
    }),
    { numRuns: 500 },
  );
  expect((await held.checkpoint([])).status).toBe(200);
});
