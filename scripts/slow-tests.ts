/**
 * The tests that take minutes of two cores: `npm run test:slow` runs them. Of most kinds `npm test` runs a short
 * sample, and it names those that it leaves out.
 */

/** Files of tests in Node and across processes of which `npm test` runs a sample: those that ask for `sampled`, or whether the run is the slow one. */
export const sampledFiles: readonly string[] = [
  "test/aws/chaos/every-point.test.ts",
  "test/aws/chaos/lambda-chaos.test.ts",
  "test/aws/dynamodb-local.test.ts",
  "test/aws/home/home.test.ts",
  "test/aws/native/native.test.ts",
  "test/aws/native/upgrade.test.ts",
  "test/cli/aws-cli.test.ts",
  "test/cli/lifecycle.test.ts",
  "test/e2e/wrangler-routes.test.ts",
  "test/http/fuzz.test.ts",
];

/** Files of which `npm test` runs nothing. */
export const slowFiles: readonly string[] = [
  "test/e2e/browser/firefox.test.ts",
  "test/e2e/browser/webkit.test.ts",
  "test/e2e/console.test.ts",
  "test/e2e/console-aws.test.ts",
  "test/e2e/console-axe.test.ts",
  "test/e2e/console-graph.test.ts",
  "test/e2e/console-keyboard.test.ts",
  "test/e2e/console-operator.test.ts",
  "test/e2e/console-worker.test.ts",
  "test/e2e/deploys.test.ts",
  "test/e2e/playground.test.ts",
  "test/e2e/playground-deeds.test.ts",
  "test/e2e/playground-editor.test.ts",
  "test/e2e/playground-examples.test.ts",
  "test/e2e/playground-newcomer.test.ts",
  "test/e2e/playground-repair.test.ts",
  "test/e2e/playground-security.test.ts",
  "test/e2e/start.test.ts",
  "test/package/next.test.ts",
];

/** Files that all browsers run, and Chromium alone in `npm test`. */
export const slowPages: readonly string[] = [
  "test/runtimes/browser/corpus.test.ts",
  "test/runtimes/browser/host.test.ts",
];

/** True if this run is the slow one. */
export const isSlowRun: boolean = process.env["SLOW"] === "true";

/** All of the cases in the slow run, the first so many of them in `npm test`. */
export function sampled<T>(cases: readonly T[], count: number): readonly T[] {
  return isSlowRun ? cases : cases.slice(0, count);
}

/** Declares tests that the slow run alone has. */
export function inFull(declare: () => void): void {
  if (isSlowRun) declare();
}
