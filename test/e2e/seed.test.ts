/**
 * The seed workflow survives the death of everything that runs it. Each test kills wrangler and workerd with SIGKILL at
 * a point of its own, starts them again on the same disk, and finds what an undisturbed execution finds. The stand-ins
 * stay up and count: what was completed before the kill is not asked for again.
 */

import { afterAll, beforeAll, expect, test } from "vitest";
import { expectFinished, Films, onceEach, stepSucceeded } from "./films.ts";
import { SeedWorld, until } from "./seed-world.ts";

let world: SeedWorld;
let films: Films;

beforeAll(async () => {
  world = await SeedWorld.open();
  films = new Films(world);
});

afterAll(async () => {
  await world.close();
});

test("finishes when nothing happens", async () => {
  const film = await films.begin("calm");
  films.upload(film);
  await world.approve(film.arn);
  await expectFinished(films, film);
  expect(world.standIns.log.count("mediaconvert:CreateJob", film.key)).toBe(1);
});

test("goes on after a kill while it looks for the source", async () => {
  const film = await films.begin("early");
  const looks = (): number => world.standIns.log.count("s3:HeadObject", film.key);
  await world.untilEvent(film.arn, stepSucceeded("find source"));
  await world.kill();
  const before = looks();
  await world.start();
  // Nobody asks the Worker for anything: only an alarm can make it look again.
  await until("another look", () => looks() > before);
  films.upload(film);
  await world.approve(film.arn);
  await expectFinished(films, film);
});

test("asks for the same job again after a kill before it knew the answer", async () => {
  const hold = world.standIns.log.hold(
    ({ operation, target }) => operation === "mediaconvert:CreateJob" && target.endsWith("unsure.mov"),
  );
  const jobs = world.standIns.mediaConvert.jobCount;
  films.upload({ key: "unsure.mov" });
  const film = await films.begin("unsure");
  await hold.arrived;
  await world.kill();
  hold.release();
  await world.start();
  await world.approve(film.arn);
  await expectFinished(films, film);
  expect(world.standIns.log.count("mediaconvert:CreateJob", film.key)).toBe(2);
  expect(world.standIns.mediaConvert.jobCount).toBe(jobs + 1);
});

test("does not create a second job after a kill between creating and asking for it", async () => {
  const hold = world.standIns.log.hold(({ operation }) => operation === "mediaconvert:GetJob");
  films.upload({ key: "created.mov" });
  const film = await films.begin("created");
  await hold.arrived;
  await world.untilEvent(film.arn, stepSucceeded("create job"));
  await world.kill();
  hold.release();
  await world.start();
  await world.approve(film.arn);
  await expectFinished(films, film);
  expect(world.standIns.log.count("mediaconvert:CreateJob", film.key)).toBe(1);
});

test("repeats only the branch that was under way when it was killed", async () => {
  films.upload({ key: "branches.mov" });
  const hold = world.standIns.log.hold(({ target }) => target.endsWith("captions.json"));
  const film = await films.begin("branches");
  await hold.arrived;
  await world.untilEvent(film.arn, stepSucceeded("derive poster"));
  await world.untilEvent(film.arn, stepSucceeded("derive report"));
  await world.kill();
  hold.release();
  await world.start();
  await world.approve(film.arn);
  await expectFinished(films, film, { ...onceEach, "reviews/captions.json": 2 });
});

test("waits on for approval after a kill", async () => {
  films.upload({ key: "patient.mov" });
  const film = await films.begin("patient");
  await world.untilEvent(film.arn, ({ EventType }) => EventType === "CallbackStarted");
  await until("the request to the reviewer", async () => (await films.writes(film))["reviews/approval.json"] === 1);
  await world.restart();
  expect(await world.describe(film.arn)).toMatchObject({ Status: "RUNNING" });
  await world.approve(film.arn);
  await expectFinished(films, film);
});

test("repeats only the items that were under way when it was killed", async () => {
  films.upload({ key: "items.mov" });
  const hold = world.standIns.log.hold(({ target }) => target.includes("published/mobile"));
  const film = await films.begin("items");
  await world.approve(film.arn);
  await hold.arrived;
  await world.untilEvent(film.arn, stepSucceeded("publish to web"));
  await world.untilEvent(film.arn, stepSucceeded("publish to archive"));
  await world.kill();
  hold.release();
  await world.start();
  await expectFinished(films, film, { ...onceEach, "published/mobile.json": 2 });
});

test("has the same result after a kill that follows its end", async () => {
  films.upload({ key: "finished.mov" });
  const film = await films.begin("finished");
  await world.approve(film.arn);
  await expectFinished(films, film);
  const before = { described: await world.describe(film.arn), calls: world.standIns.log.calls.length };
  await world.restart();
  const described = await world.describe(film.arn);
  expect({ ...described, $metadata: null }).toEqual({ ...before.described, $metadata: null });
  expect(await films.encode(film)).toBe(film.arn);
  await expectFinished(films, film);
  expect(world.standIns.log.calls).toHaveLength(before.calls);
});
