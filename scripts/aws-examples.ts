/**
 * `npm run aws:examples -- FOLDER [PATTERN]` runs the tests of the examples of AWS's SDK, of which FOLDER is a checkout
 * (`packages/aws-durable-execution-sdk-js-examples`), three times: as they are, with perdure in the place of AWS's SDK,
 * and against a host of perdure's. It tells how many pass, and which fail.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ExampleHost } from "./aws-examples/example-host.ts";
import { exampleFiles } from "./aws-examples/files.ts";
import { bundlePerdure, type ExampleResult, installedSdk, runExamples } from "./aws-examples/jest-run.ts";

const usage = `Usage: npm run aws:examples -- FOLDER [PATTERN]

  FOLDER   packages/aws-durable-execution-sdk-js-examples of a checkout of aws/aws-durable-execution-sdk-js
  PATTERN  a regular expression: only the tests whose path it matches`;

const [given, pattern] = process.argv.slice(2);
if (given === undefined) {
  console.error(usage);
  process.exit(1);
}
const folder = resolve(given);
const files = exampleFiles(folder);
if (files.length === 0) {
  console.error(`There is no example in ${folder}: nothing in it is called src/examples/**/*.ts.`);
  process.exit(1);
}

const scratch = mkdtempSync(join(tmpdir(), "perdure-examples-"));
const run = { folder, scratch, ...(pattern !== undefined && { patterns: [pattern] }) };
try {
  const floor = await runExamples({ ...run, name: "aws", sdk: installedSdk, env: {} });
  report("AWS's SDK on AWS's runner", floor);
  const native = await runExamples({ ...run, name: "native", sdk: await bundlePerdure(scratch), env: {} });
  report("perdure in its place", native, floor);
  const hosted = await onHost();
  report("perdure's own host, over its HTTP API", hosted, floor);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function onHost(): Promise<readonly ExampleResult[]> {
  const host = await ExampleHost.start(files);
  try {
    // The examples' own words for a run in the cloud.
    return await runExamples({ ...run, name: "hosted", sdk: installedSdk, env: host.environment, only: "cloud" });
  } finally {
    host.close();
  }
}

/** Given the results of AWS's own SDK, tells which failures it does not have. */
function report(title: string, results: readonly ExampleResult[], floor: readonly ExampleResult[] = []): void {
  const passedThere = new Set(floor.filter(({ passed }) => passed).map(({ name }) => name));
  const failed = results.filter(({ passed }) => !passed);
  console.log(`\n${title}: ${results.length - failed.length} of ${results.length} pass`);
  for (const { name, reason } of failed) {
    console.log(`  ${name}${passedThere.has(name) ? " (AWS's SDK passes it)" : ""}\n    ${reason}`);
  }
}
