/** In a tab: what every home can do beside running workflows. */

import { onTestFinished, test } from "vitest";
import { createBrowserHost } from "../../../src/homes/browser/index.ts";
import { capabilities, expectCapabilities } from "../../corpus/capabilities.ts";

test("a tab has every capability", async () => {
  const host = createBrowserHost({ name: crypto.randomUUID(), functions: capabilities });
  onTestFinished(() => host.close());
  await expectCapabilities(host.client);
});
