/** The article's file, unchanged, on a Worker: AWS's clients find everything by themselves, also after a kill. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { SeedWorld, until } from "./seed-world.ts";

const role = "arn:aws:iam::000000000000:role/transcode";
let world: SeedWorld;

beforeAll(async () => {
  // A job is done when it is first looked at: between two looks lies a minute.
  world = await SeedWorld.open({ progress: { polls: 1 } });
  world.standIns.objectStore.put("media", "calm.mov", { body: "a film" });
  world.standIns.objectStore.put("media", "killed.mov", { body: "a film" });
});

afterAll(() => world.close());

async function expectEncoded(arn: string, key: string): Promise<void> {
  const { Status, Result } = await world.untilEnded(arn);
  expect({ Status, result: JSON.parse(Result ?? "null") as unknown }).toEqual({
    Status: "SUCCEEDED",
    result: {
      status: "succeeded",
      jobId: expect.stringMatching(/^\d+-[0-9a-f]{6}$/) as unknown,
      output: `s3://media/encoded/${key}.mp4`,
    },
  });
  expect(world.standIns.log.count("mediaconvert:CreateJob", `${key}.mov`)).toBe(1);
}

test("runs to its end", async () => {
  const arn = await world.begin("transcode-video", "calm", { bucket: "media", key: "calm.mov", role });
  await expectEncoded(arn, "calm");
});

test("goes on after a kill, and creates no second job", async () => {
  const hold = world.standIns.log.hold(({ operation }) => operation === "mediaconvert:GetJob");
  const arn = await world.begin("transcode-video", "killed", { bucket: "media", key: "killed.mov", role });
  await hold.arrived;
  await until("the job to be recorded", async () =>
    (await world.history(arn)).some(({ EventType, Name }) => EventType === "StepSucceeded" && Name === "create-job"),
  );
  await world.kill();
  hold.release();
  await world.start();
  await expectEncoded(arn, "killed");
});
