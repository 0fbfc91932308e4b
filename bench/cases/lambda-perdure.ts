/** The smallest durable function, as it is deployed; see `lambda-section.ts`. */

import { withDurableExecution } from "../../src/lambda-compat/index.ts";

export const handler = withDurableExecution(async (_event, context) => context.step("step", async () => "done"));
