/**
 * `npm run mutate` takes out each mechanism of test/mutations, one at a time in a copy of the tree, and runs the tests
 * that must fail without it. It prints a line for each and exits with 1 if one went unnoticed. `--changed <commit>` makes
 * only the edits of files that differ from that commit, `--only <text>` those whose description contains the text (given
 * several times, one of the texts), `--tests <file>` runs that file in place of the named ones, to see what it notices by
 * itself, and `--workers` sets how many run side by side (default: one for each core).
 */

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { Mutation } from "../test/mutations/mutation.ts";
import { editsOf, readSources } from "../test/mutations/sources.ts";
import { mutations } from "../test/mutations/table.ts";
import { root, runTool } from "./command.ts";
import type { VitestReport } from "./vitest-run.ts";

/** An edit whose tests pass is a hole in the tests. One that breaks a file before its tests proves nothing. */
/** In ms, for one test: an edit may make it wait for ever. */
const PATIENCE_MS = 60_000;

/** Tests that need a page; without Chromium there is none of them, and the run says so before the first edit. */
const IN_PAGES = "test/runtimes/browser/";

type Verdict = { readonly kind: "NOTICED"; readonly by: string } | { readonly kind: "UNNOTICED" | "BROKEN" };

const { values: options } = parseArgs({
  options: {
    changed: { type: "string" },
    only: { type: "string", multiple: true, default: [""] },
    tests: { type: "string" },
    workers: { type: "string", default: String(availableParallelism()) },
  },
});

const sources = readSources(root);
const selected = mutations.filter((mutation) => isWanted(mutation, changedFiles()));
const holes: string[] = [];
const start = performance.now();

if (selected.length > 0) await checkThatTestsPass();
const queue = selected.values();
await Promise.all(Array.from({ length: Number(options.workers) }, workOff));
const seconds = Math.round((performance.now() - start) / 1000);
console.log(`${selected.length - holes.length} of ${selected.length} edits noticed in ${seconds} s`);
for (const hole of holes) console.log(hole);
process.exitCode = holes.length === 0 ? 0 : 1;

function git(...args: readonly string[]): readonly string[] {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);
}

function changedFiles(): ReadonlySet<string> | undefined {
  return options.changed === undefined ? undefined : new Set(git("diff", "--name-only", options.changed));
}

function isWanted(mutation: Mutation, changed: ReadonlySet<string> | undefined): boolean {
  const edits = editsOf(mutation, sources);
  const isNamed = options.only.some((text) => `${mutation.keeps}: ${mutation.what}`.includes(text));
  return isNamed && (changed === undefined || edits.some(({ path }) => changed.has(path)));
}

function testsOf({ tests }: Mutation): readonly string[] {
  return options.tests === undefined ? tests : [options.tests];
}

/** Without an edit they must pass, or their failing says nothing. */
async function checkThatTestsPass(): Promise<void> {
  const tree = copyOfTree();
  const files = [...new Set(selected.flatMap(testsOf))];
  console.log(`${selected.length} edits; first their tests without any`);
  const { failed, isBroken } = await runTests(tree, files);
  rmSync(tree, { recursive: true });
  if (failed !== undefined || isBroken) throw new Error(`The tests fail without any edit: ${failed ?? "see above"}`);
}

async function workOff(): Promise<void> {
  const tree = copyOfTree();
  for (const mutation of queue) {
    const verdict = await tryOut(mutation, tree);
    const what = `${mutation.keeps}: ${mutation.what}`;
    console.log(`${verdict.kind === "NOTICED" ? `noticed by "${verdict.by}"` : verdict.kind}  ${what}`);
    if (verdict.kind !== "NOTICED") holes.push(`${verdict.kind}  ${what} (${pathsOf(mutation)})`);
  }
  rmSync(tree, { recursive: true });
}

async function tryOut(mutation: Mutation, tree: string): Promise<Verdict> {
  const edits = editsOf(mutation, sources);
  for (const { path, code, becomes } of edits) {
    const text = readFileSync(join(tree, path), "utf8");
    writeFileSync(
      join(tree, path),
      text.replace(code, () => becomes),
    );
  }
  const { failed, isBroken } = await runTests(tree, testsOf(mutation));
  for (const { path } of edits) writeFileSync(join(tree, path), sources.get(path) ?? "");
  if (failed !== undefined) return { kind: "NOTICED", by: failed };
  return { kind: isBroken ? "BROKEN" : "UNNOTICED" };
}

function pathsOf(mutation: Mutation): string {
  return [...new Set(editsOf(mutation, sources).map(({ path }) => path))].join(", ");
}

/** A copy of the files that git would commit, in a folder of its own with the same packages. */
function copyOfTree(): string {
  const tree = mkdtempSync(join(tmpdir(), "perdure-mutate-"));
  for (const path of git("ls-files", "--cached", "--others", "--exclude-standard")) {
    if (existsSync(join(root, path))) cpSync(join(root, path), join(tree, path));
  }
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"), "dir");
  return tree;
}

async function runTests(tree: string, files: readonly string[]): Promise<{ failed?: string; isBroken: boolean }> {
  const reportPath = join(tree, "mutate-report.json");
  const needsPages = files.some((file) => file.startsWith(IN_PAGES));
  const args = [
    "run",
    "--project=node*",
    ...(needsPages ? ["--project=browser"] : []),
    "--bail=1",
    `--testTimeout=${PATIENCE_MS}`,
    "--reporter=json",
    `--outputFile=${reportPath}`,
    ...files,
  ];
  const { code } = await runTool("vitest", args, {
    cwd: tree,
    // Tests that need no page must pass without a browser.
    env: needsPages ? {} : { CHROME_PATH: dirname(tree) },
    capture: true,
  });
  const report = existsSync(reportPath) ? (JSON.parse(readFileSync(reportPath, "utf8")) as VitestReport) : undefined;
  rmSync(reportPath, { force: true });
  const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  const failed = tests.find(({ status }) => status === "failed")?.title;
  return failed === undefined ? { isBroken: code !== 0 } : { failed, isBroken: false };
}
