import type * as aws from "@aws/durable-execution-sdk-js";
import type { Program } from "../case.ts";
import type { InvocationCase, Recorded } from "../single-invocation.ts";
import { describeError, outcome } from "./describe.ts";

type States = Readonly<Record<string, InvocationCase>>;

const noRetry = { retryStrategy: () => ({ shouldRetry: false }) } as const;

/** Whether the function ran, beside what came of it. */
const stepProgram =
  (config: aws.StepConfig<unknown> = {}): Program =>
  () =>
  async (_event, context) => {
    const ran: unknown[] = [];
    const result = await outcome(
      context.step(
        "step",
        async ({ attempt }) => {
          ran.push(attempt);
          return "fresh";
        },
        config,
      ),
    );
    return { result, ran };
  };

const step = (operation: Partial<Recorded>): Recorded => ({ at: "1", Name: "step", SubType: "Step", ...operation });
const past = new Date(1);
const future = new Date(Date.now() + 3_600_000);

export const stepStates: States = {
  succeeded: { program: stepProgram(), operations: [step({ StepDetails: { Attempt: 1, Result: '"stored"' } })] },
  "succeeded with nothing": { program: stepProgram(), operations: [step({ StepDetails: { Attempt: 1 } })] },
  "succeeded without details": { program: stepProgram(), operations: [step({})] },
  failed: {
    program: stepProgram(),
    operations: [
      step({
        Status: "FAILED",
        StepDetails: {
          Error: { ErrorType: "RangeError", ErrorMessage: "stored", ErrorData: "data", StackTrace: ["at a"] },
        },
      }),
    ],
  },
  "failed without an error": { program: stepProgram(), operations: [step({ Status: "FAILED" })] },
  "failed with a message only": {
    program: stepProgram(),
    operations: [step({ Status: "FAILED", StepDetails: { Error: { ErrorMessage: "only this" } } })],
  },
  "failed with an empty error": {
    program: stepProgram(),
    operations: [step({ Status: "FAILED", StepDetails: { Error: {} } })],
  },
  "waiting for its next attempt": {
    program: stepProgram(),
    operations: [step({ Status: "PENDING", StepDetails: { Attempt: 1, NextAttemptTimestamp: future } })],
  },
  "ready for its next attempt": {
    program: stepProgram(),
    operations: [step({ Status: "READY", StepDetails: { Attempt: 2, NextAttemptTimestamp: past } })],
  },
  "started, at least once": {
    program: stepProgram(),
    operations: [step({ Status: "STARTED", StepDetails: { Attempt: 0 } })],
  },
  "started again, at least once": {
    program: stepProgram(),
    operations: [step({ Status: "STARTED", StepDetails: { Attempt: 2 } })],
  },
  "started without details": { program: stepProgram(), operations: [step({ Status: "STARTED" })] },
  "started, at most once, retried": {
    program: stepProgram({ semantics: "AT_MOST_ONCE_PER_RETRY" as never }),
    operations: [step({ Status: "STARTED", StepDetails: { Attempt: 0 } })],
  },
  "started, at most once, not retried": {
    program: stepProgram({ semantics: "AT_MOST_ONCE_PER_RETRY" as never, ...noRetry }),
    operations: [step({ Status: "STARTED", StepDetails: { Attempt: 0 } })],
  },
  "started again, at most once": {
    program: () => async (_event, context) => {
      const told: unknown[] = [];
      const result = await outcome(
        context.step("step", async () => "never", {
          semantics: "AT_MOST_ONCE_PER_RETRY" as never,
          retryStrategy: (error, attempt) => {
            told.push(describeError(error), attempt);
            return { shouldRetry: false };
          },
        }),
      );
      return { result, told };
    },
    operations: [step({ Status: "STARTED", StepDetails: { Attempt: 2 } })],
  },
  "ready, at most once": {
    program: stepProgram({ semantics: "AT_MOST_ONCE_PER_RETRY" as never }),
    operations: [step({ Status: "READY", StepDetails: { Attempt: 1 } })],
  },
  "not there": { program: stepProgram() },
};

