/** Code out of documents: each block names its file in its first line. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, runTool } from "../../scripts/command.ts";

/** The TypeScript blocks of a document, by file name. */
export function codeBlocks(markdown: string): Map<string, string> {
  const found = markdown.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g);
  return new Map([...found].map(([, name = "", code = ""]) => [name, code]));
}

/** Type-checks the files of a folder below this project's as a user's; answers what the compiler says. */
export async function compile(folder: string): Promise<string> {
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: {
      lib: ["ES2024", "DOM"],
      types: ["node", "@cloudflare/workers-types"],
      noEmit: true,
      skipLibCheck: true,
    },
    include: [join(folder, "*.ts")],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await runTool("typescript", ["-p", folder], { capture: true });
  return code === 0 ? output : `${output}\nexit code ${code}`;
}
