/** Workflows that would show it if several tabs broke one of the promises. */

import { type DurableContext, type DurableLambdaHandler, withDurableExecution } from "perdure";
import { histories } from "../../../promises/histories.ts";
import type { Env } from "../../../promises/world.ts";
import { ask, nameOf } from "./chaos-workflows.ts";

declare global {
  /** The context of the execution that ran in this tab, kept beyond its end. */
  var kept: DurableContext | undefined;
  /** What this tab's code calls its first step, where it is not the code that an execution was started with. */
  var variant: string | undefined;
}

/** Tells the server what it sees of a value that a step has made, and gives back that value and what it was given. */
const echo = withDurableExecution(async (given: unknown, context: DurableContext) => {
  const name = nameOf(context);
  const made = await context.step("make", async () => ({ at: new Date(0), nothing: undefined }));
  await context.step("tell", () => ask(`${name}/${typeof made.at}-${"nothing" in made}`));
  return { made, given };
});

/** Leaves its context to the tab. */
const keeper = withDurableExecution(async (_: unknown, context: DurableContext) => {
  globalThis.kept = context;
  return context.step("held", () => ask(`${nameOf(context)}/held`));
});

/** Not the same in every tab. */
const fickle = withDurableExecution(async (_: unknown, context: DurableContext) => {
  const name = nameOf(context);
  const first = globalThis.variant ?? "first";
  await context.step(first, () => ask(`${name}/${first}`));
  return context.step("second", () => ask(`${name}/second`));
});

/** A program whose logs are kept for ever. What is recorded of it asks for nothing of its world any more. */
const program = histories["sequence"]?.options.functions({} as Env)["program"] as DurableLambdaHandler;

export const promiseWorkflows: Readonly<Record<string, DurableLambdaHandler>> = { echo, keeper, fickle, program };
