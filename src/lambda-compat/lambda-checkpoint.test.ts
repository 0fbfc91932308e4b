import fc from "fast-check";
import { expect, test } from "vitest";
import { platformTasks } from "../adapters/hosts/platform-tasks.ts";
import type { Operation } from "../engine/model/operation.ts";
import { invokeNatively, type NativeRequest } from "./native-invocation.ts";
import { LambdaCheckpoint } from "./lambda-checkpoint.ts";
import { wireId } from "./wire-id.ts";
import { createProgram } from "./program.ts";
import type {
  DurableContext,
  DurableExecutionClient,
  DurableExecutionInvocationInput,
  LambdaContext,
} from "./types.ts";
import type { WireOperation } from "./wire-types.ts";

const transport: DurableExecutionClient = {
  getExecutionState: async () => ({ Operations: [] }),
  checkpoint: async () => ({ CheckpointToken: "next", NewExecutionState: {} }),
};

const execution: WireOperation = {
  Id: "execution",
  Type: "EXECUTION",
  Status: "STARTED",
  StartTimestamp: new Date(0),
  ExecutionDetails: { InputPayload: "{}" },
};

interface Recorded {
  readonly position: string;
  readonly type: "STEP" | "CONTEXT" | "WAIT";
  readonly end?: number;
  readonly start?: number;
}

function recorded({ position, type, start = 0, end }: Recorded): WireOperation {
  const parent = position.split("-").slice(0, -1).join("-");
  return {
    Id: wireId(position),
    ...(parent === "" ? {} : { ParentId: wireId(parent) }),
    Name: position,
    Type: type,
    SubType: { STEP: "Step", CONTEXT: "RunInChildContext", WAIT: "Wait" }[type],
    Status: "SUCCEEDED",
    StartTimestamp: new Date(start),
    EndTimestamp: end === undefined ? undefined : new Date(end),
  };
}

const event = (operations: readonly Recorded[]) => ({
  DurableExecutionArn: "arn",
  CheckpointToken: "token",
  InitialExecutionState: { Operations: [execution, ...operations.map(recorded)] },
});

const request = (asked: DurableExecutionInvocationInput): NativeRequest => ({
  event: asked,
  lambdaContext: {} as LambdaContext,
  tasks: platformTasks(),
});

/** The names of the operations in the order of their inferred delivery. */
async function orderOf(operations: readonly Recorded[]): Promise<(string | undefined)[]> {
  const loading = event(operations);
  const checkpoint = new LambdaCheckpoint({ transport, event: loading, now: () => 0 });
  await checkpoint.load(loading.InitialExecutionState);
  const delivered = checkpoint.journal.toSorted((a, b) => numberOf(a) - numberOf(b));
  return delivered.map(({ name }) => name);
}

function numberOf({ delivery }: Operation): number {
  return delivery ?? Number.NaN;
}

test("results are delivered in the order in which their operations ended", async () => {
  const steps = [
    { position: "1", type: "STEP", end: 3 },
    { position: "2", type: "STEP", end: 1 },
    { position: "3", type: "STEP", end: 2 },
  ] as const;
  expect(await orderOf(steps)).toEqual(["2", "3", "1"]);
});

test("a context that ended in the same millisecond as what came after it goes first", async () => {
  const sequence = [
    { position: "1", type: "CONTEXT", end: 5 },
    { position: "1-1", type: "STEP", end: 5 },
    { position: "2", type: "STEP", end: 5 },
    { position: "3", type: "CONTEXT", end: 5 },
    { position: "3-1", type: "CONTEXT", end: 5 },
    { position: "3-1-1", type: "WAIT", end: 5 },
    { position: "3-2", type: "STEP", end: 5 },
  ] as const;
  expect(await orderOf(sequence)).toEqual(["1-1", "1", "2", "3-1-1", "3-1", "3-2", "3"]);
});

/** True for a context that was open before the millisecond of its end, in which nothing in it ended, nor later. */
function isAhead({ position, end = 0, type }: Recorded, operations: readonly Recorded[]): boolean {
  const shares = operations.some((other) => other.position.startsWith(`${position}-`) && (other.end ?? 0) >= end);
  return type === "CONTEXT" && end > 0 && !shares;
}

test("the order of results that tie does not depend on the order in which they are read", async () => {
  const positions = ["1", "1-1", "1-2", "1-2-1", "2", "3", "3-1"];
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 0, max: 2 })), async (ends) => {
      const operations = positions.map((position): Recorded => {
        const type = positions.some((other) => other.startsWith(`${position}-`)) ? "CONTEXT" : "STEP";
        return { position, type, end: ends.next().value };
      });
      const order = await orderOf(operations);
      for (const [index, { position, end = 0, type }] of operations.entries()) {
        const later = operations.slice(index + 1).filter((other) => other.end === end);
        for (const other of later) {
          const isInside = other.position.startsWith(`${position}-`);
          const isBefore = order.indexOf(position) < order.indexOf(other.position);
          const isOvertaken = isAhead(other, operations) && !isAhead({ position, end, type }, operations);
          expect(isBefore).toBe(!isInside && !isOvertaken);
        }
      }
    }),
  );
});

