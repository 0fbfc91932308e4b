import { join } from "node:path";
import { expect, test } from "vitest";
import { runTool } from "../../scripts/command.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("a deploy of the Worker takes the playground along", async () => {
  const folder = temporaryFolder("deploy");
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
