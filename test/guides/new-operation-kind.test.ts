/** The guide's changes are applied to a copy of the tree, type-checked, and run. */

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root, run, runTool } from "../../scripts/command.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const guide = readFileSync(join(root, "docs/guides/new-operation-kind.md"), "utf8");
const model = guide.slice(guide.indexOf("## The model"), guide.indexOf("## The machine"));
const copy = temporaryFolder(".copy", join(root, "test", "guides"));
const sources = [
  "package.json",
  "tsconfig.base.json",
  "src",
  "demo/playground",
  "console",
  "test/types/operation-kinds.test-d.ts",
];
for (const path of sources) cpSync(join(root, path), join(copy, path), { recursive: true });
const typesConfig = { extends: "../tsconfig.base.json", compilerOptions: { types: ["node"] }, include: ["types/*.ts"] };
writeFileSync(join(copy, "test/tsconfig.json"), JSON.stringify(typesConfig));

applyDiffs(model);

/** Blocks of one language: what their first line names, and what follows it. */
function blocks(markdown: string, language: string, mark: string): (readonly [string, string])[] {
  const found = markdown.matchAll(new RegExp(`\`\`\`${language}\n${mark} (\\S+)\n([\\s\\S]*?)\`\`\``, "g"));
  return [...found].map(([, path = "", text = ""]) => [path, text]);
}

/** Replaces what a diff takes away by what it brings, around lines that it leaves as they are. */
function applyDiffs(markdown: string): void {
  for (const [path, diff] of blocks(markdown, "diff", "---")) {
    let text = readFileSync(join(copy, path), "utf8");
    for (const hunk of diff.split("@@\n")) {
      const before = linesOf(hunk, "-");
      expect(text.split(before), `${path} has once:\n${before}`).toHaveLength(2);
      text = text.replace(before, () => linesOf(hunk, "+"));
    }
    writeFileSync(join(copy, path), text);
  }
}

function linesOf(hunk: string, sign: "+" | "-"): string {
  const lines = hunk.split("\n").filter((line) => line.startsWith(" ") || line.startsWith(sign));
  return lines.map((line) => `${line.slice(1)}\n`).join("");
}

/** What the compiler says of a project of the copy, and the files that it says it of. */
async function typeCheck(project: string): Promise<{ readonly files: readonly string[]; readonly output: string }> {
  const { output } = await runTool("typescript", ["-p", join(copy, project), "--noEmit"], { capture: true, cwd: copy });
  return { files: [...output.matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map(([, file = ""]) => file), output };
}

test("the compiler names every file that the guide names", async () => {
  const checked = await Promise.all(["src", "demo/playground", "test"].map(typeCheck));
  const named = [...new Set(checked.flatMap(({ files }) => files))].toSorted();
  const listed = [...model.matchAll(/^- `(\S+)`/gm)].map(([, path = ""]) => path);
  expect(listed).not.toEqual([]);
  expect(named).toEqual(listed.toSorted());
});

test("with the guide's files and lines it compiles, and the new kind runs", async () => {
  const rest = guide.slice(guide.indexOf("## The machine"));
  for (const [path, code] of blocks(guide, "ts", "//")) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), code);
  }
  applyDiffs(rest);
  const { output } = await typeCheck("src");
  expect(output).toBe("");
  const { code, output: told } = await run(process.execPath, [join(copy, "schedule.test.ts")], { capture: true });
  expect(told).not.toContain("Error");
  expect(code).toBe(0);
});