test("a context that was open before goes ahead of what left for the service with its end", async () => {
  const beside = [
    { position: "1", type: "STEP", end: 9 },
    { position: "2", type: "CONTEXT", end: 9 },
    { position: "2-1", type: "STEP", end: 5 },
    { position: "3", type: "CONTEXT", start: 9, end: 9 },
  ] as const;
  expect(await orderOf(beside)).toEqual(["2-1", "2", "1", "3"]);
});

/** A child context beside something else, natively: what was sent, call by call, and in which order results came. */
async function besideChild(
  other: (context: DurableContext) => PromiseLike<unknown>,
): Promise<{ calls: string[]; order: string[] }> {
  const calls: string[] = [];
  const order: string[] = [];
  const service: DurableExecutionClient = {
    ...transport,
    checkpoint: async ({ Updates = [] }) => {
      calls.push(Updates.map(({ Name, Action }) => `${Name} ${Action}`).join());
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { CheckpointToken: "next", NewExecutionState: {} };
    },
  };
  const program = createProgram(
    async (_event: unknown, context: DurableContext) => {
      const child = context.runInChildContext("child", async (inner) => inner.step("inside", async () => 1));
      void Promise.resolve(other(context)).then(() => order.push("other"));
      await child;
      order.push("child");
      await context.step("after", async () => 2);
      return order;
    },
    { durableExecutionClient: service },
  );
  const { Status } = await invokeNatively(program, request(event([])));
  expect(Status).toBe("SUCCEEDED");
  return { calls, order };
}

test("the end of a context leaves with what follows from it while nothing else can be recorded before", async () => {
  const { calls } = await besideChild(async () => undefined);
  expect(calls).toEqual(["child START,inside START,inside SUCCEED", "child SUCCEED,after START,after SUCCEED"]);
});

test("a context is recorded before its value is handed over while a timer may fire in between", async () => {
  const { calls } = await besideChild((context) => context.wait("timer", { seconds: 100 }));
  expect(calls.map((call) => call.split(",").filter((update) => !update.startsWith("timer")))).toEqual([
    ["child START", "inside START", "inside SUCCEED"],
    ["child SUCCEED"],
    ["after START", "after SUCCEED"],
  ]);
});

test("an order that was inferred wrongly delays a replay, and does not stop it", async () => {
  const order: string[] = [];
  const program = createProgram(
    async (_event: unknown, context: DurableContext) => {
      await context.step("1", async () => "never run").then(() => order.push("1"));
      await context.step("2", async () => "never run").then(() => order.push("2"));
      return order;
    },
    { durableExecutionClient: transport },
  );
  const wrong = event([
    { position: "1", type: "STEP", end: 2 },
    { position: "2", type: "STEP", end: 1 },
  ]);
  const output = await invokeNatively(program, request(wrong));
  expect(output).toEqual({ Status: "SUCCEEDED", Result: '["1","2"]' });
});

test("nothing beside a context that runs again for its value overtakes it, however long its own code takes", async () => {
  const program = createProgram(
    async (_event: unknown, context: DurableContext) => {
      const child = context.runInChildContext("1", async () => {
        await new Promise((next) => setTimeout(next, 200));
        return "context";
      });
      return Promise.race([child, context.step("2", async () => "never run")]);
    },
    { durableExecutionClient: transport },
  );
  const { InitialExecutionState, ...asked } = event([
    { position: "1", type: "CONTEXT", end: 3 },
    { position: "2", type: "STEP", end: 5 },
  ]);
  const Operations = InitialExecutionState.Operations.map((operation) =>
    operation.Type === "CONTEXT" ? { ...operation, ContextDetails: { ReplayChildren: true } } : operation,
  );
  const output = await invokeNatively(program, request({ ...asked, InitialExecutionState: { Operations } }));
  expect(output).toEqual({ Status: "SUCCEEDED", Result: '"context"' });
});

