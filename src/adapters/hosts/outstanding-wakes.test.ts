import { expect, test } from "vitest";
import { OutstandingWakes } from "./outstanding-wakes.ts";

test("a message is sent if none is on its way that comes sooner, or at the same time", () => {
  const wakes = new OutstandingWakes();
  expect([wakes.add("f/1", 20, 0), wakes.add("f/1", 20, 0), wakes.add("f/1", 30, 0)]).toEqual([true, false, false]);
  expect([wakes.add("f/1", 10, 0), wakes.add("f/2", 30, 0)]).toEqual([true, true]);
});

test("what is due later is ordered when the message before it has come", () => {
  const wakes = new OutstandingWakes();
  wakes.add("f/1", 10, 0);
  wakes.forget("f/1", 10);
  expect([wakes.add("f/1", 30, 10), wakes.add("f/1", 30, 10)]).toEqual([true, false]);
});

test("a message that has come elsewhere, or was lost, stands in the way of none", () => {
  const wakes = new OutstandingWakes();
  wakes.add("f/1", 10, 0);
  expect([wakes.add("f/1", 30, 11), wakes.add("f/1", 40, 31)]).toEqual([true, true]);
});
