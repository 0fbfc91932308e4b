import { describe, expect, test } from "vitest";
import { publicEntries, readRootPackage } from "../../scripts/entries.ts";
import { measureBuilt, readBudgets } from "../../scripts/size-measure.ts";
import { packedPackage } from "./packed.ts";

const sizes = await measureBuilt(packedPackage().folder);
const budgets = readBudgets();

describe("the size of a public entry, minified and gzipped", () => {
  test.for(publicEntries(readRootPackage()))("$specifier stays within its budget", ({ specifier }) => {
    expect(budgets[specifier], "a budget in test/package/size-budgets.json").toBeTypeOf("number");
    expect(sizes[specifier]?.gzip).toBeLessThanOrEqual(budgets[specifier] ?? 0);
  });
});
