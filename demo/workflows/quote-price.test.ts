import { DurableTestRunner } from "perdure/testing";
import { expect, test } from "vitest";
import { quotePrice } from "./quote-price.ts";

test("takes the branches' results apart by position", async () => {
  const { result, operations } = await new DurableTestRunner(quotePrice).run({
    payload: { user: "Ada", product: "book" },
  });
  expect(result).toEqual({ user: "Ada", price: 90, deliverable: true });
  const nameOf = (id: string | undefined): string | undefined =>
    operations.find((operation) => operation.id === id)?.name;
  const steps = operations.filter(({ subType }) => subType === "Step");
  expect(steps.map(({ name, parentId }) => [name, nameOf(parentId)])).toEqual([
    ["load user", "parallel-branch-0"],
    ["check stock", "parallel-branch-1"],
    ["look up price", "parallel-branch-2"],
  ]);
});
