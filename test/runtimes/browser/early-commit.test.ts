import { describe, test } from "vitest";
import { earlyCommitCases } from "./early-commit-cases.ts";

describe("transactions in which a request fails", () => {
  for (const { name, run } of earlyCommitCases) test(name, run);
});
