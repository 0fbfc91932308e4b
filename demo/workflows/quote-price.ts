/**
 * The short forms: branches without a parameter, their results taken apart by position, and a retry strategy in
 * milliseconds. AWS's own SDK takes these forms for something else; here they do what they say.
 */

import { createRetryStrategy, type DurableContext, withDurableExecution } from "perdure";

export interface QuoteRequest {
  readonly user: string;
  readonly product: string;
}

export interface Quote {
  readonly user: string;
  readonly price: number;
  readonly deliverable: boolean;
}

const retryStrategy = createRetryStrategy({ maxAttempts: 3, backoffRate: 2, initialInterval: 1000 });

export const quotePrice = withDurableExecution(
  async (request: QuoteRequest, context: DurableContext): Promise<Quote> => {
    const [user, stock, price] = await context.parallel([
      () => context.step("load user", async () => ({ name: request.user, discount: 0.1 })),
      () => context.step("check stock", async () => request.product.length, { retryStrategy }),
      () => context.step("look up price", async () => 100, { retryStrategy }),
    ]);
    return { user: user.name, price: price * (1 - user.discount), deliverable: stock > 0 };
  },
);
