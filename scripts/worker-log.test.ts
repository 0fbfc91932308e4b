import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { callbackIdOf } from "../src/engine/model/callback-id.ts";
import { WorkerLog } from "./worker-log.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const ID = callbackIdOf("order/o-17", SECRET);

let folder: string;
let path: string;

beforeEach(() => {
  folder = temporaryFolder("log");
  path = join(folder, "worker.log");
});

const mode = (file: string): number => statSync(file).mode & 0o777;

describe("the log of a local Worker", () => {
  test.for([1, 7, 1000])("has whole lines, however they came: %i at a time", (size) => {
    const told: string[] = [];
    const { take, end } = new WorkerLog({ path, onLine: (line) => told.push(line) }).collector();
    const text = "one\ntwo\n\nthree";
    for (let from = 0; from < text.length; from += size) take(text.slice(from, from + size));
    expect(told).toEqual(["one", "two", ""]);
    end();
    expect(told).toEqual(["one", "two", "", "three"]);
    expect(readFileSync(path, "utf8")).toBe(`${text}\n`);
  });

  test.for([1, 50, 1000])("has no callback id and no signature, in pieces of %i characters", (size) => {
    const told: string[] = [];
    const log = new WorkerLog({ path, onLine: (line) => told.push(line) });
    const { take } = log.collector();
    const text = [
      `[wrangler:info] POST /2025-12-01/durable-execution-callbacks/${encodeURIComponent(ID)}/succeed 200 OK`,
      `{"message":"asked","callbackId":"${ID}"}`,
      "GET /x?X-Amz-Credential=AKID%2F20260101&X-Amz-Signature=00ff00ff&X-Amz-Security-Token=tok&MaxItems=5 200",
      "",
    ].join("\n");
    for (let from = 0; from < text.length; from += size) take(text.slice(from, from + size));
    for (const seen of [readFileSync(path, "utf8"), log.tail, told.join("\n")]) {
      expect(seen).not.toContain(ID.replaceAll("=", "").slice(-40));
      for (const secret of ["00ff00ff", "AKID", "tok&"]) expect(seen).not.toContain(secret);
      expect(seen).toContain("X-Amz-Signature=redacted");
      expect(seen).toContain("MaxItems=5");
    }
  });

  test("is for this user alone, also one that was there before", () => {
    writeFileSync(path, "before\n", { mode: 0o644 });
    chmodSync(path, 0o644);
    const { take } = new WorkerLog({ path, maxBytes: 10 }).collector();
    expect(mode(path)).toBe(0o600);
    take("0123456789\n");
    expect([mode(path), mode(`${path}.1`)]).toEqual([0o600, 0o600]);
    expect(readFileSync(`${path}.1`, "utf8")).toBe("before\n");
  });

  test("is no longer than it may be, with the half before beside it", () => {
    const { take } = new WorkerLog({ path, maxBytes: 100 }).collector();
    for (let line = 0; line < 1000; line++) take(`line ${line}\n`);
    expect(statSync(path).size).toBeLessThanOrEqual(100);
    expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(100);
    const kept = readFileSync(`${path}.1`, "utf8") + readFileSync(path, "utf8");
    const lines = kept.trim().split("\n");
    expect(lines).toEqual(lines.map((_, index) => `line ${1000 - lines.length + index}`));
    expect(existsSync(`${path}.2`)).toBe(false);
  });

  test("has a line that is longer than the log may be, whole", () => {
    const { take } = new WorkerLog({ path, maxBytes: 10 }).collector();
    take(`${"x".repeat(100)}\n`);
    expect(readFileSync(path, "utf8")).toBe(`${"x".repeat(100)}\n`);
  });
});