for (const type of [
  "StepError",
  "CallbackError",
  "CallbackExternalError",
  "CallbackTimeoutError",
  "CallbackSubmitterError",
  "InvokeError",
  "ChildContextError",
  "WaitForConditionError",
  "PromiseCombinatorError",
  "BatchCompletionError",
  "StepInterruptedError",
]) {
  const error = { ErrorType: type, ErrorMessage: "stored", ErrorData: "data", StackTrace: ["at a", "at b"] };
  Object.assign(stepStates, {
    [`failed with a ${type}`]: {
      program: stepProgram(),
      operations: [step({ Status: "FAILED", StepDetails: { Error: error } })],
    },
  });
}

const wait: Program = () => async (_event, context) => {
  const value: unknown = await context.wait("wait", { seconds: 5 });
  return { isUndefined: value === undefined };
};

export const waitStates: States = Object.fromEntries(
  ["STARTED", "SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT", "STOPPED"].map((Status) => [
    Status,
    {
      program: wait,
      operations: [
        {
          at: "1",
          Name: "wait",
          Type: "WAIT",
          SubType: "Wait",
          Status: Status as never,
          WaitDetails: { ScheduledEndTimestamp: future },
        },
      ],
    },
  ]),
);

const conditionProgram: Program = () => async (_event, context) => {
  const calls: unknown[] = [];
  const result = await outcome(
    context.waitForCondition(
      "condition",
      async (state: number, { attempt }) => {
        calls.push([state, attempt]);
        return state + 1;
      },
      { initialState: 0, waitStrategy: () => ({ shouldContinue: false }) },
    ),
  );
  return { result, calls };
};

const condition = (operation: Partial<Recorded>): InvocationCase => ({
  program: conditionProgram,
  operations: [{ at: "1", Name: "condition", SubType: "WaitForCondition", ...operation }],
});

export const conditionStates: States = {
  succeeded: condition({ StepDetails: { Result: "41" } }),
  "succeeded with nothing": condition({ StepDetails: {} }),
  failed: condition({ Status: "FAILED", StepDetails: { Error: { ErrorType: "RangeError", ErrorMessage: "stored" } } }),
  "failed as a WaitForConditionError": condition({
    Status: "FAILED",
    StepDetails: { Error: { ErrorType: "WaitForConditionError", ErrorMessage: "stored" } },
  }),
  "failed without an error": condition({ Status: "FAILED", StepDetails: {} }),
  "started for the first time": condition({ Status: "STARTED", StepDetails: { Attempt: 0 } }),
  "started with a state": condition({ Status: "STARTED", StepDetails: { Attempt: 2, Result: "7" } }),
  "ready with a state": condition({ Status: "READY", StepDetails: { Attempt: 2, Result: "7" } }),
  "ready without a state": condition({ Status: "READY", StepDetails: { Attempt: 2 } }),
  "waiting with a state": condition({
    Status: "PENDING",
    StepDetails: { Attempt: 2, Result: "7", NextAttemptTimestamp: future },
  }),
  "under another name": {
    program: conditionProgram,
    operations: [{ at: "1", Name: "other", SubType: "WaitForCondition", StepDetails: { Result: "41" } }],
    differs: {
      name: "conditions are compared",
      output: {
        Status: "FAILED",
        Error: {
          ErrorType: "NonDeterministicExecutionError",
          ErrorMessage:
            '[Unrecoverable Execution] Non-deterministic execution detected: Operation name mismatch for step "1". ' +
            'Expected name "other", but got "condition". ' +
            "This indicates non-deterministic control flow in your workflow code.",
        },
      },
    },
  },
};

const callbackProgram: Program = () => async (_event, context) => {
  const opened = await outcome(context.createCallback("callback"));
  if ("error" in opened) return opened;
  const [promise, id] = opened.value;
  return { id, ...(await outcome(promise)) };
};

const callback = (operation: Partial<Recorded>): InvocationCase => ({
  program: callbackProgram,
  operations: [{ at: "1", Name: "callback", Type: "CALLBACK", SubType: "Callback", ...operation }],
});

const failure = { ErrorType: "Rejected", ErrorMessage: "no", ErrorData: "data", StackTrace: ["at a", "at b"] };

