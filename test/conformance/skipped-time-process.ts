/**
 * A process of its own for skipped-time.test.ts: the clock of a process that has other tests cannot be replaced twice.
 * With the argument "late" it loads the package when the clock has been replaced already, as a test does that imports
 * what it tests after the set-up.
 */

import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";

const isLate = process.argv[2] === "late";
const load = () => import("../../src/lambda-compat/index.ts");
if (!isLate) await load();
// Nothing that hangs outlives its test.
setTimeout(() => process.exit(1), 30_000);

for (const skipTime of [true, true, false, true]) {
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime });
  const { withDurableExecution } = await load();
  const handlerFunction = withDurableExecution(async (_event: unknown, context) => {
    const value = await context.step("a", async () => 1);
    await context.wait("pause", skipTime ? { hours: 1 } : { seconds: 1 });
    return value + 1;
  });
  const result = await new LocalDurableTestRunner({ handlerFunction }).run();
  console.log(result.getStatus(), result.getResult());
  await LocalDurableTestRunner.teardownTestEnvironment();
}
process.exit();