test("a context that ended before what is in it, by the clocks of the service, runs again for its value", async () => {
  const program = createProgram(
    async (_event: unknown, context: DurableContext) =>
      context.runInChildContext("1", (outer) =>
        outer.runInChildContext("1-1", async (inner) => {
          await inner.step("1-1-1", async () => "never run");
          return inner.step("1-1-2", async () => "never run");
        }),
      ),
    { durableExecutionClient: transport },
  );
  const { InitialExecutionState, ...asked } = event([
    { position: "1", type: "CONTEXT", end: 3 },
    { position: "1-1", type: "CONTEXT", end: 2 },
    { position: "1-1-1", type: "STEP", end: 5 },
    { position: "1-1-2", type: "STEP", end: 4 },
  ]);
  const Operations = InitialExecutionState.Operations.map((operation) => {
    if (operation.Type === "CONTEXT") return { ...operation, ContextDetails: { ReplayChildren: true } };
    return { ...operation, ...(operation.Type === "STEP" && { StepDetails: { Result: `"${operation.Name}"` } }) };
  });
  const output = await invokeNatively(program, request({ ...asked, InitialExecutionState: { Operations } }));
  expect(output).toEqual({ Status: "SUCCEEDED", Result: '"1-1-2"' });
});

/** The answer of a handler that uses one callback, given the service's state of the callback. */
function afterCallback(operations: readonly WireOperation[], client: Partial<DurableExecutionClient> = {}) {
  const program = createProgram(
    async (_event: unknown, context: DurableContext) => {
      const [promise] = await context.createCallback("answer");
      return promise;
    },
    { durableExecutionClient: { ...transport, ...client } },
  );
  const asked = { ...event([]), InitialExecutionState: { Operations: [execution, ...operations], NextMarker: "next" } };
  return invokeNatively(program, request(asked));
}

const answered: WireOperation = {
  Id: wireId("1"),
  Name: "answer",
  Type: "CALLBACK",
  SubType: "Callback",
  Status: "SUCCEEDED",
  StartTimestamp: new Date(9000),
  EndTimestamp: new Date(1000),
  CallbackDetails: { CallbackId: "id", Result: "yes" },
};

test("a callback that ended before its start, by the clocks of the service, is handed over", async () => {
  expect(await afterCallback([answered])).toEqual({ Status: "SUCCEEDED", Result: '"yes"' });
});

test("an answer without another token ends the invocation as pending, and the service is asked for nothing more", async () => {
  let checkpoints = 0;
  const checkpoint: DurableExecutionClient["checkpoint"] = async () => {
    checkpoints++;
    return { CheckpointToken: undefined, NewExecutionState: { Operations: [answered] } };
  };
  expect(await afterCallback([], { checkpoint })).toEqual({ Status: "PENDING" });
  expect(checkpoints).toBe(1);
});

test("what the service refuses fails the execution, but for a token that is no longer valid: then the invocation breaks", async () => {
  const refusing = (message: string): Partial<DurableExecutionClient> => ({
    checkpoint: async () => {
      const name = "InvalidParameterValueException";
      throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
    },
  });
  await expect(afterCallback([], refusing("Invalid Checkpoint Token"))).rejects.toThrow("Invalid Checkpoint Token");
  expect(await afterCallback([], refusing("Invalid parent operation id."))).toMatchObject({ Status: "FAILED" });
});

test("an answer that holds an operation as it was before its update does not take the update back", async () => {
  const before = { ...recorded({ position: "1", type: "STEP" }), Status: "STARTED" as const };
  const behind: DurableExecutionClient = {
    ...transport,
    checkpoint: async () => ({ CheckpointToken: "next", NewExecutionState: { Operations: [before] } }),
  };
  const checkpoint = new LambdaCheckpoint({ transport: behind, event: event([]), now: () => 1 });
  const update = { id: wireId("1"), type: "STEP", subType: "Step" } as const;
  expect(await checkpoint.checkpoint([{ ...update, action: "SUCCEED", payload: "1" }])).toMatchObject([
    { status: "SUCCEEDED", result: "1" },
  ]);
});

test("a state whose marker comes back ends the invocation", async () => {
  let pages = 0;
  const getExecutionState = async () => ({ Operations: [], NextMarker: ++pages % 2 === 0 ? "next" : "other" });
  await expect(afterCallback([answered], { getExecutionState })).rejects.toThrow("its marker next came back");
  expect(pages).toBe(2);
});

test.each([
  ["itself", [["1", "1"]]],
  [
    "a context in it",
    [
      ["1", "2"],
      ["2", "1"],
    ],
  ],
  [
    "a context in it, further away",
    [
      ["1", "3"],
      ["2", "1"],
      ["3", "2"],
    ],
  ],
] as const)("a context that lies in %s fails the execution", async (_what, parents) => {
  const contexts = parents.map(([position, parent]) => ({
    ...recorded({ position, type: "CONTEXT", end: 1 }),
    ParentId: wireId(parent),
  }));
  for (const operations of [contexts, contexts.toReversed()]) {
    const output = await afterCallback(operations);
    expect(output).toMatchObject({
      Status: "FAILED",
      Error: { ErrorMessage: expect.stringContaining("lies in itself") as string },
    });
  }
});
