import {
  CheckpointDurableExecutionCommand,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  GetDurableExecutionStateCommand,
  InvokeCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  paginateGetDurableExecutionHistory,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HistoryEvent } from "../../src/engine/model/history.ts";
import { ClientError, ClientErrorCode } from "../../src/engine/runner/client.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { PlainClient, STARTED_AT } from "./plain-client.ts";
import { type Served, serve } from "./serve.ts";

const ARN = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o-1/0123456789abcdef";
const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a secret" };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let executions: PlainClient;
let served: Served;
let lambda: LambdaClient;

beforeEach(async () => {
  executions = new PlainClient();
  const face = createHttpFace({ client: executions, credentials: [{ id: "ci", rights: ["admin"], sigv4: keys }] });
  served = await serve(face);
  lambda = new LambdaClient({ endpoint: served.url, region: "eu-west-1", credentials: keys, maxAttempts: 1 });
});

afterEach(async () => {
  lambda.destroy();
  await served.close();
});

async function started(): Promise<void> {
  await lambda.send(
    new InvokeCommand({ FunctionName: "order", DurableExecutionName: "o-1", Payload: bytes('{"n":1}') }),
  );
}

describe("Invoke", () => {
  test("waits for the result and names the execution and its version", async () => {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: "order", DurableExecutionName: "o-1", Payload: bytes('{"n":1}') }),
    );
    expect(answer).toMatchObject({ StatusCode: 200, DurableExecutionArn: ARN, ExecutedVersion: "$LATEST" });
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.Payload?.transformToString()).toBe('{"done":true}');
    expect(executions.told("start")).toEqual([{ functionName: "order", name: "o-1", input: '{"n":1}' }]);
  });

  test.for([
    ["a failure", { status: "FAILED", error: { errorType: "StepError", errorMessage: "no" } }, ["StepError", "no"]],
    ["a timeout", { status: "TIMED_OUT" }, ["Execution.TIMED_OUT", "The execution is TIMED_OUT."]],
    ["a stop", { status: "STOPPED", error: { errorMessage: "enough" } }, ["Execution.STOPPED", "enough"]],
    ["what still runs", { status: "RUNNING" }, ["Execution.RUNNING", "The execution is RUNNING."]],
    [
      "a halt",
      { status: "RUNNING", halt: { reason: "NON_DETERMINISM", error: { errorType: "E", errorMessage: "m" }, at: 1 } },
      ["E", "m"],
    ],
  ] as const)("tells %s as a function error", async ([, outcome, [errorType, errorMessage]]) => {
    executions.outcome = outcome;
    const answer = await lambda.send(new InvokeCommand({ FunctionName: "order", DurableExecutionName: "o-1" }));
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled", DurableExecutionArn: ARN });
    expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({ errorType, errorMessage });
  });

  test("answers null for a handler that returned nothing", async () => {
    executions.outcome = { status: "SUCCEEDED" };
    const answer = await lambda.send(new InvokeCommand({ FunctionName: "order" }));
    expect(answer.Payload?.transformToString()).toBe("null");
    expect(executions.told("start")).toEqual([{ functionName: "order" }]);
  });

  test("returns at once for an event", async () => {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: "order", InvocationType: "Event", DurableExecutionName: "o-1" }),
    );
    expect(answer).toMatchObject({ StatusCode: 202, DurableExecutionArn: ARN });
    expect(executions.told("settled")).toEqual([]);
  });

  test("starts nothing in a dry run", async () => {
    const answer = await lambda.send(new InvokeCommand({ FunctionName: "order", InvocationType: "DryRun" }));
    expect(answer.StatusCode).toBe(204);
    expect(executions.notes).toEqual([["hasFunction", "order", undefined]]);
  });

  test.for([
    ["nobody", "7"],
    ["order", "missing"],
  ])("finds no function or version that is not there in a dry run either: %s:%s", async ([name, version]) => {
    const dry = new InvokeCommand({ FunctionName: name, Qualifier: version, InvocationType: "DryRun" });
    await expect(lambda.send(dry)).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: `Function not found: arn:perdure:lambda:local:000000000000:function:${name}:${version}`,
      $metadata: { httpStatusCode: 404 },
    });
    expect(executions.told("start")).toEqual([]);
  });

  test.for([
    ["order:7", undefined, "7"],
    ["order", "7", "7"],
    ["order:7", "7", "7"],
    ["arn:aws:lambda:us-east-1:123456789012:function:order", "$LATEST", "$LATEST"],
    ["arn:aws:lambda:us-east-1:123456789012:function:order:7", undefined, "7"],
    ["123456789012:function:order", "7", "7"],
    ["123456789012:order:live", undefined, "live"],
  ] as const)("finds the function behind %s and qualifier %s", async ([FunctionName, Qualifier, version]) => {
    await lambda.send(new InvokeCommand({ FunctionName, Qualifier, TenantId: "t 1" }));
    expect(executions.told("start")).toEqual([{ functionName: "order", version, tenantId: "t 1" }]);
  });

  test("finds the same execution for the same name, and refuses another input under it", async () => {
    await started();
    await started();
    expect(executions.executions.size).toBe(1);
    const other = new InvokeCommand({ FunctionName: "order", DurableExecutionName: "o-1", Payload: bytes("2") });
    await expect(lambda.send(other)).rejects.toMatchObject({
      name: "DurableExecutionAlreadyStartedException",
      $metadata: { httpStatusCode: 409 },
    });
  });

  test("takes an event of 6 MiB and none larger", async () => {
    const largest = bytes(`"${"x".repeat(6 * 1024 * 1024 - 2)}"`);
    await lambda.send(new InvokeCommand({ FunctionName: "order", Payload: largest }));
    const tooLarge = lambda.send(
      new InvokeCommand({ FunctionName: "order", Payload: bytes(`${" ".repeat(6291456)}1`) }),
    );
    await expect(tooLarge).rejects.toMatchObject({
      name: "RequestTooLargeException",
      message: "The request body must be at most 6291456 bytes.",
    });
  });
});

