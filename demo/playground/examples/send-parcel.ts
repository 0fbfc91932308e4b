/** A parcel that is found by its tags: look at it under Executions, and filter the list by customer=c-7. */

import { type DurableContext, withDurableExecution } from "perdure";

export const sendParcel = withDurableExecution(async (event: { to: string }, context: DurableContext) => {
  // Beside the tags that it was started with; they are under Start options.
  context.setTags({ stage: "packing" });
  const box = await context.step("pack", async () => `box for ${event.to}`);

  context.setTags({ stage: "on the road", courier: "bike" });
  await context.wait("ride", { hours: 2 });

  context.setTags({ stage: "delivered", courier: null }); // null takes a tag away
  return context.step("hand over", async () => `${box}, delivered`);
});
