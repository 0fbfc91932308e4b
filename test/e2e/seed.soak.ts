/** One execution of the seed workflow whose wrangler and workerd are killed at all the points of seed.test.ts in turn. */

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

test("finishes although it is killed at every stage", async () => {
  const film = await films.begin("unlucky");
  await world.untilEvent(film.arn, stepSucceeded("find source"));
  await world.restart();
  // Whoever asks for an execution that was cut off sets it going; otherwise its guard does, half a minute later.
  await world.describe(film.arn);
  const job = world.standIns.log.hold(({ operation }) => operation === "mediaconvert:GetJob");
  films.upload(film);
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
  await until("the request to the reviewer", async () => (await films.writes(film))["reviews/approval.json"] === 1);
  await world.restart();
  const item = world.standIns.log.hold(({ target }) => target.includes("published/archive"));
  await world.approve(film.arn);
  await item.arrived;
  await world.kill();
  item.release();
  await world.start();
  await world.untilEnded(film.arn);
  await world.restart();
  const seen = await films.writes(film);
  // What was under way when it was killed may be asked for twice; what was not, once.
  expect(Object.keys(seen).toSorted()).toEqual(Object.keys(onceEach).toSorted());
  expect(Object.values(seen).every((count) => count <= 2)).toBe(true);
  await expectFinished(films, film, seen);
  expect(world.standIns.log.count("mediaconvert:CreateJob", film.key)).toBe(1);
});