export const callbackStates: States = {
  started: callback({ Status: "STARTED", CallbackDetails: { CallbackId: "id" } }),
  succeeded: callback({ CallbackDetails: { CallbackId: "id", Result: '"text"' } }),
  "succeeded with nothing": callback({ CallbackDetails: { CallbackId: "id" } }),
  failed: callback({ Status: "FAILED", CallbackDetails: { CallbackId: "id", Error: failure } }),
  "failed without an error": callback({ Status: "FAILED", CallbackDetails: { CallbackId: "id" } }),
  "timed out": callback({ Status: "TIMED_OUT", CallbackDetails: { CallbackId: "id", Error: failure } }),
  "timed out without an error": callback({ Status: "TIMED_OUT", CallbackDetails: { CallbackId: "id" } }),
  cancelled: callback({ Status: "CANCELLED", CallbackDetails: { CallbackId: "id" } }),
  "succeeded without an id": callback({ CallbackDetails: {} }),
};

const invokeProgram: Program = () => async (_event, context) => outcome(context.invoke("invoke", "fn:1", { n: 1 }));

const invoke = (operation: Partial<Recorded>): InvocationCase => ({
  program: invokeProgram,
  operations: [{ at: "1", Name: "invoke", Type: "CHAINED_INVOKE", SubType: "ChainedInvoke", ...operation }],
});

export const invokeStates: States = {
  "not there": { program: invokeProgram },
  started: invoke({ Status: "STARTED", ChainedInvokeDetails: {} }),
  succeeded: invoke({ ChainedInvokeDetails: { Result: '{"a":1}' } }),
  "succeeded with nothing": invoke({ ChainedInvokeDetails: {} }),
  failed: invoke({ Status: "FAILED", ChainedInvokeDetails: { Error: failure } }),
  "failed without an error": invoke({ Status: "FAILED", ChainedInvokeDetails: {} }),
  "failed with a type only": invoke({ Status: "FAILED", ChainedInvokeDetails: { Error: { ErrorType: "X" } } }),
  "timed out": invoke({ Status: "TIMED_OUT", ChainedInvokeDetails: { Error: { ErrorMessage: "too late" } } }),
  stopped: invoke({ Status: "STOPPED", ChainedInvokeDetails: { Error: failure } }),
};

const childProgram: Program = () => async (_event, context) => {
  const ran: string[] = [];
  const result = await outcome(
    context.runInChildContext("child", async (child) => {
      ran.push("child");
      return child.step("inside", async () => {
        ran.push("step");
        return "fresh";
      });
    }),
  );
  return { result, ran };
};

const child = (operation: Partial<Recorded>, ...inside: Partial<Recorded>[]): InvocationCase => ({
  program: childProgram,
  operations: [
    { at: "1", Name: "child", Type: "CONTEXT", SubType: "RunInChildContext", ...operation },
    ...inside.map((operation): Recorded => ({ at: "1-1", Name: "inside", SubType: "Step", ...operation })),
  ],
});

export const contextStates: States = {
  succeeded: child({ ContextDetails: { Result: '"stored"' } }),
  "succeeded with nothing": child({ ContextDetails: {} }),
  "succeeded, to be rebuilt": child(
    { ContextDetails: { ReplayChildren: true, Result: "a summary" } },
    { StepDetails: { Result: '"stored"' } },
  ),
  "succeeded, to be rebuilt, with an unfinished step": {
    ...child({ ContextDetails: { ReplayChildren: true, Result: "" } }, { Status: "STARTED" }),
    neverEnds: true,
  },
  failed: child({ Status: "FAILED", ContextDetails: { Error: failure } }),
  "failed without an error": child({ Status: "FAILED", ContextDetails: {} }),
  "failed as a StepError": child({
    Status: "FAILED",
    ContextDetails: { Error: { ErrorType: "StepError", ErrorMessage: "inside", ErrorData: "data" } },
  }),
  "failed as a CallbackTimeoutError": child({
    Status: "FAILED",
    ContextDetails: { Error: { ErrorType: "CallbackTimeoutError", ErrorMessage: "late" } },
  }),
  started: child({ Status: "STARTED", ContextDetails: {} }),
  "started with a finished step": child(
    { Status: "STARTED", ContextDetails: {} },
    { StepDetails: { Result: '"stored"' } },
  ),
  "started with a failed step": child(
    { Status: "STARTED", ContextDetails: {} },
    { Status: "FAILED", StepDetails: { Error: failure } },
  ),
};

const submissionProgram: Program = () => async (_event, context) =>
  outcome(context.waitForCallback("submission", async () => undefined));

