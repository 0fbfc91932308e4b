import { describe, expect, test } from "vitest";
import { MemoryAlarm } from "../adapters/memory/memory-alarm.ts";
import type { Alarm } from "../engine/ports/alarm.ts";
import { alarmContract, type AlarmSubject } from "./alarm-contract.ts";
import { applicable, type ContractException } from "./contract.ts";
import { LateAlarm } from "./late-alarm.ts";
import { SimulatedClock } from "./simulated-host.ts";

const ORDER = { incarnation: "i", seq: 1 };

/** An alarm that tells when it was given what. */
function noted(clock: SimulatedClock) {
  const notes: string[] = [];
  const note = (what: string): void => void notes.push(`${clock.now()} ${what}`);
  const alarm: Alarm = { schedule: (id) => note(`schedule ${id}`), cancel: (id) => note(`cancel ${id}`) };
  return { alarm, note, notes };
}

test("an order takes effect late, and is acknowledged later still", async () => {
  const clock = new SimulatedClock({ startAt: 0 });
  const { alarm, note, notes } = noted(clock);
  const late = new LateAlarm(alarm, { host: clock.host(), seed: 3, longestDelayMs: 1000 });
  void late.schedule("a", 5000, ORDER).then(() => note("acknowledged"));
  await clock.runUntilIdle();
  const [given = 0, acknowledged = 0] = notes.map((each) => Number(each.split(" ")[0]));
  expect(notes.map((each) => each.slice(each.indexOf(" ") + 1))).toEqual(["schedule a", "acknowledged"]);
  expect(given).toBeGreaterThan(0);
  expect(acknowledged).toBeGreaterThan(given);
});

test("orders overtake each other, differently for each seed and alike for the same one", async () => {
  async function story(seed: number): Promise<string> {
    const clock = new SimulatedClock({ startAt: 0 });
    const { alarm, notes } = noted(clock);
    const late = new LateAlarm(alarm, { host: clock.host(), seed });
    for (let at = 0; at < 6; at++) void late.schedule(`${at}`, 5000, ORDER);
    void late.cancel("6", ORDER);
    await clock.runUntilIdle();
    return notes.map((each) => each.split(" ")[2]).join("");
  }
  const stories = await Promise.all([1, 2, 3, 4, 5].map(story));
  expect(await Promise.all([1, 2, 3, 4, 5].map(story))).toEqual(stories);
  expect(new Set(stories).size).toBeGreaterThan(2);
  expect(stories).not.toContain("0123456");
});

test("orders of a process that has died take effect as long as what carries them lives", async () => {
  const clock = new SimulatedClock({ startAt: 0 });
  const [network, process] = [clock.host(), clock.host()];
  const { alarm, notes } = noted(clock);
  void new LateAlarm(alarm, { host: network }).schedule("carried", 5000, ORDER);
  void new LateAlarm(alarm, { host: process }).schedule("lost", 5000, ORDER);
  process.kill();
  await clock.runUntilIdle();
  expect(notes.map((each) => each.split(" ")[2])).toEqual(["carried"]);
});

describe("a memory alarm that answers late", () => {
  const subject: AlarmSubject = {
    open(wake) {
      const clock = new SimulatedClock();
      const host = clock.host();
      const late = new LateAlarm(new MemoryAlarm({ host, wake }), { host, seed: 11, longestDelayMs: 20 });
      return {
        alarm: {
          schedule: (id, at, order) => clock.run(late.schedule(id, at, order)),
          cancel: (id, order) => clock.run(late.cancel(id, order)),
        },
        now: () => clock.now(),
        pass: (at) => clock.advanceTo(at),
      };
    },
  };
  const exceptions: readonly ContractException[] = alarmContract
    .filter(({ needs, name }) => needs === "restart" || name === "never wakes within the call that schedules")
    .map(({ name }) => ({ name, reason: "Time passes within the call: the clock is simulated." }));
  for (const { name, run } of applicable(alarmContract, exceptions)) test(name, () => run(subject));
});
