import { describe, expect, test } from "vitest";
import {
  cycles,
  forbiddenImports,
  indexImports,
  isImpure,
  type Layers,
  measureClasses,
  measureFunctions,
  places,
  spreadsList,
  toModule,
} from "./architecture-rules.ts";

const layers: Layers = {
  low: { path: "src/low/", imports: [] },
  left: { path: "src/left/", imports: ["low"], packages: ["idb"] },
  right: { path: "src/right/", imports: ["low"] },
};

const check = (path: string, source: string) => forbiddenImports([toModule(path, source)], layers);

describe("the architecture rules", () => {
  test("let a layer import itself, what it lists and its packages", () => {
    const source = `import { a } from "./a.ts"; import type { B } from "../low/b.ts"; import { openDB } from "idb";`;
    expect(check("src/left/c.ts", source)).toEqual([]);
  });

  test.for([
    ["an import upwards", "src/low/a.ts", `import { b } from "../left/b.ts";`, "low -> left"],
    ["an import sideways", "src/left/a.ts", `import { b } from "../right/b.ts";`, "left -> right"],
    ["a type import", "src/left/a.ts", `import type { B } from "../right/b.ts";`, "left -> right"],
    ["a re-export", "src/left/a.ts", `export { b } from "../right/b.ts";`, "left -> right"],
    ["a dynamic import", "src/left/a.ts", `const b = await import("../right/b.ts");`, "left -> right"],
    ["an import type", "src/left/a.ts", `export type B = import("../right/b.ts").B;`, "left -> right"],
    ["a package that is not listed", "src/right/a.ts", `import { openDB } from "idb";`, "right -> package"],
    ["a module of the runtime", "src/low/a.ts", `import { readFileSync } from "node:fs";`, "low -> package"],
    ["a file outside", "src/low/a.ts", `import { t } from "../../test/t.ts";`, "low -> no layer"],
  ] as const)("find %s", ([, path, source, arrow]) => {
    expect(check(path, source)).toEqual([expect.stringContaining(`(${arrow})`)]);
  });

  test("find a file of no layer", () => {
    expect(check("src/stray.ts", "")).toEqual(["src/stray.ts belongs to no layer"]);
  });

  test("find a cycle across files", () => {
    const modules = [
      toModule("src/a.ts", `import { b } from "./b.ts";`),
      toModule("src/b.ts", `import type { C } from "./c/c.ts";`),
      toModule("src/c/c.ts", `export { a } from "../a.ts";`),
    ];
    expect(cycles(modules)).toEqual([["src/a.ts", "src/b.ts", "src/c/c.ts", "src/a.ts"]]);
    expect(cycles(modules.slice(0, 2))).toEqual([]);
  });

  test("find an index.ts imported by what is no public entry", () => {
    const modules = [toModule("src/x/index.ts", `export { a } from "../y/index.ts";`)];
    expect(indexImports(modules, ["src/x/index.ts"])).toEqual([]);
    expect(indexImports(modules, [])).toEqual(["src/x/index.ts:1 imports ../y/index.ts"]);
  });

  test("find the clock and chance, and let a given time be", () => {
    const module = toModule("src/a.ts", "Date.now();\nnew Date();\nMath.random();\nnew Date(5);\nMath.max(1);");
    expect(places([module], isImpure)).toEqual(["src/a.ts:1", "src/a.ts:2", "src/a.ts:3"]);
  });

  test("find a list that is spread into a call, and let other spreads be", () => {
    const found = "a.push(...list);\nb.c.unshift(1, ...list);\nMath.min(...list);\nthis.#d.push(...list);\n";
    const module = toModule(
      "src/a.ts",
      `class C { e() {\n${found}f(...list);\na.push([...list]);\nMath.max(1, 2);\n} }`,
    );
    expect(places([module], spreadsList)).toEqual(["src/a.ts:2", "src/a.ts:3", "src/a.ts:4", "src/a.ts:5"]);
  });

  describe("measure a class", () => {
    const measure = (...lines: readonly string[]) => measureClasses([toModule("src/a.ts", lines.join("\n"))]);

    test("in lines that hold more than blanks and comments", () => {
      const lines = ["  // one", "", "  /** two */", "  /**", "   * three", "   */", "  b = 1; // four", "  *c() {}"];
      expect(measure("/** A. */", "class A {", ...lines, "}")).toMatchObject([{ name: "src/a.ts A", lines: 4 }]);
    });

    test.for([
      ["an assignment", "this.#b = 1;"],
      ["an assignment with an operator", "this.#b ??= 1;"],
      ["counting", "this.#b++;"],
      ["taking apart", "[{ x: this.#b = 2 }, ...this.#c] = list;", "#b", "#c"],
      ["another object of the class", "other.#b = 1;"],
    ] as const)("by the private fields that change: %s", ([, statement, ...fields]) => {
      const expected = fields.length === 0 ? ["#b"] : fields;
      expect(measure(`class A { #b; #c; d(list, other) { ${statement} } }`)[0]?.mutableFields).toEqual(expected);
    });

    test("by none that is only read, assigned in the declaration or the constructor, or not private", () => {
      const body =
        "#b = 1; #c; d; constructor() { this.#c = this.#b; } e() { this.d = this.#c; this.#c.f = this.#b + 1; }";
      expect(measure(`class A { ${body} }`)[0]?.mutableFields).toEqual([]);
    });

    test("by one that a function in the constructor assigns, which may run at any time", () => {
      const body = "#b; constructor(later) { later(() => { this.#b = 1; }); }";
      expect(measure(`class A { ${body} }`)[0]?.mutableFields).toEqual(["#b"]);
    });

    test("apart from the classes in it", () => {
      const inner = "class B { #c; d() { this.#c = 1; } }";
      expect(measure(`class A { #c; e() { return ${inner}; } }`)).toMatchObject([
        { name: "src/a.ts A", mutableFields: [] },
        { name: "src/a.ts B", mutableFields: ["#c"] },
      ]);
    });
  });

  test("measure the lines and the depth of functions", () => {
    const module = toModule("src/a.ts", "function a() {\n  const b = () => {\n    b();\n  };\n}\nclass C { d() {} }");
    expect(measureFunctions([module])).toEqual([
      { place: "src/a.ts:1", lines: 5, depth: 1 },
      { place: "src/a.ts:2", lines: 3, depth: 2 },
      { place: "src/a.ts:6", lines: 1, depth: 1 },
    ]);
  });
});
