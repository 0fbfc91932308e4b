import { expect, test } from "vitest";
import { fromHash, toHash } from "./share-link.ts";

const shared = { file: "a.ts", code: 'export const a = "ü <script>";', payload: "{}" };

test("comes back as it was", async () => {
  const hash = await toHash(shared);
  expect(hash).toMatch(/^#code=[\w-]+$/);
  expect(await fromHash(hash)).toEqual(shared);
});

test("takes nothing else for code", async () => {
  const strange = await toHash({ ...shared, file: "../a" });
  for (const hash of ["", "#code=", "#code=AAAA", "#other=1", strange]) expect(await fromHash(hash)).toBeUndefined();
});
