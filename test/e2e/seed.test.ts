/**
 * The seed workflow survives the death of everything that runs it. Each execution is brought to a point of its own; then
 * wrangler and workerd are killed with SIGKILL under all of them, and started again on the same disk; and each finds what
 * an undisturbed execution finds. The stand-ins stay up and count: what was completed before the kill is not asked for
 * again.
 */

import type { GetDurableExecutionCommandOutput } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Call, Hold } from "../../demo/stand-ins/call-log.ts";
import { expectFinished, type Film, Films, onceEach, stepSucceeded } from "./films.ts";
import { SeedWorld, until } from "./seed-world.ts";

let world: SeedWorld;
let films: Films;
let calm: Film;
/** What was known of the calm one when it had ended. */
let calmEnd: { readonly described: GetDurableExecutionCommandOutput; readonly calls: number };
let early: Film;
let patient: Film;
let branches: Film;
let items: Film;
let created: Film;
let unsure: Film;

beforeAll(async () => {
  world = await SeedWorld.open();
  films = new Films(world);
  const holds = await reachPoints();
  await world.kill();
  const looks = count("s3:HeadObject", early);
  for (const hold of holds) hold.release();
  await world.start();
  // Nobody asks the Worker for anything: only an alarm can make it look again.
  await until("another look", () => count("s3:HeadObject", early) > looks);
});

afterAll(async () => {
  await world.close();
});

test("finishes when nothing happens", async () => {
  await expectFinished(films, calm);
  expect(count("mediaconvert:CreateJob", calm)).toBe(1);
});

test("has the same result after a kill that follows its end", async () => {
  const described = await world.describe(calm.arn);
  expect({ ...described, $metadata: null }).toEqual({ ...calmEnd.described, $metadata: null });
  expect(await films.encode(calm)).toBe(calm.arn);
  expect(await callsOf(calm)).toBe(calmEnd.calls);
});

test("goes on after a kill while it looks for the source", async () => {
  films.upload(early);
  await world.approve(early.arn);
  await expectFinished(films, early);
});

test("asks for the same job again after a kill before it knew the answer", async () => {
  await world.approve(unsure.arn);
  await expectFinished(films, unsure);
  expect(count("mediaconvert:CreateJob", unsure)).toBe(2);
  const jobs = world.standIns.mediaConvert.dump() as readonly object[];
  expect(jobs.filter((job) => JSON.stringify(job).includes(unsure.key))).toHaveLength(1);
});

test("does not create a second job after a kill between creating and asking for it", async () => {
  await world.approve(created.arn);
  await expectFinished(films, created);
  expect(count("mediaconvert:CreateJob", created)).toBe(1);
});

test("repeats only the branch that was under way when it was killed", async () => {
  await world.approve(branches.arn);
  await expectFinished(films, branches, { ...onceEach, "reviews/captions.json": 2 });
});

test("waits on for approval after a kill", async () => {
  expect(await world.describe(patient.arn)).toMatchObject({ Status: "RUNNING" });
  await world.approve(patient.arn);
  await expectFinished(films, patient);
});

test("repeats only the items that were under way when it was killed", async () => {
  await expectFinished(films, items, { ...onceEach, "published/mobile.json": 2 });
});

/** Brings each execution to its point. Answers with what keeps them there: it concerns none that is past it. */
async function reachPoints(): Promise<readonly Hold[]> {
  await Promise.all([endCalmly(), waitForApproval()]);
  const inItems = await stopInItems();
  const [inBranches, beforeAnswer] = await Promise.all([stopInBranches(), stopBeforeAnswer(), stopInSearch()]);
  const afterJob = await stopAfterJob();
  return [inItems, inBranches, beforeAnswer, afterJob];
}

async function endCalmly(): Promise<void> {
  calm = await films.begin("calm");
  films.upload(calm);
  await world.approve(calm.arn);
  await expectFinished(films, calm);
  calmEnd = { described: await world.describe(calm.arn), calls: await callsOf(calm) };
}

async function waitForApproval(): Promise<void> {
  patient = await films.begin("patient");
  films.upload(patient);
  await world.untilEvent(patient.arn, ({ EventType }) => EventType === "CallbackStarted");
  await until("the request to the reviewer", async () => (await films.writes(patient))["reviews/approval.json"] === 1);
}

async function stopInBranches(): Promise<Hold> {
  const hold = world.standIns.log.hold(({ target }) => target.endsWith("captions.json"));
  films.upload({ key: "branches.mov" });
  branches = await films.begin("branches");
  await hold.arrived;
  await world.untilEvent(branches.arn, stepSucceeded("derive poster"));
  await world.untilEvent(branches.arn, stepSucceeded("derive report"));
  return hold;
}

async function stopInItems(): Promise<Hold> {
  const hold = world.standIns.log.hold(({ target }) => target.includes("published/mobile"));
  films.upload({ key: "items.mov" });
  items = await films.begin("items");
  await world.approve(items.arn);
  await hold.arrived;
  await world.untilEvent(items.arn, stepSucceeded("publish to web"));
  await world.untilEvent(items.arn, stepSucceeded("publish to archive"));
  return hold;
}

async function stopBeforeAnswer(): Promise<Hold> {
  const hold = world.standIns.log.hold(
    ({ operation, target }) => operation === "mediaconvert:CreateJob" && target.endsWith("unsure.mov"),
  );
  films.upload({ key: "unsure.mov" });
  unsure = await films.begin("unsure");
  await hold.arrived;
  return hold;
}

async function stopInSearch(): Promise<void> {
  early = await films.begin("early");
  await world.untilEvent(early.arn, stepSucceeded("find source"));
}

async function stopAfterJob(): Promise<Hold> {
  const hold = world.standIns.log.hold(({ operation }) => operation === "mediaconvert:GetJob");
  films.upload({ key: "created.mov" });
  created = await films.begin("created");
  await hold.arrived;
  await world.untilEvent(created.arn, stepSucceeded("create job"));
  return hold;
}

function count(operation: string, { key }: Film): number {
  return world.standIns.log.count(operation, key);
}

/** How much was asked for in the name of one execution. */
async function callsOf(film: Film): Promise<number> {
  const requestId = await films.requestId(film.arn);
  const isOf = ({ target }: Call): boolean => target.includes(film.key) || target.includes(requestId);
  return world.standIns.log.calls.filter(isOf).length;
}
