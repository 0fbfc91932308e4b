/** What plugins are told of an invocation that goes on: the same as by AWS's SDK. */

import * as aws from "@aws/durable-execution-sdk-js";
import { describe, expect, test } from "vitest";
import { createMemoryHost } from "../../src/homes/memory/index.ts";
import * as perdure from "../../src/lambda-compat/index.ts";
import { wireId } from "../../src/lambda-compat/wire-id.ts";
import type { Program, Sdk } from "./case.ts";
import { type InvocationCase, type Recorded, runInvocation } from "./single-invocation.ts";

/** Writes down each hook with what it is told. */
function noting(lines: string[]): aws.DurableInstrumentationPlugin {
  const note = (hook: string, { name, isReplay }: aws.OperationInfo): void => {
    lines.push(`${hook} ${name} replay ${isReplay}`);
  };
  return {
    onInvocationStart: async ({ isFirstInvocation, updatedOperations }) => {
      lines.push(`invocation start, first ${isFirstInvocation}, updated ${Object.keys(updatedOperations).join()}`);
    },
    wrapInvocation: async (_info, run) => {
      lines.push("wrapped from here");
      const output = await run();
      lines.push("to here");
      return output;
    },
    onInvocationEnd: async ({ status }) => void lines.push(`invocation end ${status}`),
    onOperationStart: async (info) => note("start", info),
    onOperationEnd: async (info) => note("end", info),
    onOperationAttemptStart: async ({ name, attempt }) => void lines.push(`attempt start ${name} ${attempt}`),
    onOperationAttemptEnd: async ({ name, attempt, outcome }) =>
      void lines.push(`attempt end ${name} ${attempt} ${outcome}`),
    wrapChildContextFn: async (info, run) => {
      note("child", info);
      return run();
    },
  };
}

/** The hooks around the invocation in their order, those of operations in any. */
async function seenBy(sdk: Sdk, definition: Omit<InvocationCase, "config">): Promise<unknown> {
  const lines: string[] = [];
  const { output } = await runInvocation({ ...definition, config: () => ({ plugins: [noting(lines)] }) }, sdk);
  const isAround = (line: string): boolean => /^invocation|^wrapped|^to here/.test(line);
  return { output, around: lines.filter(isAround), inside: lines.filter((line) => !isAround(line)).toSorted() };
}

const wait: Recorded = { at: "1", Type: "WAIT", Name: "pause", SubType: "Wait", WaitDetails: {} };
const invoke: Recorded = { at: "1", Type: "CHAINED_INVOKE", Name: "call", SubType: "ChainedInvoke" };
const callback: Recorded = { at: "1", Type: "CALLBACK", Name: "answer", SubType: "Callback" };
const step: Recorded = { at: "1", Type: "STEP", Name: "work", SubType: "Step" };
const context: Recorded = { at: "1", Type: "CONTEXT", Name: "child", SubType: "RunInChildContext" };
const callbackDetails = { CallbackId: "c" };
const updated = { UpdatedOperationIds: [wireId("1")] };

const messageOf = (error: unknown): string => (error as Error).message;
const waits: Program = () => async (_event, ctx) => ctx.wait("pause", { seconds: 1 });
const invokes: Program = () => async (_event, ctx) => ctx.invoke("call", "f:1", 1).catch(messageOf);
const answers: Program = () => async (_event, ctx) => {
  const [answer] = await ctx.createCallback("answer");
  return answer.catch(messageOf);
};
const works: Program = () => async (_event, ctx) =>
  ctx.step("work", async () => 1, { retryStrategy: () => ({ shouldRetry: false }) }).catch(messageOf);
const nests: Program = () => async (_event, ctx) =>
  ctx.runInChildContext("child", async (child) => child.step("inner", async () => 1));
const isVirtual: Program = () => async (_event, ctx) =>
  ctx.runInChildContext("child", async (child) => child.step("inner", async () => 1), { virtualContext: true });
const polls: Program = () => async (_event, ctx) =>
  ctx.waitForCondition("work", async (state: number) => state + 1, {
    initialState: 0,
    waitStrategy: () => ({ shouldContinue: false }),
  });

