import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../scripts/command.ts";
import { publicEntries, readRootPackage } from "../scripts/entries.ts";
import { readProgram, undocumented } from "./public-docs.ts";

test("what the package exports has a doc comment, and so have its members", () => {
  const source = join(root, "src/");
  const entries = publicEntries(readRootPackage()).map((entry) => join(root, entry.source));
  const found = undocumented(readProgram(entries), { entries, isOwn: (path) => path.startsWith(source) });
  const missing = found.map((name) => `src/${name.slice(source.length)}`);
  expect(missing).toEqual([]);
});

describe("the search for missing doc comments", () => {
  function search(files: Readonly<Record<string, string>>): readonly string[] {
    const entries = ["/src/index.ts"];
    return undocumented(readProgram(entries, files), { entries, isOwn: (path) => path.startsWith("/src/") });
  }

  test("names what is exported, under whatever name, and what is in it", () => {
    const a = `
      export interface A {
        b: string;
        /** c */
        c(): void;
      }
      export const hidden = 1;
      export type D = string;
    `;
    const found = search({ "/src/index.ts": `export { type A as E, type D } from "./a.ts";`, "/src/a.ts": a });
    expect(found).toEqual(["/src/a.ts A", "/src/a.ts A.b", "/src/a.ts D"]);
  });

  test("counts a comment that is inherited, and asks for an inherited member where it is declared", () => {
    const source = `
      /** I */
      export interface I {
        /** a */
        a: string;
        b: string;
      }
      /** J */
      export interface J extends I { c: string }
      /** C */
      export class C implements I {
        a = "";
        b = "";
        /** d */
        get d(): number { return 1; }
      }
    `;
    expect(search({ "/src/index.ts": source })).toEqual([
      "/src/index.ts C.b",
      "/src/index.ts I.b",
      "/src/index.ts J.c",
    ]);
  });

  test("asks for static members, and for no private ones, constructors, or what the language declares", () => {
    const source = `
      /** E */ export class E extends Error {
        override readonly name = "E"; static s = 1; #p = 1; code = "E";
        constructor() { super(); this.#p++; }
        [Symbol.toStringTag] = "E";
      }
    `;
    expect(search({ "/src/index.ts": source })).toEqual(["/src/index.ts E.code", "/src/index.ts E.s"]);
  });

  test("leaves the members of constants and of type literals to the comment of their type", () => {
    const source = `
      /** K */ export const K = { A: "A" } as const;
      /** L */ export type L = { readonly kind: "a"; readonly b: string };
    `;
    expect(search({ "/src/index.ts": source })).toEqual([]);
  });

  test("takes a tag with a text for a comment, and an empty one for none", () => {
    const source = "/** @deprecated Use b. */ export const a = 1;\n/** @internal */ export const c = 1;";
    expect(search({ "/src/index.ts": source })).toEqual(["/src/index.ts c"]);
  });
});
