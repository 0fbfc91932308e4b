/** Programs at random: trees of operations, described as data, so that a failing one can be read and kept. */

import type { DurableContext } from "@aws/durable-execution-sdk-js";
import fc from "fast-check";
import type { Program } from "./case.ts";
import { outcome } from "./corpus/describe.ts";

export type Node =
  | { readonly kind: "step"; readonly value: unknown; readonly failures: number; readonly tries: number }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "condition"; readonly checks: number; readonly fails: boolean }
  | { readonly kind: "child"; readonly isVirtual: boolean; readonly fails: boolean; readonly body: readonly Node[] }
  | {
      readonly kind: "map";
      readonly isFlat: boolean;
      readonly atOnce: number;
      readonly tolerated: number;
      readonly items: readonly Node[];
    }
  | { readonly kind: "parallel"; readonly tolerated: number; readonly branches: readonly Node[] }
  | { readonly kind: "all"; readonly parts: readonly Node[] }
  | { readonly kind: "settled"; readonly parts: readonly Node[] };

const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom("", "text", null, undefined, true, false),
  fc.record({ a: fc.integer({ min: 0, max: 3 }) }),
);

/** `body` may be empty, since code without operations is code too. */
export const tree: fc.Arbitrary<readonly Node[]> = fc.letrec<{ node: Node; body: readonly Node[] }>((tie) => ({
  body: fc.array(tie("node"), { maxLength: 3, depthIdentifier: "body" }),
  node: fc.oneof(
    { depthSize: "small", depthIdentifier: "node", maxDepth: 3 },
    fc.record({
      kind: fc.constant("step" as const),
      value,
      failures: fc.integer({ min: 0, max: 3 }),
      tries: fc.integer({ min: 1, max: 3 }),
    }),
    fc.record({ kind: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 100 }) }),
    fc.record({ kind: fc.constant("condition" as const), checks: fc.integer({ min: 1, max: 3 }), fails: fc.boolean() }),
    fc.record({
      kind: fc.constant("child" as const),
      isVirtual: fc.boolean(),
      fails: fc.boolean(),
      body: tie("body"),
    }),
    fc.record({
      kind: fc.constant("map" as const),
      isFlat: fc.boolean(),
      // Several at once that fail in the same moment are counted differently, which is a difference by design.
      atOnce: fc.constant(1),
      tolerated: fc.integer({ min: 0, max: 2 }),
      items: tie("body"),
    }),
    fc.record({ kind: fc.constant("parallel" as const), tolerated: fc.constant(9), branches: tie("body") }),
    fc.record({ kind: fc.constant("all" as const), parts: tie("body") }),
    fc.record({ kind: fc.constant("settled" as const), parts: tie("body") }),
  ),
})).body;

/** A program that runs the nodes one after the other and gives out what became of each. */
export function programOf(nodes: readonly Node[]): Program {
  return () => async (_event, context) => runAll(context, nodes);
}

async function runAll(context: DurableContext, nodes: readonly Node[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const [index, node] of nodes.entries()) results.push(await outcome(run(context, node, `n${index}`)));
  return results;
}

function run(context: DurableContext, node: Node, name: string): PromiseLike<unknown> {
  switch (node.kind) {
    case "step":
      return runStep(context, node, name);
    case "wait":
      return context.wait(name, { seconds: node.seconds });
    case "condition":
      return runCondition(context, node, name);
    case "child":
      return context.runInChildContext(name, (child) => runBody(child, node), { virtualContext: node.isVirtual });
    case "map":
      return runMap(context, node, name);
    case "parallel":
      return runParallel(context, node, name);
    case "all":
      return context.promise.all(name, partsOf(context, node.parts.map(withoutFailure), name));
    case "settled":
      return context.promise.allSettled(name, partsOf(context, node.parts, name));
  }
}

function runStep(context: DurableContext, node: Node & { kind: "step" }, name: string): PromiseLike<unknown> {
  return context.step(
    name,
    async ({ attempt }) => {
      if (attempt <= node.failures) throw new RangeError(`${name} attempt ${attempt}`);
      return node.value;
    },
    { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < node.tries, delay: { seconds: attempt } }) },
  );
}

function runCondition(context: DurableContext, node: Node & { kind: "condition" }, name: string): PromiseLike<unknown> {
  return context.waitForCondition(
    name,
    async (state: number) => {
      // Later checks cannot fail on AWS's runner: once time was skipped, the failure reaches it too early.
      if (node.fails && state === 0) throw new RangeError(`${name} check ${state}`);
      return state + 1;
    },
    {
      initialState: 0,
      waitStrategy: (state) =>
        state < node.checks ? { shouldContinue: true, delay: { seconds: state } } : { shouldContinue: false },
    },
  );
}

async function runBody(child: DurableContext, { body, fails }: Node & { kind: "child" }): Promise<unknown> {
  const results = await runAll(child, body);
  if (fails) throw new TypeError("after its body");
  return results;
}

function runMap(context: DurableContext, node: Node & { kind: "map" }, name: string): PromiseLike<unknown> {
  return context.map(name, [...node.items], (inner, item, index) => settled(run(inner, item, `item ${index}`)), {
    maxConcurrency: node.atOnce,
    completionConfig: { toleratedFailureCount: node.tolerated },
    ...(node.isFlat && { nesting: "FLAT" as never }),
  });
}

function runParallel(context: DurableContext, node: Node & { kind: "parallel" }, name: string): PromiseLike<unknown> {
  const branches = node.branches.map((branch, index) => ({
    name: `branch ${index}`,
    func: (inner: DurableContext) => settled(run(inner, branch, "it")),
  }));
  return context.parallel(name, branches, { completionConfig: { toleratedFailureCount: node.tolerated } });
}

/** What a failure leaves behind in the others depends on time, which AWS's runner skips. */
function withoutFailure(part: Node): Node {
  if (part.kind === "step") return { ...part, failures: 0 };
  return part.kind === "child" ? { ...part, fails: false } : part;
}

/** Combinators take operations, and running others inside them is misuse: so these are steps and waits. */
function partsOf(context: DurableContext, parts: readonly Node[], name: string): never[] {
  return parts
    .filter(({ kind }) => kind === "step" || kind === "wait" || kind === "child")
    .map((part, index) => run(context, part, `${name} part ${index}`)) as never[];
}

async function settled(result: PromiseLike<unknown>): Promise<unknown> {
  return result;
}
