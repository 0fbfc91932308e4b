import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { describe, expect, test } from "vitest";
import { root, runTool } from "../../scripts/command.ts";
import { hasCommonJs } from "../../scripts/commonjs-build.ts";
import { publicEntries, readRootPackage } from "../../scripts/entries.ts";
import { importsOf } from "../../scripts/imports.ts";
import { packedPackage } from "./packed.ts";

const { folder, archive, files } = packedPackage();

function isModule(file: string): boolean {
  const [name = ""] = file.split(/\.(?:c?js|d\.c?ts)$/);
  return !name.endsWith(".test") && existsSync(join(root, "src", `${name}.ts`));
}

describe("the published package", () => {
  test("holds the built entries, the modules they are made of, their declarations and the papers, nothing else", () => {
    const filesOf = (name: string): string[] => [`${name}.js`, `${name}.d.ts`];
    const commonJsOf = (name: string): string[] => [`${name}.cjs`, `${name}.d.cts`];
    const entries = publicEntries(readRootPackage()).flatMap((entry) => [
      ...filesOf(entry.name),
      ...(hasCommonJs(entry) ? commonJsOf(entry.name) : []),
    ]);
    const conditional = Object.values(readRootPackage().imports)
      .flatMap((byCondition) => Object.values(byCondition))
      .map((path) => basename(path, ".ts"))
      .flatMap((name) => [...filesOf(name), ...commonJsOf(name)]);
    const page = files.filter((file) => file.startsWith("console/site/"));
    const others = files.filter((file) => ![...entries, ...conditional, ...page].includes(file) && !isModule(file));
    expect(page.map((file) => file.replace(/-[\w-]{8}\./, "-."))).toEqual(
      expect.arrayContaining([
        "console/site/index.html",
        "console/site/assets/index-.js",
        "console/site/assets/index-.css",
      ]),
    );
    expect(files).toEqual(expect.arrayContaining(entries));
    expect(others.toSorted()).toEqual(["LICENSE", "README.md", "deploy/cloudformation.json", "package.json"]);
  });

  test("brings nothing of the workshop: no scripts, no dev or optional dependencies", () => {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
    const workshop = ["private", "scripts", "devDependencies", "optionalDependencies", "overrides"];
    expect(workshop.filter((field) => field in manifest)).toEqual([]);
    expect(manifest).toMatchObject({ name: "perdure", license: "MIT", type: "module", sideEffects: false });
  });

  test("has declarations in which every import names a published file or a package", () => {
    const declarations = files.filter((file) => /\.d\.c?ts$/.test(file));
    const toSources = declarations.filter((file) =>
      importsOf(readFileSync(join(folder, file), "utf8"), file).some(({ specifier }) => /^\..*\.ts$/.test(specifier)),
    );
    expect(toSources).toEqual([]);
  });

  test("passes publint", async () => {
    const { messages, pkg } = await publint({ pkgDir: folder, strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test("has types that resolve wherever its code does", async () => {
    const modulesOnly = publicEntries(readRootPackage())
      .filter((entry) => !hasCommonJs(entry))
      .map(({ name }) => name);
    for (const options of [
      ["--profile", "esm-only", "--entrypoints", ...modulesOnly],
      ["--profile", "node16", "--exclude-entrypoints", ...modulesOnly],
    ]) {
      const { code, output } = await runTool(
        "@arethetypeswrong/cli",
        [archive, ...options, "--no-color", "--no-emoji", "--format", "ascii"],
        { capture: true },
      );
      expect(code, output).toBe(0);
    }
  });
});
