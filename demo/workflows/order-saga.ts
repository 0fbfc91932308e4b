/**
 * An order that is paid in time, or undone. The payment races its deadline with the language's own Promise.race:
 * whichever came first when it happened comes first in every replay, also when both are long past. What was done is
 * undone in reverse when a later part fails.
 */

import { type DurableContext, type Duration, retryPresets, withDurableExecution } from "perdure";

export interface Order {
  readonly orderId: string;
  readonly items: readonly string[];
  /** How long the customer has; default 15 minutes. */
  readonly payWithin?: Duration;
  /** Has the carrier refuse, to see the order undone. */
  readonly carrierRefuses?: boolean;
}

export type OrderResult =
  | { readonly status: "shipped"; readonly payment: string; readonly parcel: string }
  | { readonly status: "expired" | "undone"; readonly reason: string; readonly undone: readonly string[] };

interface Undo {
  readonly name: string;
  readonly run: () => Promise<string>;
}

export const orderSaga = withDurableExecution(async (order: Order, context: DurableContext): Promise<OrderResult> => {
  const undo: Undo[] = [];
  try {
    const reservation = await context.step("reserve stock", async () => `reservation-${crypto.randomUUID()}`);
    undo.push({ name: "release stock", run: async () => `released ${reservation}` });

    const payment = await awaitPayment(order, context);
    if (payment === undefined) {
      return { status: "expired", reason: "not paid in time", undone: await undoAll(context, undo) };
    }
    undo.push({ name: "refund payment", run: async () => `refunded ${payment}` });

    await context.wait("pack", { hours: 1 });
    const parcel = await context.step("ship", async () => ship(order), { retryStrategy: retryPresets.noRetry });
    return { status: "shipped", payment, parcel };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: "undone", reason, undone: await undoAll(context, undo) };
  }
});

/** The payment's reference, or undefined when the time was up first. A refused payment rejects. */
async function awaitPayment(order: Order, context: DurableContext): Promise<string | undefined> {
  const [payment, callbackId] = await context.createCallback<string>("payment");
  await context.step("send payment link", async () => sendPaymentLink(order, callbackId));
  const deadline = context.wait("payment deadline", order.payWithin ?? { minutes: 15 });
  return await Promise.race([deadline.then(() => undefined), payment]);
}

/** Stands for a mail. The shop's payment page completes the callback with the payment's reference. */
async function sendPaymentLink(order: Order, _callbackId: string): Promise<string> {
  return `link for ${order.orderId} sent`;
}

async function ship(order: Order): Promise<string> {
  if (order.carrierRefuses === true) throw new Error("the carrier does not take this order");
  return `parcel-${crypto.randomUUID()}`;
}

async function undoAll(context: DurableContext, undo: readonly Undo[]): Promise<string[]> {
  const undone: string[] = [];
  for (const { name, run } of undo.toReversed()) undone.push(await context.step(name, run));
  return undone;
}
