import type { Operation } from "perdure/engine";
import { expect, test } from "vitest";
import { placedKind } from "./labels.ts";

test("an operation is told by its position, and by its id where an SDK has hashed that", () => {
  const step = (id: string): Operation => ({ id, type: "STEP", subType: "Step" }) as Operation;
  expect(placedKind(step("2-1"))).toBe("step, position 2-1");
  expect(placedKind(step("c81e728d9d4c2f63"))).toBe("step, id c81e728d9d4c2f63");
  expect(placedKind(step("1234567890123456"))).toBe("step, id 1234567890123456");
});
