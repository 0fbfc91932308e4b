import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dynalite } from "../../../scripts/local-aws/dynalite.ts";
import { LocalS3 } from "../../../scripts/local-aws/local-bucket.ts";
import { applicable } from "../../testing/contract.ts";
import { rowOf } from "../../testing/store-case.ts";
import { storeContract } from "../../testing/store-contract.ts";
import { DynamoStore } from "./dynamodb-store.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";

let table = "perdure";
const path = temporaryFolder("dynalite");
let dynalite: Dynalite;

beforeAll(async () => {
  dynalite = await Dynalite.start(path);
  await dynalite.createTable(table);
});

afterAll(async () => {
  await dynalite.stop();
});

const subject = {
  open: () => new DynamoStore({ client: dynalite.client, table }),
  async restart() {
    await dynalite.stop();
    dynalite = await Dynalite.start(path);
    return new DynamoStore({ client: dynalite.client, table });
  },
};

/**
 * Each case has a table of its own: in a shared one, cases that read everything would read all that the others left.
 */
const cases = applicable(storeContract).map((each, index) => ({ ...each, index }));

describe("the store's contract, on dynalite", () => {
  test.each(cases)("$name", async ({ run, index }) => {
    table = `perdure-${index}`;
    await dynalite.createTable(table);
    await run(subject);
  });
});

describe("the store's contract, on dynalite and S3, with all that is compressed in S3", () => {
  const bucket = "texts";
  let s3: LocalS3;

  beforeAll(async () => {
    s3 = await LocalS3.start();
    await s3.createBucket(bucket);
  });

  afterAll(() => s3.stop());

  const open = (): DynamoStore =>
    new DynamoStore({ client: dynalite.client, table, offload: { client: s3.client, bucket, aboveBytes: 0 } });
  const offloading = {
    open,
    async restart() {
      await subject.restart();
      return open();
    },
  };

  test.each(cases)("$name", async ({ run, index }) => {
    table = `offloading-${index}`;
    await dynalite.createTable(table);
    await run(offloading);
  });
});

test.each([
  ["no time to live by default: an execution may last for years", undefined, []],
  ["one where the host knows of it", 30, [30, 30]],
])("items have %s", async (_, ttlDays, days) => {
  const { client } = dynalite;
  const row = rowOf("lasting", `ttl-${ttlDays}`);
  const store = new DynamoStore({ client, table, ...(ttlDays !== undefined && { ttlDays }) });
  await store.create(row, "one");
  await store.append(row.id, 2, "two", row.incarnation);
  const keys = [
    { pk: row.id, sk: "head" },
    { pk: `${row.id}#${row.incarnation}`, sk: "c000000000002" },
  ];
  const items = await Promise.all(keys.map(async (Key) => client.send(new GetCommand({ TableName: table, Key }))));
  const ends = items.flatMap(({ Item }) => (Item?.["ttl"] as number | undefined) ?? []);
  expect(items.every(({ Item }) => Item !== undefined)).toBe(true);
  expect(ends.map((end) => Math.round((end - Date.now() / 1000) / 86_400))).toEqual(days);
});