const submission = (details: aws.ContextDetails, Status = "SUCCEEDED"): InvocationCase => ({
  program: submissionProgram,
  operations: [
    {
      at: "1",
      Name: "submission",
      Type: "CONTEXT",
      SubType: "WaitForCallback",
      Status: Status as never,
      ContextDetails: details,
    },
  ],
});

export const submissionStates: States = {
  succeeded: submission({ Result: '"text"' }),
  "succeeded with nothing": submission({}),
  ...Object.fromEntries(
    [
      "CallbackError",
      "CallbackExternalError",
      "CallbackTimeoutError",
      "CallbackSubmitterError",
      "StepError",
      "RangeError",
    ].map((ErrorType) => [
      `failed as a ${ErrorType}`,
      submission({ Error: { ErrorType, ErrorMessage: "stored", ErrorData: "data" } }, "FAILED"),
    ]),
  ),
};

const mapProgram =
  (config: object = {}): Program =>
  () =>
  async (_event, context) => {
    const ran: unknown[] = [];
    const batch = await context.map(
      "map",
      ["a", "b", "c"],
      async (inner, item) => {
        ran.push(item);
        return inner.step(`step ${item}`, async () => {
          ran.push(`step ${item}`);
          return item;
        });
      },
      config,
    );
    return {
      json: JSON.stringify(batch),
      status: batch.status,
      counts: [batch.totalCount, batch.successCount, batch.failureCount, batch.startedCount],
      errors: batch.getErrors().map(describeError),
      ran,
    };
  };

interface MapState {
  readonly result: string;
  readonly isRebuilt?: boolean;
  readonly items?: readonly Partial<Recorded>[];
  readonly steps?: readonly Partial<Recorded>[];
  readonly config?: object;
  readonly differs?: InvocationCase["differs"];
}

function map({ result, isRebuilt = false, items = [], steps = [], config, differs }: MapState): InvocationCase {
  return {
    ...(differs && { differs }),
    program: mapProgram(config),
    operations: [
      {
        at: "1",
        Name: "map",
        Type: "CONTEXT",
        SubType: "Map",
        ContextDetails: { Result: result, ...(isRebuilt && { ReplayChildren: true }) },
      },
      ...items.map(
        (item, index): Recorded => ({
          at: `1-${index + 1}`,
          Name: `map-item-${index}`,
          Type: "CONTEXT",
          SubType: "MapIteration",
          ...item,
        }),
      ),
      ...steps.map(
        (operation, index): Recorded => ({
          at: `1-${index + 1}-1`,
          Name: `step ${"abc"[index]}`,
          SubType: "Step",
          ...operation,
        }),
      ),
    ],
  };
}

const good = (item: string): Partial<Recorded> => ({ ContextDetails: { Result: JSON.stringify(item) } });
const bad: Partial<Recorded> = { Status: "FAILED", ContextDetails: { Error: failure } };
const summary = (members: object): string =>
  JSON.stringify({
    type: "MapResult",
    totalCount: 3,
    successCount: 3,
    failureCount: 0,
    completionReason: "ALL_COMPLETED",
    status: "SUCCEEDED",
    ...members,
  });

export const mapStates: States = {
  succeeded: map({
    result:
      '{"all":[{"result":"x","index":0,"status":"SUCCEEDED"},{"index":1,"status":"STARTED"}],"completionReason":"MIN_SUCCESSFUL_REACHED"}',
  }),
  "succeeded with errors": map({
    result: JSON.stringify({
      all: [
        {
          index: 0,
          status: "FAILED",
          error: {
            ErrorType: "ChildContextError",
            ErrorMessage: "outer",
            ErrorData: "data",
            Cause: { ErrorType: "StepError", ErrorMessage: "inner", Cause: { ErrorType: "Odd", ErrorMessage: "root" } },
          },
        },
        { index: 1, status: "FAILED", error: { ErrorType: "Odd", ErrorMessage: "plain" } },
      ],
      completionReason: "FAILURE_TOLERANCE_EXCEEDED",
    }),
  }),
  "succeeded with something else": map({ result: '{"other":1}' }),
  "succeeded with null": map({ result: "null" }),
  "rebuilt from items": map({
    result: summary({ itemStatuses: "SSS" }),
    isRebuilt: true,
    items: [good("x"), good("y"), good("z")],
  }),
  "rebuilt with a failure": map({
    result: summary({ itemStatuses: "SFS", successCount: 2, failureCount: 1, status: "FAILED" }),
    isRebuilt: true,
    items: [good("x"), bad, good("z")],
    config: { completionConfig: { toleratedFailureCount: 5 } },
  }),
  "rebuilt without an item that never started": map({
    result: summary({ itemStatuses: "SS", totalCount: 2, successCount: 2, completionReason: "MIN_SUCCESSFUL_REACHED" }),
    isRebuilt: true,
    items: [good("x"), good("y")],
    config: { completionConfig: { minSuccessful: 2 } },
  }),
  "rebuilt flat": map({
    result: summary({ itemStatuses: "SSS" }),
    isRebuilt: true,
    steps: [
      { StepDetails: { Result: '"x"' } },
      { StepDetails: { Result: '"y"' } },
      { StepDetails: { Result: '"z"' } },
    ].map((operation) => ({ ...operation })),
    config: { nesting: "FLAT" },
  }),
};

