/** The article's file as it stands, in virtual time and natively: on AWS's runner, with perdure's SDK and with AWS's. */

import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DurableTestRunner } from "perdure/testing";
import { startStandIns, type StandIns } from "../stand-ins/stand-ins.ts";
import type { TranscodeEvent, TranscodeResult } from "./transcode-video.ts";

vi.stubEnv("AWS_LAMBDA_LOG_LEVEL", "ERROR");

type Run = (event: TranscodeEvent) => Promise<TranscodeResult | undefined>;

const sourceKeys = ["shows/talk.mov", "broken.mov", "endless.mov"];

/** What becomes of each source, and how often the services are asked. */
const cases = [
  {
    key: "shows/talk.mov",
    result: {
      status: "succeeded",
      jobId: expect.stringMatching(/^\d+-[0-9a-f]{6}$/) as string,
      output: "s3://media/encoded/shows/talk.mp4",
    },
    calls: { "s3:HeadObject": 1, "mediaconvert:CreateJob": 1, "mediaconvert:GetJob": 3 },
  },
  {
    key: "never.mov",
    result: { status: "failed", reason: "no source after 10 checks" },
    calls: { "s3:HeadObject": 10, "mediaconvert:CreateJob": 0, "mediaconvert:GetJob": 0 },
  },
  {
    key: "broken.mov",
    result: { status: "failed", reason: "The input file cannot be decoded." },
    calls: { "s3:HeadObject": 1, "mediaconvert:CreateJob": 1, "mediaconvert:GetJob": 3 },
  },
  {
    key: "endless.mov",
    result: { status: "failed", reason: "not encoded after 10 checks" },
    calls: { "s3:HeadObject": 1, "mediaconvert:CreateJob": 1, "mediaconvert:GetJob": 10 },
  },
];

let standIns: StandIns;

beforeAll(async () => {
  standIns = await startStandIns();
  for (const [name, value] of Object.entries(standIns.environment)) vi.stubEnv(name, value);
});

afterAll(() => standIns.close());

beforeEach(() => {
  standIns.log.clear();
  for (const key of sourceKeys) standIns.objectStore.put("media", key, { body: "a film" });
});

async function expectRuns(run: Run, { key, result, calls }: (typeof cases)[number]): Promise<void> {
  const ended = await run({ bucket: "media", key, role: "arn:aws:iam::000000000000:role/transcode" });
  expect(ended).toEqual(expect.objectContaining(result));
  const counts = Object.keys(calls).map((operation) => [operation, standIns.log.count(operation)]);
  expect(Object.fromEntries(counts)).toEqual(calls);
}

describe("on perdure's test runner", () => {
  test.for(cases)("$key", async (sample) => {
    const { handler } = await import("./transcode-video.ts");
    // AWS's clients sign with the time, which must be the services'.
    const runner = new DurableTestRunner(handler, { realDate: true });
    await expectRuns(async (event) => {
      const { result } = await runner.run({ payload: event });
      return result as TranscodeResult;
    }, sample);
  });
});

describe.each(["perdure", "AWS's SDK"])("natively, on AWS's runner, with %s", (sdk) => {
  beforeAll(async () => {
    vi.resetModules();
    if (sdk === "perdure") vi.doUnmock("perdure");
    else vi.doMock("perdure", async () => await import("@aws/durable-execution-sdk-js"));
    await LocalDurableTestRunner.setupTestEnvironment({ skipTime: true });
  });

  afterAll(async () => {
    // Timers that are set while its clock is in place are lost with it, those of the test framework too.
    await new Promise((next) => setTimeout(next, 200));
    await LocalDurableTestRunner.teardownTestEnvironment();
  });

  test.for(cases)("$key", async (sample) => {
    const { handler } = await import("./transcode-video.ts");
    const runner = new LocalDurableTestRunner<TranscodeResult>({ handlerFunction: handler });
    await expectRuns(async (event) => (await runner.run({ payload: event })).getResult(), sample);
  });
});
