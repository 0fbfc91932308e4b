import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@aws/durable-execution-sdk-js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createFileSystemSerdes } from "./file-system-serdes.ts";
import type { FileSystemSerdesConfig } from "./types.ts";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders:$LATEST/durable-execution/order-7/0f3c";
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "perdure-files-"));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Ours and AWS's, each in a folder of its own; `same` tells that what they said is the same but for the folder. */
function both(config: FileSystemSerdesConfig) {
  const [here, there] = [join(root, "ours"), join(root, "theirs")];
  return {
    ours: createFileSystemSerdes(here, config),
    theirs: aws.createFileSystemSerdes(there, config as aws.FileSystemSerdesConfig),
    here,
    same: (ours: string | undefined, theirs: string | undefined) => expect(ours).toBe(theirs?.replaceAll(there, here)),
  };
}

const arn = fc.oneof(
  fc.constantFrom(ARN, "5f0b-uuid", "arn:aws:s3:::bucket/key"),
  fc.string({ minLength: 3, maxLength: 30 }),
);
const entityId = fc.constantFrom("1", "1-2", "12-3-4");

describe.each(["URI", "HASH"] as const)("with %s paths", (pathEncoding) => {
  test("stores where AWS's stores, what AWS's stores, and reads it back", async () => {
    const generatePreview = (value: unknown): Record<string, unknown> | undefined =>
      typeof value === "object" ? { seen: true } : undefined;
    const { ours, theirs, here, same } = both({ pathEncoding, generatePreview });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), arn, entityId, async (value, durableExecutionArn, id) => {
        const context = { entityId: id, durableExecutionArn };
        const payload = await ours.serialize(value, context);
        same(payload, await theirs.serialize(value, context));
        const { file } = JSON.parse(payload ?? "") as { file: string };
        expect(await readFile(file, "utf8")).toBe(JSON.stringify(value));
        const copy = JSON.parse(JSON.stringify(value)) as unknown;
        expect(await ours.deserialize(payload, context)).toEqual(copy);
        expect(await aws.createFileSystemSerdes(here).deserialize(payload, context)).toEqual(copy);
      }),
      { numRuns: 40 },
    );
  });
});

describe("with OVERFLOW", () => {
  const context = { entityId: "1", durableExecutionArn: ARN };

  test.for([1, 260_000, 261_104, 261_105, 261_106, 261_107, 261_108, 300_000])(
    "stores a text of %i bytes in line or in a file as AWS's does",
    async (length) => {
      const { ours, theirs, same } = both({ storageMode: "OVERFLOW" });
      const value = "x".repeat(length);
      const payload = await ours.serialize(value, context);
      same(payload, await theirs.serialize(value, context));
      expect(await ours.deserialize(payload, context)).toBe(value);
    },
  );

  test("counts bytes, not characters", async () => {
    const { ours, theirs, same } = both({ storageMode: "OVERFLOW" });
    const value = "€".repeat(100_000);
    const payload = await ours.serialize(value, context);
    expect(payload).toMatch(/^\{"file"/);
    same(payload, await theirs.serialize(value, context));
  });
});

test("undefined is stored as nothing", async () => {
  const serdes = createFileSystemSerdes(root);
  const context = { entityId: "1", durableExecutionArn: ARN };
  expect(await serdes.serialize(undefined, context)).toBeUndefined();
  expect(await serdes.deserialize(undefined, context)).toBeUndefined();
});

test("a payload cannot have a file read that lies elsewhere", async () => {
  const secret = join(root, "secret.json");
  await writeFile(secret, '"secret"');
  const serdes = createFileSystemSerdes(join(root, "payloads"));
  const context = { entityId: "1", durableExecutionArn: ARN };
  for (const file of [secret, join(root, "payloads", "..", "secret.json"), `${root}/payloads-of-others/x.json`, root]) {
    await expect(serdes.deserialize(JSON.stringify({ file }), context)).rejects.toThrow("it is not used");
  }
});

test("an ARN cannot have a file written elsewhere", async () => {
  const serdes = createFileSystemSerdes(join(root, "payloads"));
  await expect(serdes.serialize(1, { entityId: "1", durableExecutionArn: ".." })).rejects.toThrow("it is not used");
});

test("says that it needs Node where there is none", async () => {
  const serdes = createFileSystemSerdes(root);
  vi.stubGlobal("process", { ...process, getBuiltinModule: undefined });
  try {
    await expect(serdes.serialize(1, { entityId: "1", durableExecutionArn: ARN })).rejects.toThrow(
      'createFileSystemSerdes needs Node.js: this runtime has no "node:fs/promises".',
    );
  } finally {
    vi.unstubAllGlobals();
  }
});
