import { describe, expect, test } from "vitest";
import type { OperationUpdate } from "../model/update.ts";
import type { Command, StartExecution } from "./command.ts";
import { Limits } from "./limits.ts";
import { Recorder } from "./recorder.ts";

const text = (length: number) => "x".repeat(length);
const YEAR = Limits.SECONDS;

function checkpoint(update: Partial<OperationUpdate>): Command {
  return { type: "CHECKPOINT", updates: [{ id: "1", type: "STEP", action: "SUCCEED", ...update }] };
}

describe("P12 limits of an update are checked before anything is written", () => {
  test.each<[string, Partial<OperationUpdate>, Partial<OperationUpdate>, string]>([
    [
      "a payload",
      { payload: text(6_291_456) },
      { payload: text(6_291_457) },
      "Payload is 6291457 characters; the limit is 6291456.",
    ],
    ["an id", { id: text(64) }, { id: text(65) }, "Operation id is 65 characters; the limit is 64."],
    [
      "a position",
      { id: "1-".repeat(512) },
      { id: "1-".repeat(513) },
      "Operation id is 1026 characters; the limit is 1024.",
    ],
    ["a name", { name: text(256) }, { name: text(257) }, "Operation name is 257 characters; the limit is 256."],
    ["a sub type", { subType: text(32) }, { subType: text(33) }, "Sub type is 33 characters; the limit is 32."],
    [
      "a retry's delay",
      { action: "RETRY", nextAttemptDelaySeconds: YEAR },
      { action: "RETRY", nextAttemptDelaySeconds: YEAR + 1 },
      "Delay of the next attempt in seconds is 31622401; it must be a whole number from 1 to 31622400.",
    ],
    [
      "a wait",
      { type: "WAIT", action: "START", waitSeconds: YEAR },
      { type: "WAIT", action: "START", waitSeconds: YEAR + 1 },
      "Wait in seconds is 31622401; it must be a whole number from 1 to 31622400.",
    ],
    [
      "a callback's timeout",
      { type: "CALLBACK", action: "START", timeoutSeconds: YEAR },
      { type: "CALLBACK", action: "START", timeoutSeconds: YEAR + 1 },
      "Callback timeout in seconds is 31622401; it must be a whole number from 0 to 31622400.",
    ],
    [
      "a callback's heartbeat timeout",
      { type: "CALLBACK", action: "START", heartbeatTimeoutSeconds: YEAR },
      { type: "CALLBACK", action: "START", heartbeatTimeoutSeconds: YEAR + 1 },
      "Callback heartbeat timeout in seconds is 31622401; it must be a whole number from 0 to 31622400.",
    ],
    [
      "a callee's name",
      { type: "CHAINED_INVOKE", action: "START", functionName: text(256) },
      { type: "CHAINED_INVOKE", action: "START", functionName: text(257) },
      "Function name is 257 characters; the limit is 256.",
    ],
    [
      "a callee's tenant",
      { type: "CHAINED_INVOKE", action: "START", functionName: "f", tenantId: text(256) },
      { type: "CHAINED_INVOKE", action: "START", functionName: "f", tenantId: text(257) },
      "Tenant id is 257 characters; the limit is 256.",
    ],
  ])("%s at its limit is taken, above it refused with size and limit", (_what, atLimit, above, message) => {
    const recorder = Recorder.started();
    const refusal = recorder.refusal(checkpoint(above));
    expect(refusal).toMatchObject({ code: "InvalidParameterValueException", message });
    expect(refusal?.size).toBeGreaterThan(refusal?.limit ?? Infinity);
    expect(recorder.refusal(checkpoint(atLimit))).toBeUndefined();
  });

  test("an update with an error counts as JSON in UTF-8", () => {
    const update = { id: "1", type: "STEP", action: "FAIL", error: { errorMessage: "" } } as const;
    const room = 32_768 - JSON.stringify(update).length;
    const recorder = Recorder.started();
    const fail = (errorMessage: string) => recorder.refusal(checkpoint({ ...update, error: { errorMessage } }));
    expect(fail(text(room))).toBeUndefined();
    expect(fail(text(room + 1))).toMatchObject({
      message: "Error object size must be less than 32768 bytes.",
      size: 32_769,
      limit: 32_768,
    });
    expect(fail("é".repeat(Math.floor(room / 2)))).toBeUndefined();
    expect(fail("é".repeat(Math.floor(room / 2) + 1))?.limit).toBe(32_768);
  });

  test.each<[string, Partial<OperationUpdate>, string]>([
    ["an id with other characters", { id: "a b" }, "Operation id may only have letters, digits, - and _."],
    ["an id that is no text", { id: 7 as unknown as string }, "Operation id must be text."],
    ["an empty name", { name: "" }, "Operation name must not be empty."],
    ["a name that does not print", { name: "a\nb" }, "Operation name may only have printable ASCII characters."],
    ["an empty sub type", { subType: "" }, "Sub type must not be empty."],
    ["a payload that is no text", { payload: {} as unknown as string }, "Payload must be text."],
    [
      "half a second",
      { type: "WAIT", action: "START", waitSeconds: 1.5 },
      "Wait in seconds is 1.5; it must be a whole number from 1 to 31622400.",
    ],
    [
      "no seconds",
      { type: "WAIT", action: "START", waitSeconds: 0 },
      "Wait in seconds is 0; it must be a whole number from 1 to 31622400.",
    ],
    [
      "a wait that does not say how long",
      { type: "WAIT", action: "START" },
      "Wait in seconds is undefined; it must be a whole number from 1 to 31622400.",
    ],
    [
      "a retry at once",
      { action: "RETRY", nextAttemptDelaySeconds: 0 },
      "Delay of the next attempt in seconds is 0; it must be a whole number from 1 to 31622400.",
    ],
    [
      "a negative timeout",
      { type: "CALLBACK", action: "START", timeoutSeconds: -1 },
      "Callback timeout in seconds is -1; it must be a whole number from 0 to 31622400.",
    ],
    ["an invoke of nothing", { type: "CHAINED_INVOKE", action: "START" }, "Function name must be text."],
  ])("%s is refused", (_what, update, message) => {
    const recorder = Recorder.started();
    expect(recorder.refusal(checkpoint(update))).toMatchObject({ code: "InvalidParameterValueException", message });
  });
});

