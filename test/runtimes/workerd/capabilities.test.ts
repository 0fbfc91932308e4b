/** On Durable Objects: what every home can do beside running workflows. */

import { env } from "cloudflare:workers";
import { test } from "vitest";
import { expectCapabilities } from "../../corpus/capabilities.ts";
import { app } from "./worker.ts";

test("a Worker has every capability", async () => {
  await expectCapabilities(app.client(env));
});
