/**
 * Which public names, and which public members of them, have no doc comment. Read with the compiler, so that a comment
 * counts that is inherited from a base class or from an interface which is implemented.
 *
 * Public is what an entry exports. Not asked for are members that the language itself declares (the name of an error),
 * constructors, and the members of constants and of type literals: their type's own comment says what they are.
 */

import { dirname, join } from "node:path";
import ts from "typescript-js";

/** What is public and undocumented: "src/a.ts Name.member", in order. */
export function undocumented(
  program: ts.Program,
  { entries, isOwn }: { entries: readonly string[]; isOwn: (path: string) => boolean },
): readonly string[] {
  const checker = program.getTypeChecker();
  const missing = new Set<string>();
  const check = (symbol: ts.Symbol): void => {
    const isCommented =
      symbol.getDocumentationComment(checker).length > 0 || symbol.getJsDocTags(checker).some(({ text }) => text);
    if (!isCommented) missing.add(`${pathOf(symbol)} ${nameOf(symbol)}`);
  };
  for (const symbol of entries.flatMap((entry) => exportsOf(program, entry))) {
    if (!isOwn(pathOf(symbol))) continue;
    check(symbol);
    for (const member of membersOf(checker, symbol)) {
      if (isOwn(pathOf(member)) && !isForeign(checker, symbol, { member, isOwn })) check(member);
    }
  }
  return [...missing].toSorted();
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  types: [],
  strict: true,
};

/** Libraries are read once, since they are large. */
const libraries = new Map<string, ts.SourceFile | undefined>();

/**
 * The compiler's view of some modules and of all that they import by a relative path; packages are left out. `files` are
 * the texts of modules that are not on disk, by path.
 */
export function readProgram(entries: readonly string[], files: Readonly<Record<string, string>> = {}): ts.Program {
  const host = ts.createCompilerHost(options);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (path, version) => {
    const text = files[path];
    if (text !== undefined) return ts.createSourceFile(path, text, version);
    if (!path.includes("/node_modules/")) return readSource(path, version);
    if (!libraries.has(path)) libraries.set(path, readSource(path, version));
    return libraries.get(path);
  };
  host.resolveModuleNameLiterals = (literals, importer) =>
    literals.map(({ text }) => ({
      resolvedModule: text.startsWith(".")
        ? { resolvedFileName: join(dirname(importer), text), extension: ts.Extension.Ts }
        : undefined,
    }));
  return ts.createProgram({ rootNames: entries, options, host });
}

function exportsOf(program: ts.Program, entry: string): readonly ts.Symbol[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) return [];
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
}

/** The members of an interface or a class, inherited and static ones among them, without private and symbolic ones. */
function membersOf(checker: ts.TypeChecker, symbol: ts.Symbol): readonly ts.Symbol[] {
  if (!(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class))) return [];
  const members = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol));
  const statics =
    symbol.flags & ts.SymbolFlags.Class ? checker.getPropertiesOfType(checker.getTypeOfSymbol(symbol)) : [];
  return [...members, ...statics].filter(({ name }) => !/^(#|__|prototype$)/.test(name));
}

/** True if the language declares the member in a type above this one: the name of an error. */
function isForeign(
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
  { member, isOwn }: { member: ts.Symbol; isOwn: (path: string) => boolean },
): boolean {
  const isAbove = (type: ts.Type): boolean =>
    checker.getBaseTypes(type as ts.InterfaceType).some((base) => {
      const inherited = base.getProperty(member.name);
      return inherited !== undefined && (!isOwn(pathOf(inherited)) || isAbove(base));
    });
  return isAbove(checker.getDeclaredTypeOfSymbol(symbol));
}

/** A member with the type that declares it: "Name.member". */
function nameOf(symbol: ts.Symbol): string {
  const parent = symbol.declarations?.[0]?.parent;
  const isMember = parent !== undefined && (ts.isInterfaceDeclaration(parent) || ts.isClassDeclaration(parent));
  return isMember && parent.name ? `${parent.name.text}.${symbol.name}` : symbol.name;
}

function pathOf(symbol: ts.Symbol): string {
  return symbol.declarations?.[0]?.getSourceFile().fileName ?? "";
}
