/** A few seeds, and in `npm test` one, of what `npm run soak:aws` runs for as long as one likes. */

import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Dynalite } from "../../../scripts/local-aws/dynalite.ts";
import { LocalS3 } from "../../../scripts/local-aws/local-bucket.ts";
import { LocalSqs } from "../../../scripts/local-aws/local-queue.ts";
import { sampled } from "../../../scripts/slow-tests.ts";
import { lambdaChaos } from "./lambda-chaos.ts";
import { Services } from "./services.ts";

let dynamodb: Dynalite;
let sqs: LocalSqs;
let s3: LocalS3;

beforeAll(async () => {
  dynamodb = await Dynalite.start();
  sqs = await LocalSqs.start();
  s3 = await LocalS3.start();
});

afterAll(async () => {
  await sqs.stop();
  await s3.stop();
  await dynamodb.stop();
});

/** Even ones write values that are kept in S3; the first is over soon. */
const seeds = [14, 1, 2, 3, 4, 5];

test.each(sampled(seeds, 1))("the home on AWS keeps every promise under chaos: seed %i", async (seed) => {
  const services = await Services.open(`chaos-${seed}`, { sqs, s3, dynamodb });
  const { keep, account, violations, executions } = await lambdaChaos(seed, services);
  await services.close();
  const kept = violations.length === 0 ? "" : keep(join(tmpdir(), "perdure-chaos"));
  expect(violations, `${account()}\nAll that happened is in ${kept}`).toEqual([]);
  expect(executions).toBeGreaterThan(0);
});
