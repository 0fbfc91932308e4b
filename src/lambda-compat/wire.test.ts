import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExecutionHeader } from "../engine/model/execution.ts";
import type { Failure } from "../engine/model/failure.ts";
import { type Operation, OperationAction, OperationStatus, OperationType } from "../engine/model/operation.ts";
import type { OperationUpdate } from "../engine/model/update.ts";
import { wireId } from "./wire-id.ts";
import {
  executionToWire,
  operationFromWire,
  operationToWire,
  toMilliseconds,
  updateFromWire,
  updateToWire,
} from "./wire.ts";

const hashed = fc.stringMatching(/^[0-9a-f]{15}[a-f]$/);
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const failure: fc.Arbitrary<Failure> = fc.record(
  { errorType: fc.string(), errorMessage: fc.string(), errorData: fc.string(), stackTrace: fc.array(fc.string()) },
  { requiredKeys: [] },
);
const id = fc.oneof(hashed, fc.constantFrom("1", "2-1", "10-3-7"));

const common = { id, status: fc.constantFrom(...Object.values(OperationStatus)), startedAt: time };
const optional = {
  parentId: id,
  name: fc.string(),
  subType: fc.string(),
  endedAt: time,
};
const outcome = { result: fc.string(), error: failure };
const required = ["id", "status", "startedAt", "type"] as const;

/** Only what the wire has members for. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record(
    { ...common, ...optional, ...outcome, type: fc.constant("CONTEXT" as const), replayChildren: fc.boolean() },
    { requiredKeys: [...required] },
  ),
  fc.record(
    {
      ...common,
      ...optional,
      ...outcome,
      type: fc.constant("STEP" as const),
      attempt: fc.nat(99),
      nextAttemptAt: time,
    },
    { requiredKeys: [...required, "attempt"] },
  ),
  fc
    .record(
      {
        ...common,
        ...optional,
        type: fc.constant("WAIT" as const),
        waitSeconds: fc.integer({ min: 1, max: 31_622_400 }),
      },
      {
        requiredKeys: [...required, "waitSeconds"],
      },
    )
    .map((wait) => ({ ...wait, dueAt: wait.startedAt + wait.waitSeconds * 1000 })),
  fc.record(
    {
      ...common,
      ...optional,
      ...outcome,
      type: fc.constant("CALLBACK" as const),
      callbackId: fc.string({ minLength: 1 }),
    },
    { requiredKeys: [...required, "callbackId"] },
  ),
  fc.record(
    { ...common, ...optional, ...outcome, type: fc.constant("CHAINED_INVOKE" as const), functionName: fc.constant("") },
    { requiredKeys: [...required, "functionName"] },
  ),
);

/** The model with its positions as they are known on the other side of the wire. */
function withWireIds<T extends { id: string; parentId?: string }>(given: T): T {
  return { ...given, id: wireId(given.id), ...(given.parentId !== undefined && { parentId: wireId(given.parentId) }) };
}

