/**
 * The seed workflow survives the death of everything that runs it. Each test kills wrangler and workerd with SIGKILL at
 * a point of its own, starts them again on the same disk, and finds what an undisturbed execution finds. The stand-ins
 * stay up and count: what was completed before the kill is not asked for again.
 */

import type { Event } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EncodeResult, Pace } from "../../demo/workflows/encode-video.ts";
import { SeedWorld, until } from "./seed-world.ts";

const pace: Pace = { source: { seconds: 2 }, job: { seconds: 1 } };
const channels = ["web", "mobile", "archive"];

let world: SeedWorld;

beforeAll(async () => {
  world = await SeedWorld.open();
});

afterAll(async () => {
  await world.close();
});

interface Film {
  readonly name: string;
  readonly key: string;
  readonly arn: string;
}

async function begin(name: string): Promise<Film> {
  const key = `${name}.mov`;
  const arn = await world.encode(name, { bucket: "media", key, channels, pace });
  return { name, key, arn };
}

function upload({ key }: { readonly key: string }): void {
  world.standIns.objectStore.put("media", key, { body: "a film", metadata: { height: "2160" } });
}

/** Kills everything, and starts it again; nobody speaks to the execution meanwhile. */
async function crash(): Promise<void> {
  await world.kill();
  await world.start();
}

function stepSucceeded(name: string): (event: Event) => boolean {
  return ({ EventType, Name }) => EventType === "StepSucceeded" && Name === name;
}

/** Object writes of one execution, by what they are for, such as `reviews/poster.json`. */
async function writes({ arn }: Film): Promise<Record<string, number>> {
  const { requestId } = await identity(arn);
  const counts: Record<string, number> = {};
  for (const { operation, target } of world.standIns.log.calls) {
    if (operation !== "s3:PutObject" || !target.includes(requestId)) continue;
    const purpose = target.replace("media/", "").replace(`/${requestId}`, "");
    counts[purpose] = (counts[purpose] ?? 0) + 1;
  }
  return counts;
}

/** What the step "identify request" made: it must be the same ever after. */
async function identity(arn: string): Promise<{ requestId: string }> {
  const event = (await world.history(arn)).find(stepSucceeded("identify request"));
  const { id } = JSON.parse(event?.StepSucceededDetails?.Result?.Payload ?? "{}") as { id?: string };
  if (id === undefined) throw new Error("there is no identity yet");
  return { requestId: id };
}

const onceEach = {
  [`bookings.json`]: 1,
  "reviews/poster.json": 1,
  "reviews/captions.json": 1,
  "reviews/report.json": 1,
  "reviews/approval.json": 1,
  "published/web.json": 1,
  "published/mobile.json": 1,
  "published/archive.json": 1,
};

/** The result that any execution of this film has, whatever befell it. */
async function expectFinished(film: Film, expectedWrites: Record<string, number> = onceEach): Promise<void> {
  const ended = await world.untilEnded(film.arn);
  expect(ended).toMatchObject({ Status: "SUCCEEDED", DurableExecutionName: film.name });
  const result = JSON.parse(ended.Result ?? "null") as EncodeResult;
  const { requestId } = await identity(film.arn);
  expect(result).toEqual({
    status: "succeeded",
    requestId,
    requestedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown,
    jobId: expect.stringMatching(/^\d+-[0-9a-f]{6}$/) as unknown,
    output: `s3://media/encoded/${requestId}/${film.name}.mp4`,
    approvedBy: "Ada",
    published: channels.map((channel) => `published/${channel}/${requestId}.json`),
  });
  expect(await writes(film)).toEqual(expectedWrites);
  expectEachStepOnce(await world.history(film.arn));
}

function expectEachStepOnce(history: readonly Event[]): void {
  const polls = new Set(["find source", "finish job"]);
  const succeeded = history.filter(({ EventType, Name }) => EventType === "StepSucceeded" && !polls.has(Name ?? ""));
  const ids = succeeded.map(({ Id }) => Id);
  expect(ids).toHaveLength(new Set(ids).size);
  expect(history.filter(({ EventType }) => EventType === "StepFailed")).toEqual([]);
}

test("finishes when nothing happens", async () => {
  const film = await begin("calm");
  upload(film);
  await world.approve(film.arn);
  await expectFinished(film);
  expect(world.standIns.log.count("mediaconvert:CreateJob", film.key)).toBe(1);
});

test("goes on after a kill while it looks for the source", async () => {
  const film = await begin("early");
  const looks = (): number => world.standIns.log.count("s3:HeadObject", film.key);
  await world.untilEvent(film.arn, stepSucceeded("find source"));
  await world.kill();
  const before = looks();
  await world.start();
  // Nobody asks the Worker for anything: only an alarm can make it look again.
  await until("another look", () => looks() > before);
  upload(film);
  await world.approve(film.arn);
  await expectFinished(film);
});

