/** What takes minutes of two cores: `npm run test:slow` runs it, `npm test` says that it does not. */

/** Files of tests in Node and across processes. */
export const slowFiles: readonly string[] = [
  "test/aws/chaos/every-point.test.ts",
  "test/aws/chaos/lambda-chaos.test.ts",
  "test/aws/dynamodb-local.test.ts",
  "test/aws/home/home.test.ts",
  "test/aws/native/native.test.ts",
  "test/aws/native/upgrade.test.ts",
  "test/cli/lifecycle.test.ts",
  "test/e2e/browser/firefox.test.ts",
  "test/e2e/browser/webkit.test.ts",
  "test/e2e/console.test.ts",
  "test/e2e/console-aws.test.ts",
  "test/e2e/console-axe.test.ts",
  "test/e2e/console-keyboard.test.ts",
  "test/e2e/console-operator.test.ts",
  "test/e2e/console-worker.test.ts",
  "test/e2e/deploys.test.ts",
  "test/e2e/playground.test.ts",
  "test/e2e/playground-editor.test.ts",
  "test/e2e/playground-examples.test.ts",
  "test/e2e/playground-newcomer.test.ts",
  "test/e2e/playground-repair.test.ts",
  "test/e2e/playground-security.test.ts",
  "test/e2e/start.test.ts",
];

/** Files that all browsers run, and Chromium alone in `npm test`. */
export const slowPages: readonly string[] = [
  "test/runtimes/browser/corpus.test.ts",
  "test/runtimes/browser/host.test.ts",
];

/** Files that try a twentieth of their cases in `npm test`, and all of them in the slow run. */
export const longerFiles: readonly string[] = ["test/http/fuzz.test.ts"];

/** Whether this run is the slow one. */
export const isSlowRun: boolean = process.env["SLOW"] === "true";
