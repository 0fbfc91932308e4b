import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { applicable } from "../../testing/contract.ts";
import { rowOf } from "../../testing/store-case.ts";
import { storeContract } from "../../testing/store-contract.ts";
import { SqliteStore } from "./sqlite-store.ts";

// In memory where there is such a folder: what the contract asks about is the end of a process, not of the power.
const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "perdure-sqlite-"));
const path = join(folder, "executions.db");
let open = new SqliteStore(path, { exclusive: true });

afterAll(() => {
  open.close();
  rmSync(folder, { recursive: true });
});

const subject = {
  open: () => open,
  restart() {
    open.close();
    open = new SqliteStore(path, { exclusive: true });
    return open;
  },
};

describe("the store's contract, on node:sqlite", () => {
  test.each(applicable(storeContract))("$name", ({ run }) => run(subject));
});

test("a file that a store keeps to itself is refused to the next one, until that has closed", () => {
  const other = join(folder, "other.db");
  const first = new SqliteStore(other, { exclusive: true });
  expect(() => new SqliteStore(other, { exclusive: true })).toThrow(expect.objectContaining({ code: "STORE_IN_USE" }));
  first.close();
  const second = new SqliteStore(other, { exclusive: true });
  expect(second.create(rowOf("f", "a"), "one")).toBe("created");
  second.close();
});
