/** Executions of the seed workflow, one for each film, and what is expected of them whatever befell them. */

import type { Event } from "@aws-sdk/client-lambda";
import { expect } from "vitest";
import type { EncodeResult, Pace } from "../../demo/workflows/encode-video.ts";
import type { SeedWorld } from "./seed-world.ts";

const pace: Pace = { source: { seconds: 2 }, job: { seconds: 1 } };
const channels = ["web", "mobile", "archive"];

export interface Film {
  readonly name: string;
  readonly key: string;
  readonly arn: string;
}

/** Object writes of one execution that nothing disturbs, by what they are for. */
export const onceEach: Readonly<Record<string, number>> = {
  [`bookings.json`]: 1,
  "reviews/poster.json": 1,
  "reviews/captions.json": 1,
  "reviews/report.json": 1,
  "reviews/approval.json": 1,
  "published/web.json": 1,
  "published/mobile.json": 1,
  "published/archive.json": 1,
};

export function stepSucceeded(name: string): (event: Event) => boolean {
  return ({ EventType, Name }) => EventType === "StepSucceeded" && Name === name;
}

export class Films {
  readonly world: SeedWorld;

  constructor(world: SeedWorld) {
    this.world = world;
  }

  async begin(name: string): Promise<Film> {
    const film = { name, key: `${name}.mov` };
    return { ...film, arn: await this.encode(film) };
  }

  /** Starts the execution of a film, or finds it. */
  encode({ name, key }: Pick<Film, "name" | "key">): Promise<string> {
    return this.world.encode(name, { bucket: "media", key, channels, pace });
  }

  upload({ key }: Pick<Film, "key">): void {
    this.world.standIns.objectStore.put("media", key, { body: "a film", metadata: { height: "2160" } });
  }

  /** Object writes of one execution, by what they are for, such as `reviews/poster.json`. */
  async writes({ arn }: Film): Promise<Record<string, number>> {
    const requestId = await this.requestId(arn);
    const counts: Record<string, number> = {};
    for (const { operation, target } of this.world.standIns.log.calls) {
      if (operation !== "s3:PutObject" || !target.includes(requestId)) continue;
      const purpose = target.replace("media/", "").replace(`/${requestId}`, "");
      counts[purpose] = (counts[purpose] ?? 0) + 1;
    }
    return counts;
  }

  /** What the step "identify request" made: it must be the same ever after. */
  async requestId(arn: string): Promise<string> {
    const event = (await this.world.history(arn)).find(stepSucceeded("identify request"));
    const { id } = JSON.parse(event?.StepSucceededDetails?.Result?.Payload ?? "{}") as { id?: string };
    if (id === undefined) throw new Error("there is no identity yet");
    return id;
  }
}

/** The result that any execution of this film has, whatever befell it. */
export async function expectFinished(
  films: Films,
  film: Film,
  expectedWrites: Readonly<Record<string, number>> = onceEach,
): Promise<void> {
  const ended = await films.world.untilEnded(film.arn);
  expect(ended).toMatchObject({ Status: "SUCCEEDED", DurableExecutionName: film.name });
  const result = JSON.parse(ended.Result ?? "null") as EncodeResult;
  const requestId = await films.requestId(film.arn);
  expect(result).toEqual({
    status: "succeeded",
    requestId,
    requestedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as unknown,
    jobId: expect.stringMatching(/^\d+-[0-9a-f]{6}$/) as unknown,
    output: `s3://media/encoded/${requestId}/${film.name}.mp4`,
    approvedBy: "Ada",
    published: channels.map((channel) => `published/${channel}/${requestId}.json`),
  });
  expect(await films.writes(film)).toEqual(expectedWrites);
  expectEachStepOnce(await films.world.history(film.arn));
}

function expectEachStepOnce(history: readonly Event[]): void {
  const polls = new Set(["find source", "finish job"]);
  const succeeded = history.filter(({ EventType, Name }) => EventType === "StepSucceeded" && !polls.has(Name ?? ""));
  const ids = succeeded.map(({ Id }) => Id);
  expect(ids).toHaveLength(new Set(ids).size);
  expect(history.filter(({ EventType }) => EventType === "StepFailed")).toEqual([]);
}
