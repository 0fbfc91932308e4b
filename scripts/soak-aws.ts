/**
 * `npm run soak:aws` runs the home on AWS under chaos for a long time and prints its figures; docs/reliability.md holds
 * those of the last long run. It ends after `--minutes` (default 10) or `--seeds` of them. `--seed` is the first seed
 * (default 1), with `--only` it is run again and again, and `--step 2` runs every second one; `--lanes` is how many run at
 * a time (default 4), `--store dynamodb-local` asks for AWS's own stand-in of DynamoDB, which needs Java, instead of
 * dynalite. With a violation it prints the story, leaves all that happened in a file of the folder `--keep` (default
 * `.perdure/soak-aws`), and exits with 1 in the end.
 */

import { parseArgs } from "node:util";
import { lambdaChaos } from "../test/aws/chaos/lambda-chaos.ts";
import { type LocalDynamoDb, Services } from "../test/aws/chaos/services.ts";
import { Dynalite } from "./local-aws/dynalite.ts";
import { DynamoDbLocal, whyNoDynamoDbLocal } from "./local-aws/dynamodb-local.ts";
import { LocalS3 } from "./local-aws/local-bucket.ts";
import { LocalSqs } from "./local-aws/local-queue.ts";
import { SoakFigures } from "./soak-figures.ts";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seeds: { type: "string" },
    seed: { type: "string", default: "1" },
    only: { type: "boolean", default: false },
    step: { type: "string", default: "1" },
    keep: { type: "string", default: ".perdure/soak-aws" },
    lanes: { type: "string", default: "4" },
    store: { type: "string", default: "dynalite" },
  },
});

// Failures that are made on purpose are not logged.
process.env["NODE_ENV"] = "test";
process.env["AWS_LAMBDA_LOG_LEVEL"] = "FATAL";

const PROGRESS_MS = 30_000;

const figures = new SoakFigures();
const sqs = await LocalSqs.start();
const s3 = await LocalS3.start();
const dynamodb = await startDynamoDb();
const deadline = Date.now() + Number(options.minutes) * 60_000;
const mostRuns = Number(options.seeds ?? Number.POSITIVE_INFINITY);
let runs = 0;

const progress = setInterval(() => console.log(figures.progress()), PROGRESS_MS);
await Promise.all(Array.from({ length: Number(options.lanes) }, () => work()));
clearInterval(progress);
console.log(figures.table());
// Timers and open requests of dead processes must not keep this process alive.
process.exit(figures.violations === 0 ? 0 : 1);

async function work(): Promise<void> {
  while (Date.now() < deadline && runs < mostRuns) {
    const run = runs++;
    const seed = Number(options.seed) + (options.only ? 0 : run * Number(options.step));
    const services = await Services.open(`soak-${run}`, { sqs, s3, dynamodb });
    const { account, keep, faults, ...report } = await lambdaChaos(seed, services);
    await services.close();
    figures.add({ ...report, faults: [...faults] });
    if (report.violations.length > 0) console.log(`${account()}\n\nAll that happened is in ${keep(options.keep)}`);
  }
}

async function startDynamoDb(): Promise<LocalDynamoDb> {
  if (options.store === "dynalite") return Dynalite.start();
  const reason = whyNoDynamoDbLocal();
  if (reason !== undefined) throw new Error(reason);
  const local = await DynamoDbLocal.start();
  return { endpoint: local.endpoint, client: local.client(), createTable: (name) => local.createTable(name) };
}
