import { describe, test } from "vitest";
import { PageAlarm } from "../../../src/adapters/indexeddb/page-alarm.ts";
import { PageClock } from "../../../src/adapters/indexeddb/page-clock.ts";
import { alarmContract, type AlarmSubject } from "../../../src/testing/alarm-contract.ts";
import { applicable, type ContractException } from "../../../src/testing/contract.ts";

const subject: AlarmSubject = {
  open(wake) {
    const clock = new PageClock({ now: Date.now });
    const timer = clock.timer.bind(clock);
    return {
      alarm: new PageAlarm({ host: { now: Date.now, timer }, wake }),
      now: Date.now,
      pass: (at) => new Promise((resolve) => void timer(at, resolve)),
      close: () => clock.close(),
    };
  },
};

const notStored: readonly ContractException[] = alarmContract
  .filter(({ needs }) => needs === "restart")
  .map(({ name }) => ({
    name,
    reason: "What is due is read from the logs when a tab is opened; the reloads in test/e2e/browser hold that.",
  }));

const ownTab: readonly ContractException[] = alarmContract
  .filter(({ needs }) => needs === "several processes")
  .map(({ name }) => ({ name, reason: "Each tab has an alarm of its own and gives it one order after the other." }));

describe("the alarm of a page", () => {
  for (const { name, run } of applicable(alarmContract, [...notStored, ...ownTab]))
    test.concurrent(name, () => run(subject));
});
