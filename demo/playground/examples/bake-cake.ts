/** A cake, in steps. Press Run; press Kill while it bakes; reload the page. It goes on, and nothing is done twice. */

import { type DurableContext, withDurableExecution } from "perdure";

export const bakeCake = withDurableExecution(async (event: { guests: number }, context: DurableContext) => {
  const order = await context.step("take order", () => slowly(`cake for ${event.guests}`));

  // Chance and time come out of steps: the log remembers them, so that every replay sees the same.
  const oven = await context.step("choose oven", async () => `oven ${Math.ceil(Math.random() * 100)}`);

  await context.step("mix batter", () => slowly("batter"));
  await context.wait("bake", { seconds: 5 });

  const [cream, candles] = await Promise.all([
    context.step("whip cream", () => slowly("cream")),
    context.step("find candles", () => slowly("candles")),
  ]);
  await context.step("serve", () => slowly("served"));

  return `${order}, from ${oven}, with ${cream} and ${candles}`;
});

/** Stands for work in the world, so that there is time to press Kill. */
async function slowly<T>(result: T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  return result;
}