describe("GetDurableExecution", () => {
  test("shows an execution with times to the millisecond", async () => {
    await started();
    expect(await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: ARN }))).toMatchObject({
      DurableExecutionArn: ARN,
      DurableExecutionName: "o-1",
      FunctionArn: "arn:perdure:lambda:local:000000000000:function:order:$LATEST",
      InputPayload: '{"n":1}',
      Result: '{"done":true}',
      StartTimestamp: new Date(STARTED_AT),
      EndTimestamp: new Date(STARTED_AT + 1000),
      Status: "SUCCEEDED",
      Version: "$LATEST",
      ExecutionDataIncluded: true,
      DurableConfig: { RetentionPeriodInDays: 14 },
    });
  });

  test("leaves the data out when told to", async () => {
    await started();
    const command = new GetDurableExecutionCommand({ DurableExecutionArn: ARN, IncludeExecutionData: false });
    const answer = await lambda.send(command);
    expect(answer).toMatchObject({ Status: "SUCCEEDED", ExecutionDataIncluded: false });
    expect([answer.InputPayload, answer.Result]).toEqual([undefined, undefined]);
  });

  test.for([
    ["another incarnation", ARN.replace("0123456789abcdef", "fedcba9876543210")],
    ["another name", ARN.replace("o-1", "o-2")],
  ])("does not know %s", async ([, DurableExecutionArn]) => {
    await started();
    const asked = lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
    await expect(asked).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("finds it whatever partition, region and account the ARN says", async () => {
    await started();
    const DurableExecutionArn = ARN.replace("perdure:lambda:local:000000000000", "aws:lambda:us-east-1:123456789012");
    const answer = await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
    expect(answer.DurableExecutionArn).toBe(ARN);
  });
});

