import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutation } from "./mutation.ts";

/** The files below `root` whose code is edited: path, relative to the root, and text. */
export function readSources(root: string): ReadonlyMap<string, string> {
  const paths = globSync("src/**/*.ts", { cwd: root }).filter((path) => !path.endsWith(".test.ts"));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/**
 * The file that an edit changes.
 *
 * @throws {Error} unless its code occurs exactly once.
 */
export function placeOf({ code, what }: Mutation, sources: ReadonlyMap<string, string>): string {
  const places = [...sources].flatMap(([path, text]) =>
    Array.from({ length: text.split(code).length - 1 }, () => path),
  );
  const [place] = places;
  if (place !== undefined && places.length === 1) return place;
  const found = places.length === 0 ? "nowhere" : `in ${places.join(", ")}`;
  throw new Error(`The code that "${what}" edits must occur once, and occurs ${found}:\n${code}`);
}
