/** Type-checks every part of the tree against the globals of the place where it runs: one tsconfig.json each. */

import { globSync } from "node:fs";
import { root, runTool } from "./command.ts";

const projects = globSync("**/tsconfig.json", {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist|\.wrangler)$/.test(path),
}).toSorted();

const results = await Promise.all(
  projects.map(async (project) => ({
    project,
    ...(await runTool("typescript", ["-p", project, "--pretty"], { capture: true })),
  })),
);
for (const { project, code, output } of results) {
  console.log(`${code === 0 ? "ok    " : "failed"} ${project}`);
  if (code !== 0) console.log(output);
}
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
