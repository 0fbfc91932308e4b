/**
 * The CommonJS side of the package: for Jest, which does not load modules by `require`, and for what else calls it. Files
 * stand beside those of the modules. Where Node requires modules it takes those, by the condition `module-sync`, and so do
 * bundlers, by `module`: then there is one copy of each class, whichever way it is loaded.
 */

import type { Rolldown } from "tsdown";
import type { PublicEntry } from "./entries.ts";

/** Entries for places without `require`. */
const modulesOnly: ReadonlySet<string> = new Set(["cloudflare", "browser/clock"]);

export function hasCommonJs({ name }: Pick<PublicEntry, "name">): boolean {
  return !modulesOnly.has(name);
}

type Targets = Readonly<Record<string, unknown>>;

/** The targets of an entry in `exports`. */
export function exportTargets(entry: PublicEntry): Targets {
  const module = `./${entry.name}.js`;
  const asModule = { types: `./${entry.name}.d.ts`, default: module };
  if (!hasCommonJs(entry)) return asModule;
  return {
    import: asModule,
    require: {
      types: `./${entry.name}.d.cts`,
      module,
      workerd: module,
      "module-sync": module,
      default: `./${entry.name}.cjs`,
    },
    default: module,
  };
}

/**
 * Translates the forms that have another one in CommonJS and that the bundler leaves: `import()` of a name, which Jest
 * cannot do, and `import.meta`.
 */
export const toCommonJs: Rolldown.Plugin = {
  name: "to CommonJS",
  transform: (code) =>
    code.includes("import.meta") ? code.replaceAll("import.meta", "{ url: `file://${__filename}` }") : undefined,
  renderChunk: (code) => code.replaceAll(/\bimport\(("[^"]+")\)/g, "Promise.resolve().then(() => require($1))"),
};
