import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutation, PlacedEdit } from "./mutation.ts";

/** The files below `root` whose code is edited: path, relative to the root, and text. */
export function readSources(root: string): ReadonlyMap<string, string> {
  const paths = globSync(["src/**/*.ts", "console/**/*.ts", "demo/playground/**/*.ts"], { cwd: root });
  const sources = paths.filter((path) => !path.endsWith(".test.ts"));
  return new Map(sources.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/**
 * The edits of a mutation with the files that they change.
 *
 * @throws {Error} unless the code of each occurs exactly once.
 */
export function editsOf(mutation: Mutation, sources: ReadonlyMap<string, string>): readonly PlacedEdit[] {
  const { code, becomes, also } = mutation;
  const edits = also === undefined ? [{ code, becomes }] : [{ code, becomes }, also];
  return edits.map((edit) => ({ ...edit, path: placeOf(edit.code, mutation, sources) }));
}

function placeOf(code: string, { what }: Mutation, sources: ReadonlyMap<string, string>): string {
  const places = [...sources].flatMap(([path, text]) =>
    Array.from({ length: text.split(code).length - 1 }, () => path),
  );
  const [place] = places;
  if (place !== undefined && places.length === 1) return place;
  const found = places.length === 0 ? "nowhere" : `in ${places.join(", ")}`;
  throw new Error(`The code that "${what}" edits must occur once, and occurs ${found}:\n${code}`);
}
