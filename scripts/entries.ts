/** The public entries, as package.json's `exports` lists them: the one place where an entry is added or removed. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./command.ts";

export interface RootPackage {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly keywords: readonly string[];
  readonly engines: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  /** By specifier, then by condition: the TypeScript source. */
  readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface PublicEntry {
  /** The name that users import: "perdure", "perdure/cloudflare". */
  readonly specifier: string;
  /** The key in `exports`: ".", "./cloudflare". */
  readonly subpath: string;
  /** Its name in dist: "index", "cloudflare". */
  readonly name: string;
  /** The TypeScript source, from the root of the repository. */
  readonly source: string;
}

export function readRootPackage(): RootPackage {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as RootPackage;
}

export function publicEntries(manifest: RootPackage): readonly PublicEntry[] {
  return Object.entries(manifest.exports)
    .filter(([subpath]) => subpath !== "./package.json")
    .map(([subpath, source]) => ({
      specifier: manifest.name + subpath.slice(1),
      subpath,
      name: subpath === "." ? "index" : subpath.slice(2),
      source: source.slice(2),
    }));
}
