/** A start for later: it is there at once, and nothing of it runs before its time. Run, then Skip time. */

import { type DurableContext, withDurableExecution } from "perdure";

// When it begins stands under Start options.
export const remindMe = withDurableExecution(async (event: { of: string }, context: DurableContext) => {
  const at = await context.step("look at the clock", async () => new Date().toISOString());
  return context.step("remind", async () => `${at}: ${event.of}`);
});
