import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/command.ts";
import { differences } from "./differences.ts";

const documented = readFileSync(join(root, "docs", "differences.md"), "utf8");

test.each(Object.values(differences))("docs/differences.md gives the reason: $reason", ({ reason }) => {
  expect(documented).toContain(reason);
});
