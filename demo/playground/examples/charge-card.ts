/** A bank that leaves callers on the line. Each attempt has two seconds; then its signal ends what it waits for. */

import { type DurableContext, StepTimeoutError, withDurableExecution } from "perdure";

export const chargeCard = withDurableExecution(async (event: { amount: number }, context: DurableContext) => {
  try {
    return await context.step("charge", ({ attempt, signal }) => askBank(event.amount, attempt, signal), {
      timeout: { seconds: 2 },
      retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 4, delay: { seconds: 1 } }),
    });
  } catch (error) {
    if (error instanceof StepTimeoutError) return "the bank does not answer";
    throw error;
  }
});

/** Answers the third caller. As `fetch` does with the signal that it is given, it gives up when that is aborted. */
async function askBank(amount: number, caller: number, signal: AbortSignal): Promise<string> {
  if (caller >= 3) return `${amount} charged, at attempt ${caller}`;
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => {
      console.warn(`attempt ${caller} hangs up`);
      reject(signal.reason);
    });
  });
}
