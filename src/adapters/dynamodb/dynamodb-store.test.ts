import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { Dynalite } from "../../../test/aws/dynalite.ts";
import { applicable } from "../../testing/contract.ts";
import { storeContract } from "../../testing/store-contract.ts";
import { DynamoStore } from "./dynamodb-store.ts";

const table = "perdure";
const path = mkdtempSync(join(tmpdir(), "perdure-dynalite-"));
let dynalite: Dynalite;

beforeAll(async () => {
  dynalite = await Dynalite.start(path);
  await dynalite.createTable(table);
});

afterAll(async () => {
  await dynalite.stop();
  rmSync(path, { recursive: true });
});

const subject = {
  open: () => new DynamoStore({ client: dynalite.client, table }),
  async restart() {
    await dynalite.stop();
    dynalite = await Dynalite.start(path);
    return new DynamoStore({ client: dynalite.client, table });
  },
};

describe("the store's contract, on dynalite", () => {
  test.each(applicable(storeContract))("$name", ({ run }) => run(subject));
});
