import { expect, test } from "vitest";
import { type Call, HostClock } from "./host-clock.ts";

const NOON = Date.UTC(2026, 5, 1, 12);
const HOUR = 3_600_000;

/** An answer of a host whose clock says `says` half of the way through the call. */
function dated(says: number): Headers {
  return new Headers({ date: new Date(says).toUTCString(), "x-amzn-requestid": "r" });
}

function call(sentAt: number, tookMs: number): Call {
  return { sentAt, receivedAt: sentAt + tookMs };
}

test("the browser's clock counts until a host has answered, and as long as the two may agree", () => {
  const clock = new HostClock();
  expect(clock.at(NOON)).toBe(NOON);
  // A date has no milliseconds: these are no difference.
  for (let ms = 0; ms < 5_000; ms += 130) clock.read(dated(NOON + ms), call(NOON + ms - 40, 90));
  expect(clock.at(NOON + 7)).toBe(NOON + 7);
});

test("a clock that differs is known the better the more answers there are", () => {
  const clock = new HostClock();
  const ahead = 3 * HOUR + 250;
  clock.read(dated(NOON + ahead), call(NOON - 40, 80));
  expect(Math.abs(clock.at(NOON) - NOON - ahead)).toBeLessThan(1_100);
  for (let ms = 0; ms < 20_000; ms += 370) clock.read(dated(NOON + ms + ahead), call(NOON + ms - 40, 80));
  expect(Math.abs(clock.at(NOON) - NOON - ahead)).toBeLessThan(150);
  const behind = new HostClock();
  behind.read(dated(NOON - HOUR), call(NOON, 10));
  expect(Math.abs(behind.at(NOON) - NOON + HOUR)).toBeLessThan(1_100);
});

test("what was known counts no more when a clock was put forward", () => {
  const clock = new HostClock();
  clock.read(dated(NOON), call(NOON, 10));
  clock.read(dated(NOON + HOUR), call(NOON + 5_000, 10));
  expect(clock.at(NOON + 5_000)).toBeGreaterThan(NOON + HOUR - 1_100);
  clock.read(dated(NOON + 10_000), call(NOON + 10_000, 10));
  expect(clock.at(NOON + 10_000)).toBe(NOON + 10_000);
});

test("an emulator's clock is told exactly, runs as fast as it says, and no other date counts beside it", () => {
  const clock = new HostClock();
  clock.read(new Headers({ "x-perdure-clock": `${NOON + HOUR}, 60` }), call(NOON - 10, 10));
  clock.read(dated(NOON), call(NOON, 10));
  expect(clock.at(NOON)).toBe(NOON + HOUR);
  expect(clock.at(NOON + 1_000)).toBe(NOON + HOUR + 60_000);
});

test("neither what stands between nor nonsense tells the time", () => {
  const clock = new HostClock();
  clock.read(new Headers({ date: new Date(NOON + HOUR).toUTCString() }), call(NOON, 10));
  clock.read(new Headers({ date: "soon", "x-amzn-requestid": "r" }), call(NOON, 10));
  for (const text of ["", "soon", "1,", "x,1", "1,0", "1,-1"]) {
    clock.read(new Headers({ "x-perdure-clock": text }), call(NOON, 10));
  }
  expect(clock.at(NOON)).toBe(NOON);
});
