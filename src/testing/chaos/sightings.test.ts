import { expect, test } from "vitest";
import { Sightings } from "./sightings.ts";

function see(
  sightings: Sightings,
  ...seen: readonly (readonly [what: string, value: string])[]
): (string | undefined)[] {
  const observe = sightings.observer();
  return seen.map(([what, value]) => observe(what, value));
}

test("takes the first observer's order for the order", () => {
  const sightings = new Sightings();
  expect(see(sightings, ["a", "1"], ["b", "2"])).toEqual([undefined, undefined]);
  expect(see(sightings, ["b", "2"], ["a", "1"])).toEqual([undefined, "a came after b, and before it once"]);
});

test("tells a value that has become another", () => {
  const sightings = new Sightings();
  see(sightings, ["a", "1"]);
  expect(see(sightings, ["a", "2"])).toEqual(["a was 1 and became 2"]);
});

test("lets an observer skip what lies in a context that is complete", () => {
  const sightings = new Sightings();
  see(sightings, ["a", "1"], ["b", "2"], ["c", "3"]);
  expect(see(sightings, ["a", "1"], ["c", "3"], ["d", "4"])).toEqual([undefined, undefined, undefined]);
});
