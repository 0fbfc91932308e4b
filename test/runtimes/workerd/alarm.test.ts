import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, test } from "vitest";
import { ALARM_INCARNATION, alarmContract, type AlarmSubject } from "../../../src/testing/alarm-contract.ts";
import { applicable, type ContractException } from "../../../src/testing/contract.ts";
import { hooks, type StoreObject } from "./store-object.ts";

let opened = 0;

/** One object for each id, and other objects for each case. */
const subject: AlarmSubject = {
  open(wake) {
    const scope = `alarm-${opened++}`;
    const created = new Set<string>();
    hooks.wake = async (executionId) => wake(executionId.slice(scope.length + 1));

    async function objectOf(id: string): Promise<DurableObjectStub<StoreObject>> {
      const executionId = `${scope}/${id}`;
      const stub = env.STORES.get(env.STORES.idFromName(executionId));
      if (created.has(id)) return stub;
      created.add(id);
      await stub.create(rowOf(scope, id), "{}");
      return stub;
    }

    return {
      alarm: {
        schedule: async (id, at, order) => (await objectOf(id)).schedule(at, order),
        cancel: async (id, order) => (await objectOf(id)).cancel(order),
      },
      now: Date.now,
      pass: (at) => scheduler.wait(Math.max(0, at - Date.now())),
      async restart(downMs) {
        await abortAllDurableObjects();
        await scheduler.wait(downMs);
      },
    };
  },
};

/** Of an execution that has ended: one that runs is woken whenever its object comes up without an alarm. */
function rowOf(functionName: string, name: string) {
  const id = `${functionName}/${name}`;
  return {
    id,
    functionName,
    name,
    version: "1",
    incarnation: ALARM_INCARNATION,
    seq: 1,
    status: "SUCCEEDED",
    startedAt: 1,
  } as const;
}

const exceptions: readonly ContractException[] = alarmContract
  .filter(({ needs }) => needs === "several processes")
  .map(({ name }) => ({ name, reason: "An execution's own object gives all its orders, one after the other." }));

describe("the alarm of Durable Objects", () => {
  for (const contractCase of applicable(alarmContract, exceptions)) {
    test(contractCase.name, () => contractCase.run(subject));
  }
});
