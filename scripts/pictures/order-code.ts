/** The handler whose executions the console's pictures show: an order, as in the README, of a shop that has grown. */

import { PERDURE } from "../../test/cli/emulator.ts";

/** The event of an order in the pictures. */
export interface PicturedOrder {
  readonly id: string;
  /** More than six are packed by themselves, while somebody has to approve the order. */
  readonly items: readonly string[];
  /** In EUR. */
  readonly total: number;
  readonly country?: string;
  /** The carrier's answers to the first, the second and the third call before it answers with a booking. */
  readonly carrierAnswers?: readonly string[];
}

/** Takes the country as it comes: an order without one has no label. */
export const BROKEN = "order.country as string";
export const MENDED = 'order.country ?? "NL"';

/** `country` is how the code finds out where an order goes. */
export function orderCode(country: string): string {
  return `
import { setTimeout as sleep } from "node:timers/promises";
import { withDurableExecution } from ${PERDURE};

interface Order {
  id: string;
  items: string[];
  total: number;
  country?: string;
  carrierAnswers?: string[];
}

export const handler = withDurableExecution(async (order: Order, context) => {
  await context.step("check order", async () => {
    await sleep(40);
    return { items: order.items.length, total: order.total, currency: "EUR" };
  });
  const [payment] = await Promise.all([
    context.step("charge card", async ({ logger, attempt }) => charge(order, { logger, attempt }), {
      retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 1 } }),
    }),
    context.step("reserve stock", async () => (await sleep(180), { reserved: order.items.length })),
  ]);
  if (order.items.length > 6) {
    await Promise.all([
      context.map(
        "pack items",
        order.items,
        async (parcel, article, index) => parcel.step("pack " + (index + 1), async () => pack(article, index)),
        { itemNamer: (_article, index) => "parcel " + (index + 1), maxConcurrency: 3 },
      ),
      context.waitForCallback("approve order", async () => sleep(60), { timeout: { days: 2 } }),
    ]);
  } else await context.step("pack items", async () => (await sleep(110), { packed: order.items.length }));
  const label = await context.step(
    "print label",
    async () => {
      await sleep(70);
      const country: string = ${country};
      return country.toUpperCase() + "-" + order.id;
    },
    { retryStrategy: (_error, attempt) => ({ shouldRetry: true, delay: { seconds: attempt < 3 ? 1 : 3600 } }) },
  );
  const booking = await context.step(
    "book carrier",
    async ({ attempt }) => {
      await sleep(90 * attempt);
      const answer = order.carrierAnswers?.[attempt - 1];
      if (answer !== undefined) throw new CarrierError(answer);
      return "booking-" + order.id;
    },
    { retryStrategy: (_error, attempt) => ({ shouldRetry: true, delay: { seconds: attempt < 3 ? 1 : 3600 } }) },
  );
  return { payment: payment.id, label, booking };
});

class CarrierError extends Error {
  override readonly name = "CarrierError";
}

async function charge({ id, total }: Order, { logger, attempt }): Promise<{ id: string; amount: number }> {
  await sleep(220);
  logger.info("charging", { attempt });
  if (attempt === 1 && total > 500) throw new Error("The bank did not answer in time.");
  logger.info("charged", { amount: total });
  return { id: "pay-" + id, amount: total };
}

/** The last three are being packed for as long as the picture takes. */
async function pack(article: string, index: number): Promise<string> {
  await sleep(index >= 9 ? 600_000 : 30);
  return article + ", packed";
}
`;
}
