/** What every face runs for the commands. */

import { withDurableExecution } from "../../src/lambda-compat/index.ts";

/** Waits for an answer, and fails where there is nothing to pay. */
export const order = withDurableExecution(async (event: { readonly total: number }, context) => {
  const paid = await context.step("charge", async () => event.total);
  if (paid < 0) throw new RangeError("nothing to pay");
  const answer = await context.waitForCallback<string>("approve", async () => {}, { heartbeatTimeout: { hours: 1 } });
  return { paid, answer };
});

export const greet = withDurableExecution(async (name: string, context) =>
  context.step("greet", async () => `Hello, ${name}`),
);
