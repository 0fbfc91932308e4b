/**
 * `npm init` writes `"type": "commonjs"`, and then Node takes every .ts file for CommonJS, whatever stands in it. Whoever
 * writes `import` and `export` in TypeScript means a module: bundlers, and so Lambda's deployments, take it for one.
 */

import { readFileSync } from "node:fs";
import nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const IMPORTS = /^(?:import\s+[\w*{"'$]|import[{"'*]|export\s+(?!=)|export[{*])/m;
const COMMONJS = /\bmodule\.exports\b|\bexports\.\w+\s*=|\brequire\s*\(/;

/** From now on, of files outside of packages. Does nothing in a Node that loads no TypeScript. */
export function takeImportsForModules(): void {
  const { registerHooks } = nodeModule as Partial<typeof nodeModule>;
  registerHooks?.({
    load: (url, context, next) => next(url, isModule(url, context.format) ? asModule(context) : context),
  });
}

function asModule<Context extends object>(context: Context): Context & { format: string } {
  return { ...context, format: "module-typescript" };
}

function isModule(url: string, format: string | null | undefined): boolean {
  if (format !== "commonjs-typescript" || !url.startsWith("file:") || url.includes("/node_modules/")) return false;
  const text = readFileSync(fileURLToPath(url), "utf8");
  return IMPORTS.test(text) && !COMMONJS.test(text);
}
