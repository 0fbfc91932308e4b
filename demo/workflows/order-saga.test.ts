import { DurableTestRunner } from "perdure/testing";
import { expect, test } from "vitest";
import { type Order, orderSaga } from "./order-saga.ts";

const order: Order = { orderId: "order-1", items: ["book"] };
const undone = (...names: readonly string[]): unknown => names.map((name) => expect.stringMatching(name) as unknown);

test("ships what is paid in time", async () => {
  const runner = new DurableTestRunner(orderSaga);
  runner.onCallback("payment", (callback) => callback.succeed("visa-1"));
  const { result } = await runner.run({ payload: order });
  expect(result).toEqual({
    status: "shipped",
    payment: "visa-1",
    parcel: expect.stringMatching(/^parcel-/) as unknown,
  });
});

test("releases the stock when the time to pay is up", async () => {
  const runner = new DurableTestRunner(orderSaga);
  const startedAt = runner.clock.now();
  const { result } = await runner.run({ payload: order });
  expect(result).toEqual({ status: "expired", reason: "not paid in time", undone: undone("released reservation-") });
  expect(runner.clock.now() - startedAt).toBe(15 * 60_000);
});

test("undoes in reverse what was done before a part failed", async () => {
  const runner = new DurableTestRunner(orderSaga);
  runner.onCallback("payment", (callback) => callback.succeed("visa-1"));
  const { result } = await runner.run({ payload: { ...order, carrierRefuses: true } });
  expect(result).toEqual({
    status: "undone",
    reason: "the carrier does not take this order",
    undone: undone("refunded visa-1", "released reservation-"),
  });
});

test("releases the stock when the payment is refused", async () => {
  const runner = new DurableTestRunner(orderSaga);
  runner.onCallback("payment", (callback) => callback.fail(new Error("card declined")));
  const { result } = await runner.run({ payload: order });
  expect(result).toEqual({ status: "undone", reason: "card declined", undone: undone("released reservation-") });
});

test("stays with the payment although the deadline passed before the parcel left", async () => {
  const runner = new DurableTestRunner(orderSaga);
  const execution = await runner.start({ payload: order });
  await runner.advance({ minutes: 14 });
  await execution.callback("payment").succeed("visa-1");
  await runner.advance({ minutes: 30 });
  await runner.restart();
  expect(execution.operation("payment deadline")?.status).toBe("SUCCEEDED");
  expect((await execution.finish()).result).toMatchObject({ status: "shipped", payment: "visa-1" });
});

test("stays with the deadline although the customer paid after all", async () => {
  const runner = new DurableTestRunner(orderSaga);
  const execution = await runner.start({ payload: order });
  const payment = execution.callback("payment");
  await runner.advance({ minutes: 15 });
  await expect(payment.succeed("visa-1")).rejects.toMatchObject({ code: "CallbackTimeoutException" });
  expect(execution.outcome.result).toMatchObject({ status: "expired" });
});
