/** Asks again and again, at growing intervals, until something is ready; gives up after a number of tries. */

import { createWaitStrategy, type DurableContext, withDurableExecution } from "perdure";

export interface Poll {
  /** Ready at this many looks. */
  readonly readyAfter: number;
  /** Give up after this many; default 8. */
  readonly looks?: number;
}

export type PollResult =
  | { readonly status: "ready"; readonly looks: number }
  | { readonly status: "gave up"; readonly reason: string };

interface PollState {
  readonly looks: number;
  readonly ready: boolean;
}

export const pollUntilReady = withDurableExecution(
  async (event: Poll, context: DurableContext): Promise<PollResult> => {
    const initialState: PollState = { looks: 0, ready: false };
    try {
      const { looks } = await context.waitForCondition(
        "certificate issued",
        async (state) => ({ looks: state.looks + 1, ready: state.looks + 1 >= event.readyAfter }),
        {
          initialState,
          waitStrategy: createWaitStrategy<PollState>({
            shouldContinuePolling: ({ ready }) => !ready,
            initialDelay: { seconds: 10 },
            backoffRate: 2,
            maxDelay: { minutes: 10 },
            maxAttempts: event.looks ?? 8,
          }),
        },
      );
      return { status: "ready", looks };
    } catch (error) {
      return { status: "gave up", reason: error instanceof Error ? error.message : String(error) };
    }
  },
);
