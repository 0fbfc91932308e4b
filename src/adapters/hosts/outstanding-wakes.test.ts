import { expect, test } from "vitest";
import { OutstandingWakes } from "./outstanding-wakes.ts";

test("a message is sent if none is on its way that comes sooner, or at the same time", () => {
  const wakes = new OutstandingWakes();
  expect([wakes.add("f/1", 2000, 0), wakes.add("f/1", 2000, 0), wakes.add("f/1", 3000, 0)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([wakes.add("f/1", 1000, 0), wakes.add("f/2", 3000, 0)]).toEqual([true, true]);
});

test("what is due later is ordered when the message before it has come", () => {
  const wakes = new OutstandingWakes();
  wakes.add("f/1", 1000, 0);
  wakes.forget("f/1", 1000);
  expect([wakes.add("f/1", 3000, 1000), wakes.add("f/1", 3000, 1000)]).toEqual([true, false]);
});

test("a message that has come elsewhere, or was lost, stands in the way of none", () => {
  const wakes = new OutstandingWakes();
  wakes.add("f/1", 1000, 0);
  expect([wakes.add("f/1", 3000, 1001), wakes.add("f/1", 4000, 3001)]).toEqual([true, true]);
});

test("a message that may have come elsewhere, by a clock that is ahead, stands in the way of none", () => {
  const wakes = new OutstandingWakes();
  wakes.add("f/1", 1000, 0);
  expect([wakes.add("f/1", 3000, 249), wakes.add("f/1", 3000, 250)]).toEqual([false, true]);
  expect([wakes.add("f/1", 1000, 999), wakes.add("f/1", 3000, 999)]).toEqual([false, false]);
});
