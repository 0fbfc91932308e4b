import * as aws from "@aws/durable-execution-sdk-js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createClassSerdes, createClassSerdesWithDates, defaultSerdes } from "./serdes.ts";

const context = { entityId: "1-2", durableExecutionArn: "arn:aws:lambda:eu-west-1:123456789012:function:f:1" };

class Order {
  id = 0;
  placedAt: unknown = undefined;
  customer: { since?: unknown; name?: string } = {};
  describe(): string {
    return `order ${this.id}`;
  }
}

/** A value, or what it was rejected with. */
async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return { value: await work() };
  } catch (error) {
    return { rejected: (error as Error).name };
  }
}

test("defaultSerdes writes and reads what AWS's does", async () => {
  const value = fc.oneof(fc.constant(undefined), fc.anything({ withDate: true, withMap: true, withBigInt: true }));
  await fc.assert(
    fc.asyncProperty(value, async (any) => {
      const ours = await outcome(() => defaultSerdes.serialize(any, context));
      expect(ours).toEqual(await outcome(() => aws.defaultSerdes.serialize(any, context)));
      const { value: text } = ours as { value?: string };
      if (text === undefined) return;
      expect(await defaultSerdes.deserialize(text, context)).toEqual(
        await aws.defaultSerdes.deserialize(text, context),
      );
    }),
  );
  expect(await defaultSerdes.deserialize(undefined, context)).toBeUndefined();
});

test("createClassSerdes gives back an instance with what AWS's has in it", async () => {
  const [ours, theirs] = [createClassSerdes(Order), aws.createClassSerdes(Order)];
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (stored) => {
      const text = JSON.stringify(stored);
      const instance = await ours.deserialize(text, context);
      expect(instance).toEqual(await theirs.deserialize(text, context));
      expect(instance?.describe).toBe(Order.prototype.describe);
    }),
  );
  expect(await ours.deserialize(undefined, context)).toBeUndefined();
  expect(await ours.serialize(undefined, context)).toBeUndefined();
});

test("createClassSerdesWithDates turns the named properties into dates, as AWS's does", async () => {
  const props = ["placedAt", "customer.since"];
  const [ours, theirs] = [createClassSerdesWithDates(Order, props), aws.createClassSerdesWithDates(Order, props)];
  const time = fc.oneof(fc.date({ noInvalidDate: true }), fc.constantFrom(undefined, null, "", 0, "no date", 1e12));
  const order = fc.record({ id: fc.nat(), placedAt: time, customer: fc.record({ since: time }, { requiredKeys: [] }) });
  await fc.assert(
    fc.asyncProperty(order, async (stored) => {
      const text = await ours.serialize(Object.assign(new Order(), stored), context);
      expect(text).toBe(await theirs.serialize(Object.assign(new Order(), stored), context));
      expect(await ours.deserialize(text, context)).toEqual(await theirs.deserialize(text, context));
    }),
  );
});

test("a path that leads nowhere changes nothing, not even a property of the same name", async () => {
  const serdes = createClassSerdesWithDates(Order, ["shipping.placedAt", "customer.name.first"]);
  const restored = await serdes.deserialize('{"placedAt":"2026-01-01","customer":{"name":"Ada"}}', context);
  expect(restored).toMatchObject({ placedAt: "2026-01-01", customer: { name: "Ada" } });
});

test("a stored prototype is not taken over", async () => {
  const restored = await createClassSerdes(Order).deserialize('{"__proto__":{"isAdmin":true},"id":7}', context);
  expect(Object.getPrototypeOf(restored)).toBe(Order.prototype);
  expect(restored).not.toHaveProperty("isAdmin");
  expect(restored?.id).toBe(7);
});
