import { describe, expect, test } from "vitest";
import { alarmContract, type AlarmSubject } from "../../testing/alarm-contract.ts";
import { applicable, type ContractException } from "../../testing/contract.ts";
import { SimulatedProcess } from "../../testing/crash.ts";
import { SimulatedClock } from "../../testing/simulated-host.ts";
import { systemHost } from "../hosts/system-host.ts";
import { type KeptAlarm, MemoryAlarm } from "./memory-alarm.ts";
import { MemoryStore } from "./memory-store.ts";

const simulated: AlarmSubject = {
  open(wake) {
    const clock = new SimulatedClock();
    const surviving = { clock, store: new MemoryStore(), alarms: new Map<string, KeptAlarm>() };
    let process = new SimulatedProcess(surviving);
    let alarm = process.alarm(wake);
    return {
      get alarm() {
        return alarm;
      },
      now: () => clock.now(),
      pass: (at) => clock.advanceTo(at),
      async restart(downMs) {
        process.kill();
        await clock.advance(downMs);
        process = new SimulatedProcess(surviving);
        alarm = process.alarm(wake);
      },
    };
  },
};

const real: AlarmSubject = {
  open(wake) {
    const host = systemHost();
    const alarm = new MemoryAlarm({ host, wake });
    return {
      alarm,
      now: host.now,
      pass: (at) => new Promise((resolve) => void host.timer(at, resolve)),
      close: () => alarm.close(),
    };
  },
};

const volatileExceptions: readonly ContractException[] = alarmContract
  .filter(({ needs }) => needs === "restart")
  .map(({ name }) => ({ name, reason: "Without kept alarms it lives in the memory of one process." }));

describe("a memory alarm in simulated time", () => {
  for (const { name, run } of applicable(alarmContract)) test(name, () => run(simulated));
});

describe("a memory alarm in real time", () => {
  for (const { name, run } of applicable(alarmContract, volatileExceptions)) test.concurrent(name, () => run(real));
});

const ORDER = { incarnation: "i", seq: 5 };

function setup(wake: (id: string) => unknown) {
  const clock = new SimulatedClock({ startAt: 0 });
  const kept = new Map<string, KeptAlarm>();
  return { clock, kept, alarm: new MemoryAlarm({ host: clock.host(), wake, kept }) };
}

test("an alarm whose wake was cut off by a crash comes again", async () => {
  const { clock, kept, alarm } = setup(() => new Promise(() => undefined));
  alarm.schedule("a", 10, ORDER);
  await clock.advance(20);
  alarm.close();
  expect([...kept.values()]).toEqual([{ id: "a", at: 10, ...ORDER }]);
  const woken: string[] = [];
  const next = new MemoryAlarm({ host: clock.host(), wake: (id) => woken.push(id), kept });
  await clock.advance(0);
  expect(woken).toEqual(["a"]);
  expect([...kept]).toEqual([]);
  next.close();
});

test("an alarm set while its wake runs is kept when the wake is over", async () => {
  const woken: number[] = [];
  const { clock, kept, alarm } = setup(async (id) => {
    woken.push(clock.now());
    if (woken.length === 1) alarm.schedule(id, 10, ORDER);
    if (woken.length === 2) alarm.schedule(id, 500, ORDER);
    await Promise.resolve();
  });
  alarm.schedule("a", 10, ORDER);
  await clock.advance(50);
  expect(woken).toEqual([10, 10]);
  expect([...kept.values()]).toEqual([{ id: "a", at: 500, ...ORDER }]);
});

test("a wake that keeps failing is tried ever less often, at least once a minute", async () => {
  const woken: number[] = [];
  const { clock, alarm } = setup(() => {
    woken.push(clock.now());
    throw new Error("not now");
  });
  alarm.schedule("a", 0, ORDER);
  await clock.advance(300_000);
  const gaps = woken.slice(1).map((at, index) => at - (woken[index] ?? 0));
  expect(gaps).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test("a closed alarm wakes nobody and takes no orders", async () => {
  const woken: string[] = [];
  const { clock, kept, alarm } = setup((id) => woken.push(id));
  alarm.schedule("a", 10, ORDER);
  alarm.close();
  alarm.schedule("b", 10, ORDER);
  alarm.cancel("a", ORDER);
  await clock.advance(100);
  expect(woken).toEqual([]);
  expect([...kept.values()]).toEqual([{ id: "a", at: 10, ...ORDER }]);
});

test("a late order that follows from fewer commits neither moves an alarm nor wakes by itself", async () => {
  const woken: number[] = [];
  const { clock, alarm } = setup(() => woken.push(clock.now()));
  alarm.schedule("a", 100, ORDER);
  alarm.schedule("a", 10, { ...ORDER, seq: 4 });
  await clock.advance(1000);
  expect(woken).toEqual([100]);
});

test("a cancel that follows from the same commit as a wake which failed is obeyed: that wake knew of it", async () => {
  let wakes = 0;
  const { clock, kept, alarm } = setup((id) => {
    wakes++;
    alarm.cancel(id, ORDER);
    throw new Error("not now");
  });
  alarm.schedule("a", 10, ORDER);
  await clock.advance(100_000);
  expect(wakes).toBe(1);
  expect([...kept]).toEqual([]);
});

test("a restart keeps what an alarm follows from", async () => {
  const woken: number[] = [];
  const wake = (): unknown => woken.push(clock.now());
  const { clock, kept, alarm } = setup(wake);
  alarm.schedule("a", 100, ORDER);
  alarm.close();
  const next = new MemoryAlarm({ host: clock.host(), wake, kept });
  next.cancel("a", { ...ORDER, seq: 4 });
  next.schedule("a", 10, { ...ORDER, seq: 4 });
  await clock.advance(1000);
  expect(woken).toEqual([100]);
});
