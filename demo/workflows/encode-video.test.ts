/** The seed workflow on perdure, in virtual time: hours pass at once, and every wait ends in a replay from the log. */

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { DurableTestRunner } from "perdure/testing";
import { startStandIns, type StandIns } from "../stand-ins/stand-ins.ts";
import { encodeVideo } from "./encode-video.ts";
import { encodeCases } from "./encode-video-cases.ts";

vi.stubEnv("AWS_LAMBDA_LOG_LEVEL", "ERROR");

let standIns: StandIns;

beforeAll(async () => {
  standIns = await startStandIns();
  for (const [name, value] of Object.entries(standIns.environment)) vi.stubEnv(name, value);
});

afterAll(async () => {
  await standIns.close();
});

beforeEach(() => {
  standIns.log.clear();
  standIns.objectStore.createBucket("media");
});

test.for(encodeCases)("$name", async ({ event, height, answer, result, calls, operations }) => {
  if (height !== undefined) standIns.objectStore.put(event.bucket, event.key, { body: "a film", metadata: { height } });
  // The AWS SDK repeats a request whose time is not the service's.
  const runner = new DurableTestRunner(encodeVideo, { realDate: true });
  if (answer !== undefined) runner.onCallback("approval", (callback) => callback.succeed(answer));
  const ended = await runner.run({ payload: event });
  expect(ended).toMatchObject({ status: "SUCCEEDED", result });
  const counts = Object.keys(calls).map((operation) => [operation, standIns.log.count(operation)]);
  expect(Object.fromEntries(counts)).toEqual(calls);
  const names = new Set(ended.operations.map(({ name }) => name));
  expect([...names].filter((name) => operations.includes(name ?? ""))).toEqual(operations);
});

test("takes the time that it says it takes", async () => {
  standIns.objectStore.put("media", "slow.mov", { body: "a film", metadata: { height: "720" } });
  const runner = new DurableTestRunner(encodeVideo);
  runner.onCallback("approval", async (callback) => {
    await runner.advance({ hours: 23 });
    await callback.succeed('{"approved":true}');
  });
  const startedAt = runner.clock.now();
  const { status } = await runner.run({ payload: { bucket: "media", key: "slow.mov" } });
  expect(status).toBe("SUCCEEDED");
  const twoPolls = 2 * 60_000;
  expect(runner.clock.now() - startedAt).toBe(23 * 3_600_000 + twoPolls);
});
