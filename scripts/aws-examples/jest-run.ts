/** Runs the examples' tests with Jest, for which they are written. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { root, runTool } from "../command.ts";

export interface ExampleRun {
  readonly folder: string;
  /** A folder that nobody else uses. */
  readonly scratch: string;
  /** The name of this run: no two have the same. */
  readonly name: string;
  /** The path of the package behind `@aws/durable-execution-sdk-js`. */
  readonly sdk: string;
  readonly env: Readonly<Record<string, string>>;
  /** Only the tests whose path one of them matches. */
  readonly patterns?: readonly string[];
  /** Only the tests whose name it matches. */
  readonly only?: string;
}

export interface ExampleResult {
  /** The file and the test's name in it, whatever the test ran on. */
  readonly name: string;
  readonly file: string;
  readonly passed: boolean;
  /** The beginning of why it has failed. */
  readonly reason: string;
}

const modules = join(root, "node_modules");
export const installedSdk: string = join(modules, "@aws/durable-execution-sdk-js");

/** Against a host the examples wait in real time: six attempts of a step with AWS's default strategy take two minutes. */
const TEST_TIMEOUT_MS = 240_000;
/** The tests mostly wait. */
const WORKERS = 4;
const REASON_LENGTH = 160;

/** Perdure in one file of CommonJS, as Jest takes it. */
export async function bundlePerdure(scratch: string): Promise<string> {
  const outfile = join(scratch, "perdure.cjs");
  await build({
    entryPoints: [join(root, "src/lambda-compat/index.ts")],
    outfile,
    bundle: true,
    format: "cjs",
    platform: "node",
    packages: "external",
    define: { "import.meta.url": JSON.stringify("file:///perdure.cjs") },
    logLevel: "error",
  });
  return outfile;
}

/** Files in which something fails run once more, by themselves: some of the tests race with real time. */
export async function runExamples(run: ExampleRun): Promise<readonly ExampleResult[]> {
  const first = await runOnce(run, WORKERS);
  const files = new Set(first.filter(({ passed }) => !passed).map(({ file }) => file));
  if (files.size === 0) return first;
  const patterns = [...files].map((file) => `/${file}\\.test\\.ts$`);
  const again = await runOnce({ ...run, name: `${run.name}-again`, patterns }, 1);
  return [...first.filter(({ file }) => !files.has(file)), ...again];
}

async function runOnce(run: ExampleRun, workers: number): Promise<readonly ExampleResult[]> {
  const place = join(run.scratch, run.name);
  mkdirSync(place);
  writeFileSync(join(place, "transform.cjs"), transform);
  writeFileSync(
    join(place, "jest.config.js"),
    `module.exports = ${JSON.stringify(configuration(run, place, workers))};\n`,
  );
  const outputFile = join(place, "results.json");
  const args = ["--no-watchman", "--rootDir", run.folder, "--config", join(place, "jest.config.js")];
  const asked = [...(run.only === undefined ? [] : ["--testNamePattern", run.only]), ...(run.patterns ?? [])];
  const { output } = await runTool("jest", [...args, "--json", "--outputFile", outputFile, ...asked], {
    cwd: place,
    capture: true,
    env: run.env,
  });
  return resultsOf(readResults(outputFile, output), run.folder);
}

/** Without the checks of types: which versions of AWS's packages a checkout was written for is its own affair. */
const transform = `const { transformSync } = require(${JSON.stringify(join(modules, "esbuild"))});
module.exports = {
  process: (source, sourcefile) =>
    transformSync(source, { loader: "ts", format: "cjs", target: "node22", sourcemap: "inline", sourcefile }),
};
`;

function configuration({ folder, sdk }: ExampleRun, place: string, workers: number): object {
  return {
    rootDir: folder,
    testMatch: ["**/src/examples/**/*.test.ts"],
    transform: { "\\.ts$": join(place, "transform.cjs") },
    moduleNameMapper: {
      "^@aws/durable-execution-sdk-js$": sdk,
      "^@aws/durable-execution-sdk-js-testing$": join(modules, "@aws/durable-execution-sdk-js-testing"),
    },
    modulePaths: [modules],
    cacheDirectory: join(place, "cache"),
    testTimeout: TEST_TIMEOUT_MS,
    silent: true,
    // AWS's runner leaves memory behind with each file, which would fill one process that ran them all.
    maxWorkers: workers,
    workerIdleMemoryLimit: "512MB",
  };
}

interface JestResults {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

function readResults(path: string, output: string): JestResults {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as JestResults;
  } catch (error) {
    throw new Error(`Jest has left no results:\n${output}`, { cause: error });
  }
}

/** A file of which nothing could run counts as one test. */
function resultsOf({ testResults }: JestResults, folder: string): readonly ExampleResult[] {
  return testResults.flatMap(({ name: path, status, message, assertionResults }) => {
    const file = relative(join(folder, "src/examples"), path).replace(/\.test\.ts$/, "");
    if (status === "failed" && assertionResults.every((result) => result.status !== "failed")) {
      return [{ name: file, file, passed: false, reason: beginningOf(message) }];
    }
    const ran = assertionResults.filter((result) => result.status === "passed" || result.status === "failed");
    return ran.map((result) => ({
      name: `${file}: ${result.title}`,
      file,
      passed: result.status === "passed",
      reason: beginningOf(result.failureMessages?.[0] ?? ""),
    }));
  });
}

function beginningOf(message: string): string {
  // oxlint-disable-next-line no-control-regex -- the colours of Jest
  const plain = message.replaceAll(/\u001b\[\d*m/g, "");
  return plain.trim().replaceAll(/\s+/g, " ").slice(0, REASON_LENGTH);
}
