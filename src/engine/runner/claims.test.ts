import { expect, test } from "vitest";
import { SimulatedClock } from "../../testing/simulated-host.ts";
import type { Commit } from "../model/commit.ts";
import { Claims, Writer } from "./claims.ts";

const clock = new SimulatedClock();
const own = new Writer(clock.host());
const other = new Writer(clock.host());

function commitOf(writer: Writer, owner?: string): Commit {
  return { v: 2, writer: writer.next(), ...(owner === undefined ? {} : { owner }), at: 1, facts: [] };
}

test("one claim is valid at a time", () => {
  const claims = new Claims(own);
  const first = claims.make();
  const second = claims.make();
  expect([claims.holds(first), claims.holds(second)]).toEqual([false, true]);
  claims.revoke(first);
  expect(claims.holds(second)).toBe(true);
  claims.revoke(second);
  expect([claims.holds(second), claims.takeFence()]).toEqual([false, undefined]);
});

test("a commit by another owner ends a claim, and is told once by whom", () => {
  const claims = new Claims(own);
  const claim = claims.make();
  claims.note(commitOf(other));
  claims.note(commitOf(own, claim.owner));
  expect(claims.holds(claim)).toBe(true);
  claims.note(commitOf(other, other.next()));
  expect([claims.holds(claim), claims.takeFence(), claims.takeFence()]).toEqual([false, "ELSEWHERE", undefined]);
  claims.make();
  claims.note(commitOf(own, claim.owner));
  expect(claims.takeFence()).toBe("HERE");
  claims.note(commitOf(other, other.next()));
  expect(claims.takeFence(), "no claim is valid").toBeUndefined();
});
