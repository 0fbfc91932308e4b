/** The handlers that are measured: written once, run by perdure and by AWS's SDK. */

import type { DurableContext } from "../src/lambda-compat/types.ts";

/** What the programs call of a context; both SDKs have it. */
export type Context = Pick<DurableContext, "createCallback" | "map" | "step">;

export type Handler = (event: number, context: Context) => Promise<unknown>;

/** Times (`performance.now`, ms) at the start, and after each tenth of the work. */
export type Marks = number[];

/** Steps in a row that do nothing. */
export async function sequence(steps: number, context: Context): Promise<Marks> {
  const marks = [performance.now()];
  const tenth = Math.max(1, Math.floor(steps / 10));
  for (let done = 1; done <= steps; done++) {
    await context.step("step", async () => done);
    if (done % tenth === 0) marks.push(performance.now());
  }
  return marks;
}

/** A map over so many items, one step each. */
export async function mapped(items: number, context: Context): Promise<Marks> {
  const marks = [performance.now()];
  await context.map("map", range(items), async (child, item) => child.step("step", async () => item));
  marks.push(performance.now());
  return marks;
}

/** So many steps at once. */
export async function atOnce(steps: number, context: Context): Promise<Marks> {
  const marks = [performance.now()];
  await Promise.all(range(steps).map((item) => context.step("step", async () => item)));
  marks.push(performance.now());
  return marks;
}

/** A program that stays open: what comes after it waits for a callback that nobody completes. */
export function staysOpen(
  program: (size: number, context: Context) => Promise<Marks>,
  done: (marks: Marks) => void,
): Handler {
  return async (size, context) => {
    done(await program(size, context));
    const [outcome] = await context.createCallback("open");
    return outcome;
  };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