describe("P12 limits of a callback's outcome", () => {
  function completion(outcome: object): { recorder: Recorder; command: Command } {
    const recorder = Recorder.started();
    recorder.checkpoint({ id: "1", type: "CALLBACK", action: "START" });
    const [callbackId] = recorder.state.callbacks.keys();
    return { recorder, command: { type: "COMPLETE_CALLBACK", callbackId, outcome } as Command };
  }
  const refusal = (outcome: object) => {
    const { recorder, command } = completion(outcome);
    return recorder.refusal(command);
  };

  test("a result is measured in UTF-8", () => {
    expect(refusal({ type: "SUCCEEDED", result: text(262_144) })).toBeUndefined();
    expect(refusal({ type: "SUCCEEDED", result: "€".repeat(87_381) })).toBeUndefined();
    expect(refusal({ type: "SUCCEEDED", result: "€".repeat(87_382) })).toEqual({
      code: "InvalidParameterValueException",
      message: "Callback result is 262146 bytes; the limit is 262144.",
      size: 262_146,
      limit: 262_144,
    });
    expect(refusal({ type: "SUCCEEDED", result: 7 })?.message).toBe("Callback result must be text.");
  });

  test("an error is measured as JSON", () => {
    expect(refusal({ type: "FAILED", error: { errorMessage: text(32_000) } })).toBeUndefined();
    expect(refusal({ type: "FAILED", error: { errorMessage: text(32_768) } })?.limit).toBe(32_768);
  });
});

describe("P12 limits of an execution", () => {
  const start: StartExecution = {
    type: "START_EXECUTION",
    functionName: "f",
    name: "n",
    version: "1",
    retentionDays: 14,
  };

  test.each<[string, Partial<StartExecution>]>([
    ["Execution name is 65 characters; the limit is 64.", { name: text(65) }],
    ["Execution name may only have letters, digits, - and _.", { name: "a/b" }],
    ["Execution name must not be empty.", { name: "" }],
    ["Function name is 141 characters; the limit is 140.", { functionName: text(141) }],
    ["Function name may only have letters, digits, - and _.", { functionName: "a/b" }],
    ["Version may only have letters, digits and - _ . $.", { version: "a b" }],
    ["Input is 6291457 characters; the limit is 6291456.", { input: text(6_291_457) }],
    ["Tenant id is 257 characters; the limit is 256.", { tenantId: text(257) }],
    ["Retention in days is 91; it must be a whole number from 1 to 90.", { retentionDays: 91 }],
    ["Retention in days is 0; it must be a whole number from 1 to 90.", { retentionDays: 0 }],
    [
      "Execution timeout in seconds is 31622401; it must be a whole number from 1 to 31622400.",
      { executionTimeoutSeconds: 31_622_401 },
    ],
  ])("%s", (message, given) => {
    expect(new Recorder().refusal({ ...start, ...given })).toMatchObject({
      code: "InvalidParameterValueException",
      message,
    });
  });

  test("at the limits it starts", () => {
    const recorder = new Recorder();
    const most = { name: text(64), functionName: text(140), version: "$LATEST", retentionDays: 90 };
    expect(
      recorder.refusal({ ...start, ...most, executionTimeoutSeconds: YEAR, input: text(6_291_456) }),
    ).toBeUndefined();
  });

  test("an error to stop with", () => {
    const stop = { type: "STOP", error: { errorMessage: text(32_768) } } as const;
    expect(Recorder.started().refusal(stop)?.limit).toBe(32_768);
  });
});
