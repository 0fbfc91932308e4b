/**
 * `npm run sizes` writes the size report that the documentation cites. With `--check` it writes nothing and fails when
 * the report is more than 5 % off, so that no stale figure is cited.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { measureSizes, readBudgets, type Sizes, sizeReport } from "./size-measure.ts";

const tolerance = 0.05;

const sizes = await measureSizes();
const budgets = readBudgets();
for (const [specifier, { minified, gzip }] of Object.entries(sizes)) {
  const budget = budgets[specifier] ?? 0;
  const verdict = gzip <= budget ? "" : "  OVER";
  console.log(`${specifier.padEnd(20)} ${kB(gzip)} gzip of ${kB(budget)}, ${kB(minified)} minified${verdict}`);
}

if (process.argv.includes("--check")) check();
else write();

function check(): void {
  const reported: Sizes = existsSync(sizeReport) ? (JSON.parse(readFileSync(sizeReport, "utf8")) as Sizes) : {};
  const over = Object.keys(sizes).filter((entry) => (sizes[entry]?.gzip ?? 0) > (budgets[entry] ?? 0));
  const stale = Object.keys(sizes).filter((entry) => {
    const now = sizes[entry]?.gzip ?? 0;
    return Math.abs((reported[entry]?.gzip ?? 0) - now) > now * tolerance;
  });
  if (over.length > 0) console.log(`over budget: ${over.join(", ")}`);
  if (stale.length > 0) console.log(`the report is stale for ${stale.join(", ")}: run "npm run sizes"`);
  process.exitCode = over.length + stale.length === 0 ? 0 : 1;
}

function write(): void {
  mkdirSync(dirname(sizeReport), { recursive: true });
  writeFileSync(sizeReport, `${JSON.stringify(sizes, null, 2)}\n`);
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
