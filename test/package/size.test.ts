import { describe, expect, test } from "vitest";
import { publicEntries, readRootPackage } from "../../scripts/entries.ts";
import { measureBuilt, onLambda, readBudgets } from "../../scripts/size-measure.ts";
import { packedPackage } from "./packed.ts";

const sizes = await measureBuilt(packedPackage().folder);
const budgets = readBudgets();

describe("the size of a public entry, and of a function on Lambda, minified and gzipped", () => {
  const measured = [...publicEntries(readRootPackage()).map(({ specifier }) => specifier), onLambda];
  test.for(measured)("%s stays within its budget", (specifier) => {
    expect(budgets[specifier], "a budget in test/package/size-budgets.json").toBeTypeOf("number");
    expect(sizes[specifier]?.gzip).toBeLessThanOrEqual(budgets[specifier] ?? 0);
  });
});