Object.assign(mapStates, {
  "rebuilt from an older summary": map({
    result: summary({}),
    isRebuilt: true,
    items: [good("x"), good("y"), good("z")],
  }),
  "rebuilt from an older summary of items that did not all start": map({
    result: summary({ totalCount: 2, successCount: 2, completionReason: "MIN_SUCCESSFUL_REACHED" }),
    isRebuilt: true,
    items: [good("x"), good("y")],
    config: { completionConfig: { minSuccessful: 2 } },
  }),
  "rebuilt with an item in flight": map({
    result: summary({ itemStatuses: "S-S", successCount: 2, completionReason: "MIN_SUCCESSFUL_REACHED" }),
    isRebuilt: true,
    items: [good("x"), { Status: "STARTED" }, good("z")],
    config: { completionConfig: { minSuccessful: 2 } },
    differs: {
      name: "items in flight stay",
      output: {
        Status: "SUCCEEDED",
        Result: JSON.stringify({
          json: JSON.stringify({
            all: [
              { result: "x", index: 0, status: "SUCCEEDED" },
              { index: 1, status: "STARTED" },
              { result: "z", index: 2, status: "SUCCEEDED" },
            ],
            completionReason: "MIN_SUCCESSFUL_REACHED",
          }),
          status: "SUCCEEDED",
          counts: [3, 2, 0, 1],
          errors: [],
          ran: ["b"],
        }),
      },
    },
  }),
  "rebuilt without a reason": map({
    result: summary({ itemStatuses: "SSS", completionReason: "UNKNOWN" }),
    isRebuilt: true,
    items: [good("x"), good("y"), good("z")],
  }),
  "rebuilt from no summary": map({
    result: "",
    isRebuilt: true,
    items: [good("x"), good("y"), good("z")],
  }),
  "rebuilt from items that are rebuilt themselves": map({
    result: summary({ itemStatuses: "SSS" }),
    isRebuilt: true,
    items: [good("x"), { ContextDetails: { ReplayChildren: true, Result: "" } }, good("z")],
    steps: [{ StepDetails: { Result: '"from x"' } }, { StepDetails: { Result: '"from y"' } }],
  }),
} satisfies States);

const programOfNothing: Program = () => async (event) => ({ event });
const programOfAStep: Program = () => async (_event, context) => context.step("step", async () => 1);