const cases: Readonly<Record<string, Omit<InvocationCase, "config">>> = {
  "a wait that ended between invocations": { program: waits, operations: [wait], event: updated },
  "a wait that had ended before": { program: waits, operations: [wait] },
  "a wait that goes on": { program: waits, operations: [{ ...wait, Status: "STARTED" }] },
  "an invoke that was answered between invocations": {
    program: invokes,
    operations: [{ ...invoke, ChainedInvokeDetails: { Result: "1" } }],
    event: updated,
  },
  "an invoke that failed before": {
    program: invokes,
    operations: [{ ...invoke, Status: "FAILED", ChainedInvokeDetails: { Error: { ErrorMessage: "bad" } } }],
  },
  "an invoke that goes on": { program: invokes, operations: [{ ...invoke, Status: "STARTED" }] },
  "a callback that was answered between invocations": {
    program: answers,
    operations: [{ ...callback, CallbackDetails: { ...callbackDetails, Result: "yes" } }],
    event: updated,
  },
  "a callback that timed out before": {
    program: answers,
    operations: [{ ...callback, Status: "TIMED_OUT", CallbackDetails: callbackDetails }],
  },
  "a callback that is open": {
    program: answers,
    operations: [{ ...callback, Status: "STARTED", CallbackDetails: callbackDetails }],
  },
  "a step that is done": { program: works, operations: [{ ...step, StepDetails: { Attempt: 1, Result: "1" } }] },
  "a step that was interrupted": { program: works, operations: [{ ...step, Status: "STARTED", StepDetails: {} }] },
  "a step that is to be tried again": {
    program: works,
    operations: [{ ...step, Status: "READY", StepDetails: { Attempt: 1 } }],
  },
  "a step that is new": { program: works },
  "a condition that is to be looked at again": {
    program: polls,
    operations: [{ ...step, SubType: "WaitForCondition", Status: "READY", StepDetails: { Attempt: 1, Result: "3" } }],
  },
  "a context that is done": { program: nests, operations: [{ ...context, ContextDetails: { Result: "1" } }] },
  "a context that goes on": { program: nests, operations: [{ ...context, Status: "STARTED" }] },
  "a context that is run again for its value": {
    program: nests,
    operations: [
      { ...context, ContextDetails: { Result: "", ReplayChildren: true } },
      { ...step, at: "1-1", Name: "inner", StepDetails: { Attempt: 1, Result: "1" } },
    ],
  },
  "a context without a record": { program: isVirtual },
};

describe.each(Object.entries(cases))("%s", (_name, definition) => {
  test("is told to plugins as AWS's SDK tells it", async () => {
    const theirs = await seenBy(aws, definition);
    expect(await seenBy(perdure as unknown as Sdk, definition)).toEqual(theirs);
  });
});

test.each([
  { parks: true, invocations: 1 },
  { parks: false, invocations: 3 },
])("with parks: $parks the history has $invocations InvocationCompleted", async ({ parks, invocations }) => {
  const handler = perdure.withDurableExecution(async (_event, ctx) => {
    await ctx.wait("first", { seconds: 1 });
    await ctx.wait("second", { seconds: 1 });
  });
  const host = createMemoryHost({ functions: { f: handler }, parks });
  const { execution } = await host.client.start({ functionName: "f" });
  await host.client.settled(execution.id, Date.now() + 60_000);
  const { events } = await host.client.history(execution.id, { limit: 100, includeData: false });
  host.close();
  expect(events.filter(({ eventType }) => eventType === "InvocationCompleted")).toHaveLength(invocations);
});

describe.each([true, false])("our machine tells what has changed between invocations, AWS's SDK %s", (isForeign) => {
  test("a wait that ended, and not one that had ended before", async () => {
    const starts: string[][] = [];
    const ends: string[] = [];
    const plugin: aws.DurableInstrumentationPlugin = {
      onInvocationStart: async ({ updatedOperations }) =>
        void starts.push(Object.values(updatedOperations).map(({ name = "" }) => name)),
      onOperationEnd: async ({ type, name, isReplay }) => void (type === "WAIT" && ends.push(`${name} ${isReplay}`)),
    };
    const sdk = isForeign ? aws : (perdure as unknown as Sdk);
    const handler = sdk.withDurableExecution(
      async (_event, ctx) => {
        await ctx.wait("first", { seconds: 1 });
        await ctx.wait("second", { seconds: 1 });
      },
      { plugins: [plugin] },
    );
    const host = createMemoryHost({ functions: { f: isForeign ? { awsDurable: handler } : handler }, parks: false });
    const { execution } = await host.client.start({ functionName: "f" });
    expect(await host.client.settled(execution.id, Date.now() + 60_000)).toMatchObject({ status: "SUCCEEDED" });
    host.close();
    expect(starts).toEqual([[], ["first"], ["second"]]);
    expect(ends).toEqual(["first false", "first true", "second false"]);
  });
});