test("asks for the same job again after a kill before it knew the answer", async () => {
  const hold = world.standIns.log.hold(
    ({ operation, target }) => operation === "mediaconvert:CreateJob" && target.endsWith("unsure.mov"),
  );
  const jobs = world.standIns.mediaConvert.jobCount;
  upload({ key: "unsure.mov" });
  const film = await begin("unsure");
  await hold.arrived;
  await world.kill();
  hold.release();
  await world.start();
  await world.approve(film.arn);
  await expectFinished(film);
  expect(world.standIns.log.count("mediaconvert:CreateJob", film.key)).toBe(2);
  expect(world.standIns.mediaConvert.jobCount).toBe(jobs + 1);
});

test("does not create a second job after a kill between creating and asking for it", async () => {
  const hold = world.standIns.log.hold(({ operation }) => operation === "mediaconvert:GetJob");
  upload({ key: "created.mov" });
  const film = await begin("created");
  await hold.arrived;
  await world.untilEvent(film.arn, stepSucceeded("create job"));
  await world.kill();
  hold.release();
  await world.start();
  await world.approve(film.arn);
  await expectFinished(film);
  expect(world.standIns.log.count("mediaconvert:CreateJob", film.key)).toBe(1);
});

test("repeats only the branch that was under way when it was killed", async () => {
  upload({ key: "branches.mov" });
  const hold = world.standIns.log.hold(({ target }) => target.endsWith("captions.json"));
  const film = await begin("branches");
  await hold.arrived;
  await world.untilEvent(film.arn, stepSucceeded("derive poster"));
  await world.untilEvent(film.arn, stepSucceeded("derive report"));
  await world.kill();
  hold.release();
  await world.start();
  await world.approve(film.arn);
  await expectFinished(film, { ...onceEach, "reviews/captions.json": 2 });
});

test("waits on for approval after a kill", async () => {
  upload({ key: "patient.mov" });
  const film = await begin("patient");
  await world.untilEvent(film.arn, ({ EventType }) => EventType === "CallbackStarted");
  await until("the request to the reviewer", async () => (await writes(film))["reviews/approval.json"] === 1);
  await crash();
  expect(await world.describe(film.arn)).toMatchObject({ Status: "RUNNING" });
  await world.approve(film.arn);
  await expectFinished(film);
});

test("repeats only the items that were under way when it was killed", async () => {
  upload({ key: "items.mov" });
  const hold = world.standIns.log.hold(({ target }) => target.includes("published/mobile"));
  const film = await begin("items");
  await world.approve(film.arn);
  await hold.arrived;
  await world.untilEvent(film.arn, stepSucceeded("publish to web"));
  await world.untilEvent(film.arn, stepSucceeded("publish to archive"));
  await world.kill();
  hold.release();
  await world.start();
  await expectFinished(film, { ...onceEach, "published/mobile.json": 2 });
});

test("has the same result after a kill that follows its end", async () => {
  upload({ key: "finished.mov" });
  const film = await begin("finished");
  await world.approve(film.arn);
  await expectFinished(film);
  const before = { described: await world.describe(film.arn), calls: world.standIns.log.calls.length };
  await crash();
  const described = await world.describe(film.arn);
  expect({ ...described, $metadata: null }).toEqual({ ...before.described, $metadata: null });
  expect(await world.encode(film.name, { bucket: "media", key: film.key, channels, pace })).toBe(film.arn);
  await expectFinished(film);
  expect(world.standIns.log.calls).toHaveLength(before.calls);
});

test("finishes although it is killed at every stage", async () => {
  const film = await begin("unlucky");
  await world.untilEvent(film.arn, stepSucceeded("find source"));
  await crash();
  // Whoever asks for an execution that was cut off sets it going; otherwise its guard does, half a minute later.
  await world.describe(film.arn);
  const job = world.standIns.log.hold(({ operation }) => operation === "mediaconvert:GetJob");
  upload(film);
  await job.arrived;
  await world.kill();
  job.release();
  const branch = world.standIns.log.hold(({ target }) => target.endsWith("captions.json"));
  await world.start();
  await world.describe(film.arn);
  await branch.arrived;
  await world.kill();
  branch.release();
  await world.start();
  await world.untilEvent(film.arn, ({ EventType }) => EventType === "CallbackStarted");
  await until("the request to the reviewer", async () => (await writes(film))["reviews/approval.json"] === 1);
  await crash();
  const item = world.standIns.log.hold(({ target }) => target.includes("published/archive"));
  await world.approve(film.arn);
  await item.arrived;
  await world.kill();
  item.release();
  await world.start();
  await world.untilEnded(film.arn);
  await crash();
  const seen = await writes(film);
  // What was under way when it was killed may be asked for twice; what was not, once.
  expect(Object.keys(seen).toSorted()).toEqual(Object.keys(onceEach).toSorted());
  expect(Object.values(seen).every((count) => count <= 2)).toBe(true);
  await expectFinished(film, seen);
  expect(world.standIns.log.count("mediaconvert:CreateJob", film.key)).toBe(1);
});
