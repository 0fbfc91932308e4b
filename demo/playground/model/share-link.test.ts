import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { fromHash, toHash } from "./share-link.ts";

const shared = { file: "a.ts", code: 'export const a = "ü <script>";', payload: "{}" };

test("comes back as it was", async () => {
  const hash = await toHash(shared);
  expect(hash).toMatch(/^#code=[\w-]+$/);
  expect(await fromHash(hash)).toEqual(shared);
});

test("comes with the function that it starts, and with tags", async () => {
  const whole = { ...shared, functionName: "a", tags: "customer=c-7" };
  expect(await fromHash(await toHash(whole))).toEqual(whole);
  const strange = { ...shared, functionName: 7, tags: {} } as unknown as typeof whole;
  expect(await fromHash(await toHash(strange))).toEqual(shared);
});

test("says when the code cannot be read", async () => {
  const strange = await toHash({ ...shared, file: "../a" });
  for (const hash of ["#code=", "#code=AAAA", "#code=ä", strange]) {
    await expect(fromHash(hash), hash).rejects.toThrow("cannot be read");
  }
});

test("takes nothing else for code", async () => {
  for (const hash of ["", "#", "#other=1"]) expect(await fromHash(hash)).toBeUndefined();
});

test("stops unpacking after a megabyte", async () => {
  const bomb = deflateRawSync(Buffer.alloc(400_000_000, " ")).toString("base64url");
  expect(bomb.length).toBeLessThan(1_000_000);
  const before = process.memoryUsage().rss;
  await expect(fromHash(`#code=${bomb}`)).rejects.toThrow("is larger than 1 MB, and was not read.");
  expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
});
