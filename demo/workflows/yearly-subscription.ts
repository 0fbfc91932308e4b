/** A year in one function: nothing runs, and nothing is paid for, between its lines. */

import { type DurableContext, withDurableExecution } from "perdure";

export interface Subscription {
  readonly customer: string;
}

export interface SubscriptionResult {
  readonly customer: string;
  readonly startedAt: string;
  readonly remindedAt: string;
  readonly renewedAt: string;
}

export const yearlySubscription = withDurableExecution(
  async ({ customer }: Subscription, context: DurableContext): Promise<SubscriptionResult> => {
    const startedAt = await context.step("start", now);
    await context.wait("trial", { days: 30 });
    const remindedAt = await context.step("remind", now);
    await context.wait("rest of the year", { days: 335 });
    const renewedAt = await context.step("renew", now);
    return { customer, startedAt, remindedAt, renewedAt };
  },
);

async function now(): Promise<string> {
  return new Date().toISOString();
}