describe("GetDurableExecutionHistory", () => {
  const incarnation = "0123456789abcdef";
  const event = (eventId: number): HistoryEvent => ({ eventType: "StepStarted", eventId, at: STARTED_AT, id: "1" });

  test("gives every event once over its pages, forwards and backwards", async () => {
    await started();
    executions.events.push(...Array.from({ length: 7 }, (_, i) => event(i + 1)));
    for (const ReverseOrder of [false, true]) {
      const pages = paginateGetDurableExecutionHistory(
        { client: lambda, pageSize: 3 },
        { DurableExecutionArn: ARN, ReverseOrder },
      );
      const ids: (number | undefined)[] = [];
      for await (const page of pages) ids.push(...(page.Events ?? []).map(({ EventId }) => EventId));
      const inOrder = [1, 2, 3, 4, 5, 6, 7];
      expect(ids).toEqual(ReverseOrder ? inOrder.toReversed() : inOrder);
    }
  });

  test("asks for 100 events with their data unless told otherwise", async () => {
    await started();
    await lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn: ARN }));
    expect(executions.told("history")).toEqual(["order/o-1", { limit: 100, includeData: true, incarnation }]);
    const bare = { DurableExecutionArn: ARN, IncludeExecutionData: false, MaxItems: 1000 };
    await lambda.send(new GetDurableExecutionHistoryCommand(bare));
    expect(executions.told("history")).toEqual(["order/o-1", { limit: 1000, includeData: false, incarnation }]);
  });

  test("knows an execution by its incarnation", async () => {
    await started();
    const DurableExecutionArn = ARN.replace(incarnation, "fedcba9876543210");
    const asked = lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn }));
    await expect(asked).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("refuses a marker of its own making and a page that is too long", async () => {
    await started();
    for (const wrong of [{ Marker: "3" }, { Marker: "e0" }, { MaxItems: 1001 }]) {
      const asked = lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn: ARN, ...wrong }));
      await expect(asked).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    }
  });
});

describe("ListDurableExecutionsByFunction", () => {
  test("lists the newest first, as AWS does, and pages with the directory's marker", async () => {
    for (const name of ["a", "b", "c"]) {
      await lambda.send(
        new InvokeCommand({ FunctionName: "order", DurableExecutionName: name, InvocationType: "Event" }),
      );
    }
    const first = await lambda.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: "order", MaxItems: 2 }));
    expect(first.DurableExecutions).toHaveLength(2);
    expect(first.DurableExecutions?.[0]).toMatchObject({
      DurableExecutionArn: ARN.replace("o-1", "a"),
      DurableExecutionName: "a",
      Status: "RUNNING",
      StartTimestamp: new Date(STARTED_AT),
    });
    expect(executions.told("list")).toEqual([{ functionName: "order", limit: 2, reverse: true }]);
    const rest = new ListDurableExecutionsByFunctionCommand({ FunctionName: "order", Marker: first.NextMarker });
    expect((await lambda.send(rest)).DurableExecutions?.map((each) => each.DurableExecutionName)).toEqual(["c"]);
  });

  test("hands every filter on", async () => {
    await lambda.send(
      new ListDurableExecutionsByFunctionCommand({
        FunctionName: "order",
        Qualifier: "7",
        DurableExecutionName: "o-1",
        Statuses: ["RUNNING", "FAILED"],
        StartedAfter: new Date(STARTED_AT),
        StartedBefore: new Date(STARTED_AT + 1),
        ReverseOrder: true,
        MaxItems: 5,
      }),
    );
    expect(executions.told("list")).toEqual([
      {
        functionName: "order",
        version: "7",
        name: "o-1",
        statuses: ["RUNNING", "FAILED"],
        startedAfter: STARTED_AT,
        startedBefore: STARTED_AT + 1,
        reverse: false,
        limit: 5,
      },
    ]);
  });
});

