/** What a checkpoint is answered: news that its invocation has not taken, or that it has lost the execution. */

import { expect, test } from "vitest";
import { encodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { LOG_FORMAT_VERSION } from "../../src/engine/model/commit.ts";
import type { CallbackOperation } from "../../src/engine/model/operation.ts";
import type { OperationUpdate } from "../../src/engine/model/update.ts";
import type { ExecutionStore } from "../../src/engine/ports/execution-store.ts";
import type { InvocationRequest } from "../../src/engine/runner/function.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import { FencedError } from "../../src/engine/replay/faults.ts";
import { Gate, Processes, storeWith } from "./processes.ts";

const id = "held/one";
const start: OperationUpdate = { id: "1", type: "STEP", action: "START", subType: "Step" };

/** An execution whose invocations do what the test does with their requests. */
async function held(store: (world: Processes) => ExecutionStore) {
  const world = new Processes();
  const requests: InvocationRequest[] = [];
  const invoke = (request: InvocationRequest) => {
    requests.push(request);
    return { output: new Promise<never>(() => {}), absorb: () => false, leaveOff: () => false, abandon: () => {} };
  };
  const runner = new Runner({
    store: store(world),
    alarm: { schedule: () => {}, cancel: () => {} },
    host: world.clock.host(),
    functions: new Map([["held", { latest: "1", versions: new Map([["1", { kind: "durable", invoke }]]) }]]),
    arnOf: ({ id: execution }) => execution,
  });
  await runner.start({ functionName: "held", name: "one" });
  await world.clock.settle();
  return { world, runner, requests };
}

test("it is refused when another owner has gone on from its write before that was found", async () => {
  const { requests } = await held(({ disk }) =>
    storeWith(disk, {
      append: async (_, seq, body, incarnation) => {
        disk.append(id, seq, body, incarnation);
        const other = { v: LOG_FORMAT_VERSION, writer: "other.1", owner: "other.2", at: 1, facts: [] } as const;
        disk.append(id, seq + 1, encodeCommit(other), incarnation);
        throw new Error("no answer");
      },
    }),
  );
  await expect(requests[0]?.client.checkpoint([start])).rejects.toBeInstanceOf(FencedError);
});

test("it is refused when its process has stood down while the write was under way", async () => {
  const gate = new Gate();
  const { world, runner, requests } = await held(({ disk }) =>
    storeWith(disk, {
      append: async (...args) => {
        const answer = disk.append(...args);
        await gate.passed;
        return answer;
      },
    }),
  );
  const answered = requests[0]?.client.checkpoint([start]);
  await runner.standDown(id);
  gate.open();
  await expect(answered).rejects.toBeInstanceOf(FencedError);
  await world.clock.settle();
  expect(world.story(id)).toContain("STARTED 1");
});

test("it tells what has changed outside since the last one, to an invocation that takes no changes in between", async () => {
  const { runner, requests } = await held(({ disk }) => disk);
  const { client } = requests[0]!;
  await client.checkpoint([{ id: "1", type: "CALLBACK", action: "START", subType: "Callback" }]);
  const { operations } = await runner.state(id, { limit: 10 });
  const [callback] = operations.filter(({ type }) => type === "CALLBACK") as readonly CallbackOperation[];
  await runner.completeCallback(callback!.callbackId, { type: "SUCCEEDED", result: "yes" });
  const [changed] = await client.checkpoint([]);
  expect(changed).toMatchObject({ id: "1", status: "SUCCEEDED", result: "yes" });
  expect(await client.checkpoint([])).toEqual([]);
});

test("an SDK elsewhere gets an answer without a token once another process runs the execution, and no other SDK does", async () => {
  const { runner, requests, world } = await held(({ disk }) => disk);
  const { token } = requests[0]!;
  const next = await runner.checkpoint(id, { token, updates: [start] });
  expect(next.token).toMatch(/^[0-9a-f]{32}$/);
  const other = { v: LOG_FORMAT_VERSION, writer: "other.1", owner: "other.2", at: 1, facts: [] } as const;
  const { incarnation } = await runner.describe(id);
  world.disk.append(id, 3, encodeCommit(other), incarnation);
  await runner.describe(id);
  expect(await runner.checkpoint(id, { token: next.token!, updates: [] })).toEqual({ operations: [] });
  for (const wrong of [token, "guessed"]) {
    await expect(runner.checkpoint(id, { token: wrong, updates: [] })).rejects.toThrow("Invalid Checkpoint Token");
  }
});

test("an SDK elsewhere gets an answer without a token when its own checkpoint finds another process", async () => {
  const { runner, requests, world } = await held(({ disk }) => disk);
  const other = { v: LOG_FORMAT_VERSION, writer: "other.1", owner: "other.2", at: 1, facts: [] } as const;
  const { incarnation } = await runner.describe(id);
  world.disk.append(id, 2, encodeCommit(other), incarnation);
  const answer = await runner.checkpoint(id, { token: requests[0]!.token, updates: [start] });
  expect(answer).toEqual({ operations: [] });
});
