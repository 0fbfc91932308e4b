/** The corpus in a tab: the logs that every home comes to. */

import { expect, onTestFinished, test } from "vitest";
import { createBrowserHost } from "../../../src/homes/browser/index.ts";
import { withDurableExecution } from "../../../src/lambda-compat/index.ts";
import { canonicalLog } from "../../corpus/canonical.ts";
import { expectedLog } from "../../corpus/expected.ts";
import expected from "../../corpus/logs.json" with { type: "json" };
import { runCorpus } from "../../corpus/run-corpus.ts";
import { functionsOf, plainFunctions } from "../../corpus/workflows.ts";

test("the corpus has the logs that are recorded, or differs as is declared", async () => {
  const functions = { ...functionsOf((handler) => withDurableExecution(handler)), ...plainFunctions };
  const host = createBrowserHost({ name: crypto.randomUUID(), functions });
  onTestFinished(() => host.close());
  const logs = await runCorpus(host.client);
  for (const [name, log] of Object.entries(expected)) {
    const seen = canonicalLog(logs.get(name) ?? []);
    expect.soft({ name, ...seen }).toEqual({ name, ...expectedLog("Chromium", name, log) });
  }
});
