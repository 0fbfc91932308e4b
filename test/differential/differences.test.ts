import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/command.ts";
import { differences, otherDifferences } from "./differences.ts";

const documented = readFileSync(join(root, "docs", "differences.md"), "utf8");

const reasons = [...Object.values(differences).map(({ reason }) => reason), ...Object.values(otherDifferences)];

test.each(reasons)("docs/differences.md gives the reason: %s", (reason) => {
  expect(documented).toContain(reason);
});