describe("an operation", () => {
  test("comes through the wire as it was, with its times as dates, as text and as seconds", () => {
    fc.assert(
      fc.property(operation, (given) => {
        const expected = withWireIds(given);
        expect(operationFromWire(operationToWire(given))).toEqual(expected);
        expect(operationFromWire(operationToWire(given, (ms) => new Date(ms).toISOString()))).toEqual(expected);
        expect(operationFromWire(JSON.parse(JSON.stringify(operationToWire(given, (ms) => ms / 1000))))).toEqual(
          expected,
        );
      }),
    );
  });

  test("names no member that it has no value for", () => {
    fc.assert(
      fc.property(operation, (given) => {
        const wire = operationToWire(given);
        expect(JSON.parse(JSON.stringify(wire))).toEqual(
          JSON.parse(JSON.stringify(wire, (_key, value) => value ?? "none")),
        );
      }),
    );
  });

  test("is none of the model's when it is the execution itself, or nameless", () => {
    const header = { incarnation: "i", name: "n", status: "RUNNING", startedAt: 5, input: "{}" } as ExecutionHeader;
    const wire = executionToWire(header);
    expect(wire).toEqual({
      Id: "i",
      Name: "n",
      Type: "EXECUTION",
      Status: "STARTED",
      StartTimestamp: new Date(5),
      ExecutionDetails: { InputPayload: "{}" },
    });
    expect(operationFromWire(wire)).toBeUndefined();
    expect(operationFromWire({ ...wire, Id: "1", Type: undefined })).toBeUndefined();
    expect(operationFromWire({ ...wire, Id: "", Type: "STEP" })).toBeUndefined();
  });

  test("is what its details say it is, where a service leaves the type out", () => {
    const wire = {
      Id: "1",
      Type: undefined,
      SubType: "Step",
      Status: "SUCCEEDED",
      StartTimestamp: new Date(5),
    } as const;
    expect(operationFromWire({ ...wire, StepDetails: { Attempt: 1, Result: "7" } })).toMatchObject({
      type: "STEP",
      result: "7",
    });
    expect(operationFromWire({ ...wire, CallbackDetails: { CallbackId: "c" } })).toMatchObject({ type: "CALLBACK" });
  });

  test.each([
    ["Step", "STEP"],
    ["WaitForCondition", "STEP"],
    ["Wait", "WAIT"],
    ["Callback", "CALLBACK"],
    ["ChainedInvoke", "CHAINED_INVOKE"],
    ["RunInChildContext", "CONTEXT"],
    ["MapIteration", "CONTEXT"],
  ])("is what its sub type %s says, where a service leaves out type and details", (SubType, type) => {
    const wire = { Id: "1", Type: undefined, SubType, Status: "SUCCEEDED", StartTimestamp: new Date(5) } as const;
    expect(operationFromWire(wire)).toMatchObject({ type, status: "SUCCEEDED" });
  });

  test("takes a time that is none for absent", () => {
    const wire = { Id: "1", Type: "STEP", Status: "PENDING", StartTimestamp: "soon" } as const;
    expect(operationFromWire({ ...wire, StepDetails: { NextAttemptTimestamp: new Date(Number.NaN) } })).toEqual({
      id: "1",
      type: "STEP",
      status: "PENDING",
      startedAt: 0,
      attempt: 0,
    });
  });
});

describe("an update", () => {
  const seconds = fc.integer({ min: 1, max: 31_622_400 });
  const anyType = {
    id: hashed,
    parentId: hashed,
    name: fc.string(),
    type: fc.constantFrom(...Object.values(OperationType)),
    subType: fc.string(),
    action: fc.constantFrom(...Object.values(OperationAction)),
    payload: fc.string(),
    error: failure,
  };
  const always = { requiredKeys: ["id", "type", "action"] } satisfies fc.RecordConstraints<keyof typeof anyType>;
  const update: fc.Arbitrary<OperationUpdate> = fc.oneof(
    fc.record(anyType, always),
    fc.record({ ...anyType, type: fc.constant("CONTEXT" as const), replayChildren: fc.boolean() }, always),
    fc.record({ ...anyType, type: fc.constant("STEP" as const), nextAttemptDelaySeconds: seconds }, always),
    fc.record({ ...anyType, type: fc.constant("WAIT" as const), waitSeconds: seconds }, always),
  );

  test("comes through the wire as it was", () => {
    fc.assert(
      fc.property(update, (given) => {
        expect(updateFromWire(updateToWire(given))).toEqual(given);
      }),
    );
  });

  test("that starts a callback always has its options, as AWS's SDK sends them", () => {
    const start = { id: "1", type: "CALLBACK", action: "START", subType: "Callback" } as const;
    expect(updateToWire(start)).toEqual({
      Id: "c4ca4238a0b92382",
      Type: "CALLBACK",
      SubType: "Callback",
      Action: "START",
      CallbackOptions: {},
    });
    const timed = { ...start, timeoutSeconds: 5, heartbeatTimeoutSeconds: 2 };
    expect(updateFromWire(updateToWire(timed))).toEqual({ ...timed, id: "c4ca4238a0b92382" });
  });

  test("that starts an invoke names the function", () => {
    const start = { id: "1-1", parentId: "1", type: "CHAINED_INVOKE", action: "START", functionName: "f:1" } as const;
    expect(updateToWire(start)).toEqual({
      Id: "ea66c06c1e1c05fa",
      ParentId: "c4ca4238a0b92382",
      Type: "CHAINED_INVOKE",
      Action: "START",
      ChainedInvokeOptions: { FunctionName: "f:1" },
    });
    expect(updateFromWire(updateToWire({ ...start, tenantId: "t" }))).toMatchObject({
      functionName: "f:1",
      tenantId: "t",
    });
  });
});

test("a time is read from dates, ISO text, seconds and milliseconds alike", () => {
  const ms = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  expect([new Date(ms), new Date(ms).toISOString(), ms / 1000, ms].map(toMilliseconds)).toEqual([ms, ms, ms, ms]);
  expect([undefined, null, "", "never", Number.NaN].map(toMilliseconds)).toEqual(Array.from({ length: 5 }));
});
