import { expect, test } from "vitest";
import { childName, isChildName } from "./invoke-target.ts";

const incarnation = "289c69181ef351b6ffb35f5c3fffb75e";
const long = Array.from({ length: 40 }, (_, index) => index + 1).join("-");

test.each(["1", "12", "2-1-30", long, "c81e728d9d4c2f63", "f".repeat(64)])(
  "the name of a callee is known as one, before and after rewinds: operation %s",
  (operationId) => {
    for (const rewinds of [0, 1, 12]) expect(isChildName(childName(incarnation, operationId, rewinds))).toBe(true);
  },
);

test.each([incarnation, `${incarnation}-retry`, `order-${incarnation}-2`, "order-1", `${incarnation.slice(1)}-2`])(
  "other names are nobody's: %s",
  (name) => {
    expect(isChildName(name)).toBe(false);
  },
);
