/** Asks a manager; whoever does not answer in time is passed over, up to the director, and then the answer is no. */

import { CallbackTimeoutError, type DurableContext, type Duration, withDurableExecution } from "perdure";

export interface Expense {
  readonly amount: number;
  /** Up to this nobody is asked; default 50. */
  readonly free?: number;
  /** How long each may take; default 3 days. */
  readonly answerWithin?: Duration;
}

export interface ExpenseResult {
  readonly status: "approved" | "rejected";
  readonly by: string;
}

const approvers = ["manager", "director"];

export const approveExpense = withDurableExecution(
  async (expense: Expense, context: DurableContext): Promise<ExpenseResult> => {
    if (expense.amount <= (expense.free ?? 50)) return { status: "approved", by: "rule" };
    for (const approver of approvers) {
      const answer = await ask(approver, expense, context);
      if (answer !== undefined) return { status: answer === "yes" ? "approved" : "rejected", by: approver };
      context.logger.warn("no answer in time", { approver });
    }
    return { status: "rejected", by: "rule" };
  },
);

async function ask(approver: string, expense: Expense, context: DurableContext): Promise<string | undefined> {
  try {
    return await context.waitForCallback(
      `ask ${approver}`,
      // The callback's id goes to the approver by mail or chat; it is a secret, so it is not logged.
      async (_callbackId, { logger }) => logger.info("asked", { approver, amount: expense.amount }),
      { timeout: expense.answerWithin ?? { days: 3 } },
    );
  } catch (error) {
    if (error instanceof CallbackTimeoutError) return undefined;
    throw error;
  }
}
