/** A report every morning. Run begins the schedule; Executions shows what it waits for, and Skip time goes there. */

import { type DurableContext, withDurableExecution } from "perdure";
import { schedule } from "perdure/schedules";

export const report = withDurableExecution(async (event: { day: string }, context: DurableContext) =>
  context.step("sum up", async () => `the report of ${event.day}`),
);

// Each morning is an execution of its own, named by its time: to begin it twice is to begin it once. Stop ends it.
export const everyMorning = schedule({
  cron: "0 9 * * *",
  timeZone: "Europe/Vienna",
  start: report,
  input: (slot) => ({ day: slot.toISOString().slice(0, 10) }),
  tags: { kind: "report" },
});
