import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runTool } from "../../scripts/command.ts";

test("a deploy of the Worker takes the playground along", async () => {
  const folder = await mkdtemp(join(tmpdir(), "perdure-deploy-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { code, output } = await runTool("wrangler", ["deploy", "--dry-run", "--outdir", folder], {
    capture: true,
    env: {
      CI: "true",
      NO_COLOR: "1",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_SEND_ERROR_REPORTS: "false",
      WRANGLER_LOG_PATH: join(folder, "logs"),
    },
  });
  expect(output).toMatch(/Read \d+ files from the assets directory/);
  expect(code).toBe(0);
});
