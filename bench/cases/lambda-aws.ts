/** The same with AWS's SDK. */

import { withDurableExecution } from "@aws/durable-execution-sdk-js";

export const handler = withDurableExecution(async (_event, context) => context.step("step", async () => "done"));
