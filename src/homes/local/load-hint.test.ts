import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../../scripts/command.ts";

const HINT = new URL("load-hint.ts", import.meta.url).href;

test("a fault of syntax in an imported file is told with its file, its line and the code", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-hint-"));
  writeFileSync(join(folder, "price.ts"), "export const a = 1;\nexport const b = ;\n");
  writeFileSync(join(folder, "order.ts"), 'export * from "./price.ts";\n');
  const program = `
    import { loadHint } from ${JSON.stringify(HINT)};
    await import(${JSON.stringify(join(folder, "order.ts"))}).catch((error) => console.log(loadHint(error)));
  `;
  const { output } = await run(process.execPath, ["--no-warnings", "--input-type=module", "-e", program], {
    capture: true,
  });
  expect(output).toContain(`${join(folder, "price.ts")}:2\n`);
  expect(output).toContain("export const b = ;");
});
