import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript-js";
import { expect, test } from "vitest";
import { readDeclarations } from "../../scripts/playground-declarations.ts";
import { packedPackage } from "./packed.ts";

/** Every export of a declaration file, with its type as text. */
function exportsOf(path: string): Readonly<Record<string, string>> {
  const program = ts.createProgram([path], { module: ts.ModuleKind.ESNext, skipLibCheck: true, noEmit: true });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(path);
  const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${path} is no module`);
  return Object.fromEntries(
    checker.getExportsOfModule(module).map((symbol) => [symbol.name, typeOf(symbol, checker)] as const),
  );
}

function typeOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const type =
    target.flags & ts.SymbolFlags.Value ? checker.getTypeOfSymbol(target) : checker.getDeclaredTypeOfSymbol(target);
  const text = (each: ts.Type): string => checker.typeToString(each, undefined, ts.TypeFormatFlags.NoTruncation);
  const members = type.getProperties().map((member) => `${nameOf(member)}: ${text(checker.getTypeOfSymbol(member))}`);
  return [text(type), ...members].join("\n");
}

/** The numbers of well-known symbols differ from program to program. */
function nameOf({ name }: ts.Symbol): string {
  return name.replace(/^__@(\w+)@\d+$/, "[$1]");
}

test("the playground's editor knows perdure by the types that are published", async () => {
  const { folder } = packedPackage();
  const playground = join(folder, "..", "playground");
  const files = await perdureFiles();
  for (const [name, text] of files) {
    mkdirSync(dirname(join(playground, name)), { recursive: true });
    writeFileSync(join(playground, name), text);
    expect(text, name).not.toMatch(/^(import|export) .* from "(?!\.)/m);
  }
  const known = exportsOf(join(playground, "index.d.ts"));
  expect(Object.keys(known).length).toBeGreaterThan(100);
  expect(known["DurableContext"]).toContain("waitForCallback");
  expect(known).toEqual(exportsOf(join(folder, "index.d.ts")));
  expect(exportsOf(join(playground, "schedules.d.ts"))).toEqual(exportsOf(join(folder, "schedules.d.ts")));
});

/** The editor's declarations of perdure, by their places in the package. */
async function perdureFiles(): Promise<readonly (readonly [name: string, text: string])[]> {
  const root = "/node_modules/perdure/";
  return Object.entries(await readDeclarations())
    .filter(([path]) => path.startsWith(root) && path.endsWith(".d.ts"))
    .map(([path, text]) => [path.slice(root.length), text] as const);
}