export const invocations: States = {
  "no arn": { program: programOfNothing, event: { DurableExecutionArn: undefined } },
  "no token": { program: programOfNothing, event: { CheckpointToken: "" } },
  "no event at all": { program: programOfNothing, event: null },
  "a payload": { program: programOfNothing, payload: '{"a":[1]}' },
  "no payload": { program: programOfNothing, payload: "none" },
  "a malformed payload": { program: programOfNothing, payload: "{" },
  "a state of pages": {
    program: () => async (_event, context) => [
      await context.step("step", async () => "fresh"),
      await context.step("two", async () => "fresh"),
      await context.step("three", async () => "fresh"),
    ],
    operations: [step({ StepDetails: { Result: '"one"' } })],
    pages: [[{ at: "2", Name: "two", SubType: "Step", StepDetails: { Result: '"two"' } }], []],
  },
  "a page that fails": {
    program: programOfNothing,
    pages: () => Object.assign(new Error("no state"), { name: "ServiceException" }),
  },
  "a page that fails for good": {
    program: programOfNothing,
    pages: (sdk) =>
      new sdk.DurableExecutionClientError("gone", { scope: sdk.DurableExecutionClientErrorScope.EXECUTION }),
  },
  "a page that fails for this invocation": {
    program: programOfNothing,
    pages: (sdk) => new sdk.DurableExecutionClientError("try again"),
  },
  "a page whose key is gone": {
    program: programOfNothing,
    pages: () => Object.assign(new Error("no key"), { name: "KMSNotFoundException" }),
  },
  "times as text": {
    program: stepProgram(),
    operations: [
      step({
        StartTimestamp: "2026-01-01T00:00:00Z",
        EndTimestamp: "2026-01-01T00:00:01Z",
        StepDetails: { Result: '"stored"' },
      }),
    ],
  },
  "times that are none": {
    program: stepProgram(),
    operations: [step({ StartTimestamp: "yesterday", StepDetails: { Result: '"stored"' } })],
  },
  "a depth that is none": {
    program: programOfNothing,
    config: () => ({ pluginsConfig: { childOperationsDepth: -1 } }),
  },
  "a fractional depth": {
    program: programOfNothing,
    config: () => ({ pluginsConfig: { childOperationsDepth: 1.5 } }),
  },
  ...Object.fromEntries(
    [0, 1, 2, Number.POSITIVE_INFINITY].map((childOperationsDepth): [string, InvocationCase] => [
      `operations kept to a depth of ${childOperationsDepth}`,
      {
        program: () => async (_event, context) => {
          const nested = await context.runInChildContext("one", async (one) =>
            one.runInChildContext("two", async (two) =>
              two.runInChildContext("three", async (three) => three.step("deep", async () => 1)),
            ),
          );
          const failed = await outcome(
            context.runInChildContext("fails", async (fails) =>
              fails.step(
                "bad",
                async () => {
                  throw new Error("bad");
                },
                noRetry,
              ),
            ),
          );
          const virtual = await context.runInChildContext(
            "virtual",
            async (inner) => inner.runInChildContext("inside", async () => 1),
            { virtualContext: true },
          );
          const batch = await context.map("map", [1], async (inner, item) =>
            inner.runInChildContext("item", async () => item),
          );
          const all = await context.promise.all("all", []);
          return { nested, failed, virtual, batch: batch.getResults(), all };
        },
        config: () => ({ pluginsConfig: { childOperationsDepth } }),
      },
    ]),
  ),
  "a result that an output cannot carry": {
    program: () => async () => "x".repeat(6 * 1024 * 1024),
  },
  "a result that just fits": {
    program: () => async () => "x".repeat(6 * 1024 * 1024 - 52),
  },
};

function serviceError(name: string, status: number | undefined, message = "refused"): () => unknown {
  return () => Object.assign(new Error(message), { name, ...(status && { $metadata: { httpStatusCode: status } }) });
}

const refusals: Readonly<Record<string, NonNullable<InvocationCase["fails"]>["with"]>> = {
  "an invalid parameter": serviceError("InvalidParameterValueException", 400),
  "an invalid token": serviceError("InvalidParameterValueException", 400, "Invalid Checkpoint Token: used"),
  "an invalid token, said otherwise": serviceError("InvalidParameterValueException", 400, "Invalid checkpoint token"),
  "too many requests": serviceError("TooManyRequestsException", 429),
  "a service fault": serviceError("ServiceException", 500),
  "a forbidden call": serviceError("AccessDeniedException", 403),
  "a lost connection": serviceError("TimeoutError", undefined),
  "a key that is gone": serviceError("KMSNotFoundException", 502),
  "a key without access": serviceError("KMSAccessDeniedException", undefined),
  "a client error for this invocation": (sdk) => new sdk.DurableExecutionClientError("try again"),
  "a client error for good": (sdk) =>
    new sdk.DurableExecutionClientError("gone", { scope: sdk.DurableExecutionClientErrorScope.EXECUTION }),
  "a text": () => "text",
};

export const refusedCheckpoints: States = Object.fromEntries(
  Object.entries(refusals).map(([name, error]) => [
    name,
    { program: programOfAStep, fails: { checkpoint: 1, with: error } },
  ]),
);

export const lastTokens: States = {
  "after its only checkpoint": {
    program: programOfAStep,
    tokens: 0,
    differs: { name: "an answer without a token ends the invocation", output: { Status: "PENDING" } },
  },
};