describe("what an SDK calls that runs elsewhere", () => {
  const wireId = "c4ca4238a0b92382";

  beforeEach(async () => {
    await started();
    const common = { status: "STARTED", startedAt: STARTED_AT } as const;
    executions.operations.push(
      { ...common, type: "STEP", id: "1", attempt: 1, name: "charge", subType: "Step", error: { errorMessage: "no" } },
      { ...common, type: "WAIT", id: "2", waitSeconds: 5, dueAt: STARTED_AT + 5000 },
      {
        ...common,
        type: "CALLBACK",
        id: "00aa11bb22cc33dd",
        callbackId: "Y2I=",
        parentId: "1",
        endedAt: STARTED_AT + 1,
      },
    );
  });

  test("GetDurableExecutionState gives the execution first, then its operations page by page", async () => {
    const ask = { DurableExecutionArn: ARN, CheckpointToken: "t1", MaxItems: 2 };
    const first = await lambda.send(new GetDurableExecutionStateCommand(ask));
    expect(executions.told("state")).toEqual(["order/o-1", { token: "t1", limit: 1 }]);
    expect(first.Operations).toMatchObject([
      { Type: "EXECUTION", ExecutionDetails: { InputPayload: '{"n":1}' }, StartTimestamp: new Date(STARTED_AT) },
      { Id: wireId, Type: "STEP", Name: "charge", StepDetails: { Attempt: 1, Error: { ErrorMessage: "no" } } },
    ]);
    const next = await lambda.send(new GetDurableExecutionStateCommand({ ...ask, Marker: first.NextMarker }));
    expect(next.Operations).toMatchObject([
      { Type: "WAIT", WaitDetails: { ScheduledEndTimestamp: new Date(STARTED_AT + 5000) } },
      { Id: "00aa11bb22cc33dd", ParentId: wireId, Type: "CALLBACK", CallbackDetails: { CallbackId: "Y2I=" } },
    ]);
    expect(next.NextMarker).toBeUndefined();
    expect(executions.told("state")).toEqual(["order/o-1", { token: "t1", marker: "1", limit: 2 }]);
  });

  test.for([1, 2, 3, 4, 1000])(
    "no page of the state has more than the %i operations that were asked for",
    async (most) => {
      const found: (string | undefined)[] = [];
      let Marker: string | undefined;
      do {
        const ask = { DurableExecutionArn: ARN, CheckpointToken: "t1", MaxItems: most, Marker };
        const page = await lambda.send(new GetDurableExecutionStateCommand(ask));
        expect(page.Operations?.length).toBeLessThanOrEqual(most);
        found.push(...(page.Operations ?? []).map(({ Type }) => Type));
        Marker = page.NextMarker;
      } while (Marker !== undefined);
      expect(found).toEqual(["EXECUTION", "STEP", "WAIT", "CALLBACK"]);
    },
  );

  test("CheckpointDurableExecution hands every member on and answers with what changed", async () => {
    const answer = await lambda.send(
      new CheckpointDurableExecutionCommand({
        DurableExecutionArn: ARN,
        CheckpointToken: "t1",
        Updates: [
          { Id: "a", Type: "CONTEXT", Action: "SUCCEED", Payload: "1", ContextOptions: { ReplayChildren: true } },
          {
            Id: "b",
            ParentId: "a",
            Name: "n",
            SubType: "Step",
            Type: "STEP",
            Action: "RETRY",
            Error: { ErrorType: "E", ErrorMessage: "m", ErrorData: "d", StackTrace: ["at x"] },
            StepOptions: { NextAttemptDelaySeconds: 3 },
          },
          { Id: "c", Type: "WAIT", Action: "START", WaitOptions: { WaitSeconds: 4 } },
          {
            Id: "d",
            Type: "CALLBACK",
            Action: "START",
            CallbackOptions: { TimeoutSeconds: 5, HeartbeatTimeoutSeconds: 6 },
          },
          {
            Id: "e",
            Type: "CHAINED_INVOKE",
            Action: "START",
            Payload: "{}",
            ChainedInvokeOptions: { FunctionName: "f", TenantId: "t" },
          },
        ],
      }),
    );
    expect(executions.told("checkpoint")).toMatchObject([
      "order/o-1",
      {
        token: "t1",
        updates: [
          { id: "a", type: "CONTEXT", action: "SUCCEED", payload: "1", replayChildren: true },
          {
            id: "b",
            parentId: "a",
            name: "n",
            subType: "Step",
            type: "STEP",
            action: "RETRY",
            error: { errorType: "E", errorMessage: "m", errorData: "d", stackTrace: ["at x"] },
            nextAttemptDelaySeconds: 3,
          },
          { id: "c", type: "WAIT", action: "START", waitSeconds: 4 },
          { id: "d", type: "CALLBACK", action: "START", timeoutSeconds: 5, heartbeatTimeoutSeconds: 6 },
          { id: "e", type: "CHAINED_INVOKE", action: "START", payload: "{}", functionName: "f", tenantId: "t" },
        ],
      },
    ]);
    expect(answer.CheckpointToken).toBe("t1-next");
    expect(answer.NewExecutionState?.Operations?.map(({ Id }) => Id)).toEqual([
      wireId,
      "c81e728d9d4c2f63",
      "00aa11bb22cc33dd",
    ]);
  });

  test("an empty checkpoint only asks for changes", async () => {
    await lambda.send(
      new CheckpointDurableExecutionCommand({ DurableExecutionArn: ARN, CheckpointToken: "t1", Updates: [] }),
    );
    expect(executions.told("checkpoint")).toMatchObject(["order/o-1", { token: "t1", updates: [] }]);
  });
});

