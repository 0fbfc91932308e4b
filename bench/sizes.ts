import { measureSizes, readBudgets } from "../scripts/size-measure.ts";
import { table } from "./table.ts";

/** The sizes of the public entries; they are the same in every round. */
export async function sizesTable(): Promise<string> {
  const sizes = await measureSizes();
  const budgets = readBudgets();
  const rows = Object.entries(sizes).map(([entry, { minified, gzip }]) => [
    `\`${entry}\``,
    kilobytes(minified),
    kilobytes(gzip),
    kilobytes(budgets[entry] ?? 0),
  ]);
  return table(["entry", "minified, kB", "gzip, kB", "most it may be, kB"], rows);
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
