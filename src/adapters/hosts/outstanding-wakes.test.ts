import { expect, test } from "vitest";
import { OutstandingWakes } from "./outstanding-wakes.ts";

test("a time is asked for once, until its message has come", () => {
  const wakes = new OutstandingWakes();
  expect([wakes.add("f/1", 10), wakes.add("f/1", 10), wakes.add("f/1", 20), wakes.add("f/2", 10)]).toEqual([
    true,
    false,
    true,
    true,
  ]);
  wakes.forget("f/1", 10);
  expect([wakes.add("f/1", 10), wakes.add("f/1", 20)]).toEqual([true, false]);
});

test("what other processes were woken by is forgotten when its time is past, so that nothing is kept for ever", () => {
  const wakes = new OutstandingWakes();
  for (const at of [10, 20, 30]) wakes.add("f/1", at);
  wakes.expire("f/1", 30);
  expect([wakes.add("f/1", 10), wakes.add("f/1", 30)]).toEqual([true, false]);
});