describe("StopDurableExecution", () => {
  test.for([
    ["with an error", { ErrorType: "Why", ErrorMessage: "because" }, { errorType: "Why", errorMessage: "because" }],
    ["without one", undefined, undefined],
  ] as const)("stops %s and says when", async ([, Error, error]) => {
    await started();
    const answer = await lambda.send(new StopDurableExecutionCommand({ DurableExecutionArn: ARN, Error }));
    expect(answer.StopTimestamp).toEqual(new Date(STARTED_AT + 5000));
    expect(executions.told("stop")).toEqual(["order/o-1", error]);
  });
});

describe("the callback calls", () => {
  const CallbackId = btoa("order/o-1\n0123456789abcdef+/?>");

  test("carry a result byte for byte", async () => {
    const result = '{"approved": true, "by": "Zoë"}';
    await lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: bytes(result) }));
    expect(executions.told("completeCallback")).toEqual([CallbackId, { type: "SUCCEEDED", result }]);
    await lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }));
    expect(executions.told("completeCallback")).toEqual([CallbackId, { type: "SUCCEEDED" }]);
  });

  test("carry an error, or none", async () => {
    const failure = { CallbackId, Error: { ErrorMessage: "declined" } };
    await lambda.send(new SendDurableExecutionCallbackFailureCommand(failure));
    expect(executions.told("completeCallback")).toEqual([
      CallbackId,
      { type: "FAILED", error: { errorMessage: "declined" } },
    ]);
    await lambda.send(new SendDurableExecutionCallbackFailureCommand({ CallbackId }));
    expect(executions.told("completeCallback")).toEqual([CallbackId, { type: "FAILED", error: {} }]);
  });

  test("carry a heartbeat", async () => {
    await lambda.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
    expect(executions.told("completeCallback")).toEqual([CallbackId, { type: "HEARTBEAT" }]);
  });

  test("refuse what is not text, naming neither the id nor the value", async () => {
    const sent = lambda.send(
      new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: Uint8Array.of(0xff, 0xfe) }),
    );
    await expect(sent).rejects.toMatchObject({
      name: "InvalidRequestContentException",
      message: "The request body is not UTF-8 text.",
    });
  });
});

describe("errors", () => {
  const status = {
    InvalidParameterValueException: 400,
    ResourceNotFoundException: 404,
    DurableExecutionAlreadyStartedException: 409,
    CallbackTimeoutException: 400,
    TooManyRequestsException: 429,
    ServiceException: 500,
  };

  const { HOST_CLOSED, ...known } = ClientErrorCode;

  test("a host that was closed is a service that is not there", async () => {
    executions.failure = new ClientError(HOST_CLOSED, "closed");
    const sent = lambda.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId: "Y2I=" }));
    await expect(sent).rejects.toMatchObject({ name: "ServiceException", $metadata: { httpStatusCode: 503 } });
  });

  test.for(Object.values(known))("%s reaches AWS's client as its own class", async (code) => {
    executions.failure = new ClientError(code, `what ${code} says`);
    const sent = lambda.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId: "Y2I=" }));
    await expect(sent).rejects.toMatchObject({
      name: code,
      message: `what ${code} says`,
      $metadata: { httpStatusCode: status[code] },
    });
    await expect(sent).rejects.toHaveProperty("$metadata.requestId", expect.stringMatching(/^[0-9a-f-]{36}$/));
  });

  test("an inner failure tells nothing of itself", async () => {
    executions.failure = new Error("the password is 1234");
    const sent = lambda.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId: "Y2I=" }));
    await expect(sent).rejects.toMatchObject({
      name: "ServiceException",
      message: "The request failed inside the service.",
    });
  });

  test("an unknown function is not found", async () => {
    await expect(lambda.send(new InvokeCommand({ FunctionName: "nobody" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Function not found: nobody",
    });
  });
});
