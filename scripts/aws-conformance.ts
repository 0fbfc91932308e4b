/**
 * `npm run aws:conformance -- FOLDER [PATTERN]` runs AWS's conformance scenarios, of which FOLDER has checkouts, four
 * times: on AWS's test runner with AWS's SDK and with perdure in its place, on a host of perdure's, and on the emulator
 * that `perdure dev` starts. It tells how many pass, and which fail, and why.
 */

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { onAwsRunner } from "./aws-conformance/aws-runner.ts";
import { bundle, bundleFolder, importHandlers, type Sdk } from "./aws-conformance/bundle.ts";
import { forgetLines, takeOutput } from "./aws-conformance/function-lines.ts";
import { onEmulator, onMemoryHost } from "./aws-conformance/hosts.ts";
import { runScenario, type Stage, type Verdict } from "./aws-conformance/run-scenario.ts";
import { type ConformanceFunction, readSuites, type Scenario } from "./aws-conformance/scenarios.ts";

const usage = `Usage: npm run aws:conformance -- FOLDER [PATTERN]

  FOLDER   has checkouts of aws/aws-durable-execution-conformance-tests, which has the requirements, and of
           aws/aws-durable-execution-sdk-js, which has the handlers, by these names
  PATTERN  a regular expression: only the scenarios whose "suite/id" it matches`;

/** The scenarios mostly wait. */
const AT_ONCE = 8;
const AT_ONCE_AGAIN = 3;

const [given, pattern = ""] = process.argv.slice(2);
if (given === undefined) {
  console.error(usage);
  process.exit(1);
}
const { scenarios, functions } = readSuites(resolve(given));
const chosen = scenarios.filter(({ suite, id }) => new RegExp(pattern).test(`${suite}/${id}`));
if (chosen.length === 0) {
  console.error(`There is no scenario in ${resolve(given)} that is meant.\n\n${usage}`);
  process.exit(1);
}

const folder = bundleFolder();
const floor = await onRunner("aws");
report("AWS's SDK on AWS's runner", floor);
report("perdure in its place", await onRunner("perdure"), floor);
report("perdure's own host, over its HTTP API", await inMemory(), floor);
report("perdure's emulator, with a process for each function", await emulated(), floor);
// Executions that nobody waits for any more would keep it alive.
process.exit();

function onRunner(sdk: Sdk): Promise<readonly Verdict[]> {
  return quietly(async () => {
    const outdir = join(folder, sdk);
    const handlers = await importHandlers(await bundle(functions, { sdk, outdir, isShared: true }));
    return onAwsRunner(handlers, (stage) => runAll(chosen, stage));
  });
}

function inMemory(): Promise<readonly Verdict[]> {
  return quietly(async () => {
    const outdir = join(folder, "memory");
    const handlers = await importHandlers(await bundle(functions, { sdk: "perdure", outdir, isShared: true }));
    return onMemoryHost(handlers, (stage) => runAll(chosen, stage));
  });
}

/** Suite by suite: each function has its own process. */
async function emulated(): Promise<readonly Verdict[]> {
  const outdir = join(folder, "emulator");
  const paths = await bundle(functions, { sdk: "perdure", outdir, isShared: false });
  const verdicts: Verdict[] = [];
  for (const [suite, its] of Map.groupBy(chosen, ({ suite }) => suite)) {
    const files = functions.filter((one) => isOf(one, suite, its)).map(({ name }) => paths.get(name) ?? "");
    const data = join(folder, `data-${suite}`);
    mkdirSync(data);
    verdicts.push(...(await onEmulator({ files, folder: data }, (stage) => runAll(its, stage))));
  }
  return verdicts;
}

/** The functions of its scenarios, and those that they may invoke. */
function isOf({ suite, name }: ConformanceFunction, wanted: string, its: readonly Scenario[]): boolean {
  const isAsked = its.some(({ functionName }) => functionName === name);
  return suite === wanted && (isAsked || scenarios.every(({ functionName }) => functionName !== name));
}

/** Runs the scenarios. One that fails runs once more, with little beside it: some of them race with real time. */
async function runAll(those: readonly Scenario[], stage: Stage): Promise<readonly Verdict[]> {
  const first = await runSome(those, stage, AT_ONCE);
  const failed = those.filter((_, index) => first[index]?.reasons.length !== 0);
  const again = await runSome(failed, stage, AT_ONCE_AGAIN);
  return first.map((verdict, index) => again[failed.findIndex((one) => one === those[index])] ?? verdict);
}

async function runSome(those: readonly Scenario[], stage: Stage, atOnce: number): Promise<readonly Verdict[]> {
  const left = [...those.entries()];
  const verdicts: Verdict[] = [];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      verdicts[next[0]] = await runScenario(next[1], stage);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return verdicts;
}

/** Runs a task without the output of the handlers and the SDKs, which is for the scenarios alone. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  forgetLines();
  const giveBack = takeOutput();
  try {
    return await work();
  } finally {
    giveBack();
  }
}

/** Given the verdicts on AWS's own SDK, tells which failures it does not have. */
function report(title: string, verdicts: readonly Verdict[], those: readonly Verdict[] = []): void {
  const passedThere = new Set(those.filter(({ reasons }) => reasons.length === 0).map(({ id }) => id));
  const failed = verdicts.filter(({ reasons }) => reasons.length > 0);
  console.log(`\n${title}: ${verdicts.length - failed.length} of ${verdicts.length} pass`);
  for (const { id, reasons } of failed) {
    const [first = "", ...rest] = reasons;
    const more = rest.length === 0 ? "" : ` (and ${rest.length} more)`;
    console.log(`  ${id}${passedThere.has(id) ? " (AWS's SDK passes it)" : ""}\n    ${first}${more}`);
  }
}
