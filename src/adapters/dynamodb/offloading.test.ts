import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dynalite } from "../../../scripts/local-aws/dynalite.ts";
import { LocalS3 } from "../../../scripts/local-aws/local-bucket.ts";
import { rowOf } from "../../testing/store-case.ts";
import { DynamoStore } from "./dynamodb-store.ts";

const Bucket = "texts";
const table = "perdure";
let dynalite: Dynalite;
let s3: LocalS3;

beforeAll(async () => {
  dynalite = await Dynalite.start();
  s3 = await LocalS3.start();
  await dynalite.createTable(table);
  await s3.createBucket(Bucket);
});

afterAll(async () => {
  await dynalite.stop();
  await s3.stop();
});

/** All that is compressed is above it. */
const open = (aboveBytes = 0): DynamoStore =>
  new DynamoStore({ client: dynalite.client, table, offload: { client: s3.client, bucket: Bucket, aboveBytes } });

describe("what is offloaded", () => {
  const large = (mark: string): string => mark.repeat(3000);
  let names = 0;

  /** An execution whose second commit is large. */
  async function written(): Promise<ReturnType<typeof rowOf>> {
    const row = rowOf("offloaded", `of-${names++}`);
    const store = open();
    await store.create(row, "first");
    await store.append(row.id, 2, large("ü"), row.incarnation);
    return row;
  }

  const keysOf = async ({ id }: { id: string }): Promise<readonly string[]> =>
    (await s3.keys(Bucket)).filter((key) => key.startsWith(`perdure/${id}/`));

  test("is what is larger than the bound once it is compressed, and nothing else", async () => {
    const row = rowOf("bounded", "one");
    const store = open(1000);
    await store.create(row, "first");
    const random = Array.from(crypto.getRandomValues(new Uint8Array(2000)), (byte) => byte.toString(16)).join("");
    const bodies = ["first", "small", large("well compressed"), random];
    for (const [at, body] of bodies.entries()) if (at > 0) await store.append(row.id, at + 1, body, row.incarnation);
    expect(await open().read(row.id, 1)).toEqual({ bodies });
    expect(await keysOf(row)).toHaveLength(1);
  });

  test("is there once, however often it is written, and stays when a commit that has the same text is refused", async () => {
    const row = await written();
    const [key] = await keysOf(row);
    expect(key).toMatch(new RegExp(`^perdure/${row.id}/${row.incarnation}/[0-9a-f]{64}$`));
    expect(await open().append(row.id, 2, large("ü"), row.incarnation)).toBe("taken");
    expect(await open().append(row.id, 3, large("ü"), row.incarnation)).toBe("appended");
    expect(await keysOf(row)).toEqual([key]);
    expect(await open().read(row.id, 1)).toEqual({ bodies: ["first", large("ü"), large("ü")] });
  });

  test("of a commit that was refused harms nobody, and goes with its execution", async () => {
    const row = await written();
    expect(await open().append(row.id, 2, large("another"), row.incarnation)).toBe("taken");
    expect(await keysOf(row)).toHaveLength(2);
    expect(await open().read(row.id, 1)).toEqual({ bodies: ["first", large("ü")] });
    const other = await written();
    await open().remove(row.id, row.incarnation);
    expect([await keysOf(row), (await keysOf(other)).length]).toEqual([[], 1]);
  });

  test("that is missing or is something else is an error with a code, and no log that ends there", async () => {
    const row = await written();
    const [Key = ""] = await keysOf(row);
    await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: "something else" }));
    await expect(open().read(row.id, 1)).rejects.toMatchObject({ name: "OffloadError", code: "OBJECT_DAMAGED" });
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(open().read(row.id, 1)).rejects.toMatchObject({ name: "OffloadError", code: "OBJECT_MISSING" });
    const none = new DynamoStore({ client: dynalite.client, table });
    await expect(none.read(row.id, 1)).rejects.toMatchObject({ name: "OffloadError", code: "NO_BUCKET" });
    expect(await open().append(row.id, 3, large("ü"), row.incarnation)).toBe("appended");
    expect(await open().read(row.id, 1)).toEqual({ bodies: ["first", large("ü"), large("ü")] });
  });

  test("of an execution that is removed while it is read is a log that is not there", async () => {
    const row = await written();
    const reading = open();
    s3.client.middlewareStack.add(
      (next) => async (args) => {
        s3.client.middlewareStack.remove("removes");
        await open().remove(row.id, row.incarnation);
        return next(args);
      },
      { step: "initialize", name: "removes" },
    );
    expect(await reading.read(row.id, 1)).toBeUndefined();
  });

  test("as a snapshot is replaced by the next one, and is no snapshot once it is lost", async () => {
    const row = await written();
    const store = open();
    for (const mark of ["a", "b", "b"]) await store.keepSnapshot(row.id, large(mark), row.incarnation);
    expect(await store.snapshot(row.id, row.incarnation)).toBe(large("b"));
    const keys = await keysOf(row);
    expect(keys).toHaveLength(2);
    for (const Key of keys) await s3.client.send(new DeleteObjectCommand({ Bucket, Key }));
    expect(await store.snapshot(row.id, row.incarnation)).toBeUndefined();
  });
});
