/** The corpus on Durable Objects: the logs that every home comes to. */

import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { canonicalLog } from "../../corpus/canonical.ts";
import { expectedLog } from "../../corpus/expected.ts";
import text from "../../corpus/logs.json?raw";
import { runCorpus } from "../../corpus/run-corpus.ts";
import { app } from "./worker.ts";

test("the corpus has the logs that are recorded, or differs as is declared", async () => {
  const logs = await runCorpus(app.client(env));
  for (const [name, log] of Object.entries(JSON.parse(text) as object)) {
    const seen = canonicalLog(logs.get(name) ?? []);
    expect.soft({ name, ...seen }).toEqual({ name, ...expectedLog("workerd", name, log) });
  }
});
