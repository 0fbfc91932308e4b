import { type DurableContext, withDurableExecution } from "perdure";
import type { Operation } from "perdure/engine";
import { createMemoryHost } from "perdure/memory";
import { expect, test } from "vitest";
import { type ExecutionView, viewOf } from "./execution-view.ts";
import { titleOf } from "./titles.ts";

const pay = withDurableExecution(async () => "paid");
const order = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  await context.step(async () => 1);
  await context.map([1, 2], async (item) => item.step("pack", async () => 1));
  await context.parallel([async () => "left", { name: "right", func: async () => "right" }]);
  await context.waitForCondition(async () => 1, { initialState: 1, waitStrategy: () => ({ shouldContinue: false }) });
  await context.runInChildContext(async (child) => child.wait({ seconds: 1 }));
  await context.invoke("pay", {});
  return context.waitForCallback("approve shipping", async () => {}, { timeout: { seconds: 1 } }).catch(() => "late");
});

async function logged(): Promise<ExecutionView> {
  const host = createMemoryHost({ functions: { order, pay } });
  const { execution } = await host.client.start({ functionName: "order", name: "one" });
  const bodies: string[] = [];
  for await (const { body } of host.client.watch(execution.id, 0)) bodies.push(body);
  host.close();
  return viewOf(bodies);
}

test("what has no name is titled by what it is where it stands", async () => {
  const view = await logged();
  expect(view.tracks.map(({ depth, title }) => `${"  ".repeat(depth)}${title}`)).toEqual([
    ...["step", "map", "  map-item-0", "    pack", "  map-item-1", "    pack"],
    ...["parallel", "  parallel-branch-0", "  right", "condition", "child", "  wait", "pay"],
    ...["approve shipping", "  callback", "  submitter"],
  ]);
  const submitter = view.tracks.find(({ title }) => title === "submitter")?.versions[0]?.operation;
  expect(view.nameOf(submitter as Operation)).toBe("submitter of approve shipping");
  expect(view.titleOf(submitter as Operation)).toBe("submitter");
});

test("items and branches without a name have their place, unless an SDK has hashed their ids", () => {
  const operation = (id: string, subType: string): Operation => ({ id, type: "CONTEXT", subType }) as Operation;
  const [map, parallel] = [operation("2", "Map"), operation("3-1", "Parallel")];
  expect(titleOf(operation("2-11", "MapIteration"), map)).toBe("item 11");
  expect(titleOf(operation("3-1-2", "ParallelBranch"), parallel)).toBe("branch 2");
  expect(titleOf(operation("c81e728d9d4c2f63", "MapIteration"), map)).toBe("item");
});

test("a function is called by its name, however the code has referred to it", () => {
  const invoke = (functionName: string): Operation =>
    ({ id: "1", type: "CHAINED_INVOKE", subType: "ChainedInvoke", functionName }) as Operation;
  for (const reference of ["pay", "arn:aws:lambda:eu-west-1:123456789012:function:pay:7"])
    expect(titleOf(invoke(reference), undefined)).toBe("pay");
});
