/** A process of its own for skipped-time.test.ts: the clock of a process that has other tests cannot be replaced twice. */

import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { withDurableExecution } from "../../src/lambda-compat/index.ts";

const handlerFunction = withDurableExecution(async (_event: unknown, context) => {
  const value = await context.step("a", async () => 1);
  await context.wait("pause", { hours: 1 });
  return value + 1;
});

for (let setup = 0; setup < 3; setup++) {
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: true });
  const result = await new LocalDurableTestRunner({ handlerFunction }).run();
  console.log(result.getStatus(), result.getResult());
  await LocalDurableTestRunner.teardownTestEnvironment();
}
process.exit();
