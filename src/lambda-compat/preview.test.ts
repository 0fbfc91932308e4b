import * as aws from "@aws/durable-execution-sdk-js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildPreview } from "./preview.ts";

const key = fc.constantFrom("id", "name", "secret", "items", "a.b", "", "__proto__", "constructor", "prototype", "ü");
const leaf = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.integer(),
  fc.constantFrom(null, true, undefined),
);

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(key, tie("tree")), { selector: ([name]) => name, maxLength: 5 })
      .map((entries) =>
        entries.reduce((object, [name, value]) => Object.defineProperty(object, name, { value, enumerable: true }), {}),
      ),
  ),
}));

const field = fc.record(
  {
    name: fc.constantFrom("id", "name", "secret", "items", "items.id", "name.secret", "ü", "constructor"),
    match: fc.constantFrom("ANYWHERE" as const, "PATH" as const),
  },
  { requiredKeys: ["name"] },
);

const config = fc.record(
  {
    mode: fc.constantFrom("INCLUDE_ALL" as const, "EXCLUDE_ALL" as const),
    include: fc.array(field, { maxLength: 3 }),
    exclude: fc.array(field, { maxLength: 2 }),
    mask: fc.array(field, { maxLength: 2 }),
    maskString: fc.constantFrom("***", "hidden", ""),
    maxPreviewBytes: fc.nat(200),
  },
  { requiredKeys: ["mode"] },
);

test("shows what AWS's shows", () => {
  fc.assert(
    fc.property(tree, config, (value, settings) => {
      const ours = buildPreview(value, settings);
      expect(JSON.stringify(ours)).toBe(JSON.stringify(aws.buildPreview(value, settings as aws.PreviewConfig)));
    }),
    { numRuns: 500 },
  );
});

test("masks and leaves out by name or by path", () => {
  const value = { user: { name: "Ada", password: "x" }, password: "y", items: [{ id: 1 }, { id: 2 }] };
  expect(
    buildPreview(value, {
      mode: "INCLUDE_ALL",
      mask: [{ name: "password" }],
      exclude: [{ name: "user.name", match: "PATH" }],
    }),
  ).toEqual({ user: { password: "***" }, password: "***", items: { id: 2 } });
});

test("stops at the budget, and shows nothing rather than an empty object", () => {
  const value = { a: "12345", b: "12345" };
  expect(buildPreview(value, { mode: "INCLUDE_ALL", maxPreviewBytes: 14 })).toEqual({ a: "12345" });
  expect(buildPreview(value, { mode: "INCLUDE_ALL", maxPreviewBytes: 13 })).toBeUndefined();
});

test("a stored prototype changes none", () => {
  const value = JSON.parse(
    '{"__proto__":{"isAdmin":true},"x":{"constructor":{"prototype":{"isAdmin":true}}}}',
  ) as object;
  expect(buildPreview(value, { mode: "INCLUDE_ALL" })).toBeUndefined();
  expect({}).not.toHaveProperty("isAdmin");
});
