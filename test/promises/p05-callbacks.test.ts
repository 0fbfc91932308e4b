/** P5: a callback is completed once, and the first wins; early, late, duplicate and unknown are typed outcomes. */

import { describe, expect, test } from "vitest";
import { callbackIdOf } from "../../src/engine/model/callback-id.ts";
import type { CallbackOutcome } from "../../src/engine/runner/client.ts";
import { FaultyStore } from "../../src/testing/faulty-store.ts";
import { EXECUTION_ID, programOf, World } from "./world.ts";

const YES: CallbackOutcome = { type: "SUCCEEDED", result: "yes" };
const NO: CallbackOutcome = { type: "FAILED", error: { errorType: "Refused", errorMessage: "no", errorData: "data" } };
const CLOSED = { code: "CallbackTimeoutException" };

/** One callback, and what became of it. */
const waiting = programOf(async (context) => {
  const [outcome] = await context.createCallback("question", {
    timeout: { minutes: 10 },
    heartbeatTimeout: { minutes: 2 },
  });
  const answer = await outcome.catch((error: unknown) => `${(error as Error).name}: ${(error as Error).message}`);
  await context.wait({ minutes: 1 });
  return answer;
});

async function opened(
  functions = waiting,
  options: Partial<ConstructorParameters<typeof World>[0]> = {},
): Promise<{ world: World; id: string }> {
  const world = new World({ functions, ...options });
  await world.runUntil(() => callbackOf(world) !== undefined);
  return { world, id: callbackOf(world) ?? "" };
}

function callbackOf(world: World): string | undefined {
  for (const operation of world.ledger.states.get(EXECUTION_ID)?.operations.values() ?? []) {
    if (operation.type === "CALLBACK") return operation.callbackId;
  }
  return undefined;
}

test("P5 the first outcome wins; a second one is told that it is too late", async () => {
  const { world, id } = await opened();
  await world.runner.completeCallback(id, YES);
  await expect(world.runner.completeCallback(id, NO)).rejects.toMatchObject(CLOSED);
  await expect(world.runner.completeCallback(id, YES)).rejects.toMatchObject(CLOSED);
  await expect(world.runner.completeCallback(id, { type: "HEARTBEAT" })).rejects.toMatchObject(CLOSED);
  expect((await world.run()).result).toBe("yes");
});

test("P5 of two at once one is recorded, and the other refused", async () => {
  for (const parks of [true, false]) {
    const { world, id } = await opened(waiting, { parks });
    const answers = await Promise.allSettled([
      world.runner.completeCallback(id, NO),
      world.runner.completeCallback(id, YES),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect((await world.run()).result).toBe("CallbackExternalError: no");
  }
});

test("P5 an outcome that comes before anybody awaits it is kept", async () => {
  const functions = programOf(async (context) => {
    const [outcome] = await context.createCallback("early");
    await context.wait({ hours: 1 });
    return outcome;
  });
  for (const parks of [true, false]) {
    const { world, id } = await opened(functions, { parks });
    await world.runner.completeCallback(id, YES);
    expect((await world.run()).result).toBe("yes");
  }
});

test("P5 after its timeout a callback is closed, even if nobody has recorded the timeout yet", async () => {
  const { world, id } = await opened();
  world.kill();
  await world.clock.advance(600_000);
  world.boot();
  await expect(world.runner.completeCallback(id, YES)).rejects.toMatchObject(CLOSED);
  expect((await world.run()).result).toMatch(/^CallbackTimeoutError: /);
});

test("P5 heartbeats put the end off, and only as far as the timeout", async () => {
  const { world, id } = await opened();
  for (let minute = 0; minute < 9; minute++) {
    await world.clock.advance(60_000);
    await world.runner.completeCallback(id, { type: "HEARTBEAT" });
  }
  expect(world.ledger.states.get(EXECUTION_ID)?.operations.get("1")?.status).toBe("STARTED");
  await world.clock.advance(60_000);
  expect(world.ledger.states.get(EXECUTION_ID)?.operations.get("1")?.status).toBe("TIMED_OUT");
  await expect(world.runner.completeCallback(id, { type: "HEARTBEAT" })).rejects.toMatchObject(CLOSED);
});

test("P5 once the execution has ended its callbacks are closed", async () => {
  const functions = programOf(async (context) => {
    await context.createCallback("nobody waits");
    return "over";
  });
  const { world, id } = await opened(functions);
  await world.run();
  await expect(world.runner.completeCallback(id, YES)).rejects.toMatchObject(CLOSED);
});

describe("P5 an id that was never given out is refused", () => {
  test("of an execution that runs", async () => {
    const { world, id } = await opened();
    const guess = callbackIdOf(EXECUTION_ID, "0".repeat(32));
    await expect(world.runner.completeCallback(guess, YES)).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
    await world.runner.completeCallback(id, YES);
  });

  test("of an execution that does not exist", async () => {
    const { world } = await opened();
    const stranger = callbackIdOf("program/stranger", "0".repeat(32));
    await expect(world.runner.completeCallback(stranger, YES)).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
  });

  test.each([
    "",
    "no base64!",
    "AAAA",
    "x".repeat(2000),
    "__proto__",
    Buffer.from("program/x\nshort").toString("base64"),
  ])("%j", async (id) => {
    const { world } = await opened();
    await expect(world.runner.completeCallback(id, YES)).rejects.toMatchObject({
      code: "InvalidParameterValueException",
    });
  });
});

test("P5 ids of different callbacks share nothing that could be guessed", async () => {
  const functions = programOf(async (context) => {
    await Promise.all(Array.from({ length: 50 }, () => context.createCallback()));
    return context.wait({ seconds: 1 });
  });
  const world = new World({ functions });
  await world.run();
  const randoms = [...(world.ledger.states.get(EXECUTION_ID)?.closedCallbacks ?? [])].map(
    (id) => Buffer.from(id, "base64").toString().split("\n")[1],
  );
  expect(randoms).toHaveLength(50);
  expect(new Set(randoms).size).toBe(50);
  for (const random of randoms) expect(random).toMatch(/^[0-9a-f]{32}$/);
});

test("P5 a completion whose acknowledgement was lost counts once", async () => {
  let store: FaultyStore | undefined;
  const { world, id } = await opened(waiting, { network: (ledger) => (store = new FaultyStore(ledger)) });
  store?.failNext("append", "UNACKNOWLEDGED");
  await world.runner.completeCallback(id, YES);
  await expect(world.runner.completeCallback(id, NO)).rejects.toMatchObject(CLOSED);
  expect((await world.run()).result).toBe("yes");
  const facts = world.ledger.bodies(EXECUTION_ID).join("\n");
  expect(facts.match(/"result":"yes"/g)).toHaveLength(1);
});

test("P5 a completion that the store refused may be tried again", async () => {
  let store: FaultyStore | undefined;
  const { world, id } = await opened(waiting, { network: (ledger) => (store = new FaultyStore(ledger)) });
  store?.failNext("append", "REFUSED");
  await expect(world.runner.completeCallback(id, NO)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await world.runner.completeCallback(id, YES);
  expect((await world.run()).result).toBe("yes");
});
