/**
 * Writes the package as it is published. The root package.json is that of the workshop (private,
 * with a Node of its own among the optional dependencies); the published one is made from it here, and names only what
 * the built files really import.
 */

import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join } from "node:path";
import { build, type InlineConfig } from "tsdown";
import { root } from "./command.ts";
import { exportTargets, hasCommonJs, toCommonJs } from "./commonjs-build.ts";
import { buildConsole } from "./build-console.ts";
import { type PublicEntry, publicEntries, type RootPackage, readRootPackage } from "./entries.ts";
import { importsOf } from "./imports.ts";

/** The sources that the `imports` of package.json lead to, by condition, by their names in the package. */
function conditionalSources({ imports }: RootPackage): Readonly<Record<string, string>> {
  const paths = Object.values(imports).flatMap((byCondition) => Object.values(byCondition));
  return Object.fromEntries(paths.map((path) => [basename(path, ".ts"), path.slice(2)]));
}

/** Imports that mean another file in some places, as the package says it: in either form of module. */
function conditionalImports({ imports }: RootPackage): Readonly<Record<string, unknown>> {
  const inEitherForm = ([condition, path]: [string, string]) => {
    const name = `./${basename(path, ".ts")}`;
    return [condition, { require: `${name}.cjs`, default: `${name}.js` }] as const;
  };
  return Object.fromEntries(
    Object.entries(imports).map(([specifier, byCondition]) => [
      specifier,
      Object.fromEntries(Object.entries(byCondition).map(inEitherForm)),
    ]),
  );
}

/** Programs that are started, not imported: the commands by name, and what they start in turn. */
const commands: Readonly<Record<string, string>> = { perdure: "cli/perdure" };
const programs: readonly string[] = [...Object.values(commands), "homes/local/function-process"];
const programSources: Readonly<Record<string, string>> = Object.fromEntries(
  programs.map((name) => [name, `src/${name}.ts`]),
);

/** The console's page, as files that any host can serve. */
const consoleSite = "console/site";

/** The stack of the Lambda functions, for those who deploy without CDK. */
const template = "deploy/cloudformation.json";

const shipped: readonly string[] = ["README.md", "LICENSE", template];

/** Builds the package into a folder, which is emptied first. */
export async function buildPackage(folder: string): Promise<void> {
  const manifest = readRootPackage();
  const entries = publicEntries(manifest);
  const conditional = conditionalSources(manifest);
  const entry = { ...sources(entries), ...conditional, ...programSources };
  await build({ ...shared, entry, outDir: folder, format: "esm" });
  await build({
    ...shared,
    entry: { ...sources(entries.filter(hasCommonJs)), ...conditional },
    outDir: folder,
    clean: false,
    format: "cjs",
    plugins: [toCommonJs],
    // With a default export beside named ones, too: the linters ask for one.
    outputOptions: { exports: "named" },
  });
  await buildConsole(join(folder, consoleSite));
  mkdirSync(join(folder, dirname(template)));
  for (const file of shipped) copyFileSync(join(root, file), join(folder, file));
  const published = publishedManifest(manifest, entries, importedPackages(folder));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
}

const shared: InlineConfig = {
  cwd: root,
  config: false,
  tsconfig: "tsconfig.base.json",
  platform: "neutral",
  target: "es2022",
  dts: { generator: "oxc" },
  // A file for each module: a user's bundler then leaves out whole modules, which it cannot do inside shared chunks.
  unbundle: true,
  hash: false,
  // A field that has no value at its declaration gets one in the constructor; to declare it again costs bytes and time.
  // tsconfig.json would have the last word on it, and says nothing else that the code itself does not.
  inputOptions: {
    tsconfig: false,
    transform: { typescript: { onlyRemoveTypeImports: true, removeClassFieldsWithoutInitializer: true } },
  },
  // Packages that package.json names are left as imports; any other would be bundled, and is refused.
  deps: { neverBundle: [/^[a-z]+:/, /^#/], onlyBundle: [] },
  logLevel: "warn",
};

function sources(entries: readonly PublicEntry[]): Readonly<Record<string, string>> {
  return Object.fromEntries(entries.map(({ name, source }) => [name, source]));
}

/** Packages that built code or declarations import; runtime modules such as `node:` and `cloudflare:` are none. */
function importedPackages(folder: string): ReadonlySet<string> {
  const files = globSync("**/*.{js,d.ts}", { cwd: folder, exclude: (path) => path.startsWith(consoleSite) });
  const specifiers = files.flatMap((file) => importsOf(readFileSync(join(folder, file), "utf8"), file));
  return new Set(
    specifiers
      .map(({ specifier }) => specifier)
      .filter((specifier) => !/^[.#]/.test(specifier) && !/^[a-z]+:/.test(specifier) && !isBuiltin(specifier))
      .map((specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/")),
  );
}

function publishedManifest(
  manifest: RootPackage,
  entries: readonly PublicEntry[],
  imported: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  const { name, version, description, license, keywords, engines } = manifest;
  const named = { ...manifest.dependencies, ...manifest.peerDependencies };
  const unnamed = [...imported].filter((dependency) => !(dependency in named));
  if (unnamed.length > 0) {
    throw new Error(`dist imports ${unnamed.join(", ")}, which package.json names neither as dependency nor as peer`);
  }
  return {
    name,
    version,
    description,
    license,
    keywords,
    type: "module",
    sideEffects: false,
    engines,
    exports: {
      ...Object.fromEntries(entries.map((entry) => [entry.subpath, exportTargets(entry)])),
      [`./${consoleSite}/*`]: `./${consoleSite}/*`,
      "./package.json": "./package.json",
    },
    imports: conditionalImports(manifest),
    main: "./index.cjs",
    module: "./index.js",
    types: "./index.d.ts",
    bin: Object.fromEntries(Object.entries(commands).map(([command, path]) => [command, `./${path}.js`])),
    files: ["**/*.js", "**/*.cjs", "**/*.d.ts", "**/*.d.cts", `${consoleSite}/**`, template],
    dependencies: only(manifest.dependencies, imported),
    peerDependencies: only(manifest.peerDependencies, imported),
    peerDependenciesMeta: only(manifest.peerDependenciesMeta, imported),
  };
}

function only<T>(
  from: Readonly<Record<string, T>>,
  wanted: ReadonlySet<string>,
): Readonly<Record<string, T>> | undefined {
  const kept = Object.entries(from).filter(([key]) => wanted.has(key));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
