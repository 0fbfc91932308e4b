import { execFileSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as aws from "@aws/durable-execution-sdk-js";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createMemoryHost } from "../homes/memory/memory-host.ts";
import type { ExecutionHeader } from "../engine/model/execution.ts";
import { createFileSystemSerdes } from "./file-system-serdes.ts";
import type { FileSystemSerdesConfig, SerdesContext } from "./types.ts";
import { withDurableExecution } from "./with-durable-execution.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders:$LATEST/durable-execution/order-7/0f3c";
const root = temporaryFolder("files");

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

describe("a payload", () => {
  const context = { entityId: "1", durableExecutionArn: ARN };
  let payloads: string;
  let own: string;

  beforeEach(async () => {
    payloads = await mkdtemp(join(root, "payloads-"));
    own = join(payloads, "orders", "order-7", "0f3c", "1.json");
  });

  test("cannot have a file read that lies elsewhere", async () => {
    const secret = join(root, "secret.json");
    await writeFile(secret, '"secret"');
    const serdes = createFileSystemSerdes(payloads);
    for (const file of [
      secret,
      join(payloads, "..", "secret.json"),
      `${payloads}-of-others/x.json`,
      payloads,
      "",
      7,
      {},
    ]) {
      await expect(serdes.deserialize(JSON.stringify({ file }), context)).rejects.toThrow("it is not used");
    }
  });

  test.for<[string, Partial<SerdesContext>]>([
    ["another operation", { entityId: "2" }],
    ["another execution", { durableExecutionArn: ARN.replace("order-7", "order-8") }],
    ["a later execution of the same name", { durableExecutionArn: ARN.replace("0f3c", "aaaa") }],
    ["another function", { durableExecutionArn: ARN.replace("orders", "refunds") }],
  ])("cannot have the file of %s read", async ([, other]) => {
    const serdes = createFileSystemSerdes(payloads);
    const stored = await serdes.serialize("theirs", { ...context, ...other });
    await serdes.serialize("ours", context);
    await expect(serdes.deserialize(stored, context)).rejects.toThrow("it is not used");
    expect(await serdes.deserialize(stored, { ...context, ...other })).toBe("theirs");
  });

  test("is read whatever the encoding of paths was when it was stored", async () => {
    for (const [before, now] of [
      ["URI", "HASH"],
      ["HASH", "URI"],
    ] as const) {
      const stored = await createFileSystemSerdes(payloads, { pathEncoding: before }).serialize(before, context);
      expect(await createFileSystemSerdes(payloads, { pathEncoding: now }).deserialize(stored, context)).toBe(before);
    }
  });

  test.for(["orders", "orders/order-7", "orders/order-7/0f3c", "orders/order-7/0f3c/1.json"])(
    "is neither written nor read through a symbolic link at %s",
    async (link) => {
      const elsewhere = await mkdtemp(join(root, "elsewhere-"));
      const rest = own.slice(join(payloads, link).length);
      const target = link.endsWith(".json") ? join(elsewhere, "1.json") : elsewhere;
      await mkdir(dirname(join(payloads, link)), { recursive: true });
      await mkdir(dirname(target + rest), { recursive: true });
      await writeFile(target + rest, '"secret"');
      await symlink(target, join(payloads, link));
      expect(await readFile(own, "utf8")).toBe('"secret"');
      const serdes = createFileSystemSerdes(payloads);
      await expect(serdes.deserialize(JSON.stringify({ file: own }), context)).rejects.toThrow(/it is not used|ELOOP/);
      await expect(serdes.serialize("x", context)).rejects.toThrow(/it is not used|ELOOP/);
      expect(await readFile(target + rest, "utf8")).toBe('"secret"');
    },
  );

  /** Runs a task while a link stands in the folder's place at each use, and is gone at each check. */
  async function whileSwapped<T>(folder: string, elsewhere: string, task: () => Promise<T>): Promise<T> {
    const files = process.getBuiltinModule("node:fs/promises");
    const swapped =
      (method: "open" | "realpath" | "lstat") =>
      async (path: string, ...rest: never[]) => {
        await rm(`${folder}-link`, { force: true });
        if (method === "open") await symlink(elsewhere, `${folder}-link`);
        const isLink = (await lstat(folder)).isSymbolicLink();
        if (isLink !== (method === "open")) {
          await rename(folder, isLink ? `${folder}-link` : `${folder}-real`);
          await rename(isLink ? `${folder}-real` : `${folder}-link`, folder);
        }
        return (files[method] as (...args: unknown[]) => Promise<unknown>)(path, ...rest);
      };
    const hostile = { ...files, open: swapped("open"), realpath: swapped("realpath"), lstat: swapped("lstat") };
    const { getBuiltinModule } = process;
    vi.stubGlobal("process", {
      ...process,
      getBuiltinModule: (id: string) => (id === "node:fs/promises" ? hostile : getBuiltinModule(id)),
    });
    try {
      return await task();
    } finally {
      vi.unstubAllGlobals();
    }
  }

  test.runIf(process.platform === "linux")(
    "is neither written nor read elsewhere, if its folder becomes a link between a check and a use",
    async () => {
      const elsewhere = await mkdtemp(join(root, "elsewhere-"));
      await writeFile(join(elsewhere, "1.json"), '"secret"');
      const serdes = createFileSystemSerdes(payloads);
      await serdes.serialize("ours", context);
      await whileSwapped(dirname(own), elsewhere, async () => {
        await expect(serdes.deserialize(JSON.stringify({ file: own }), context)).rejects.toThrow("it is not used");
        await expect(serdes.serialize("x", context)).rejects.toThrow("it is not used");
      });
      expect(await readFile(join(elsewhere, "1.json"), "utf8")).toBe('"secret"');
      expect(await readdir(elsewhere)).toEqual(["1.json"]);
    },
  );

  test("has no folder made behind a symbolic link", async () => {
    const elsewhere = await mkdtemp(join(root, "elsewhere-"));
    await symlink(elsewhere, join(payloads, "orders"));
    await expect(createFileSystemSerdes(payloads).serialize("x", context)).rejects.toThrow("it is not used");
    expect(await readdir(elsewhere)).toEqual([]);
  });

  test.runIf(process.platform === "linux")("is not waited for where a pipe has its name", async () => {
    await mkdir(dirname(own), { recursive: true });
    execFileSync("mkfifo", [own]);
    const serdes = createFileSystemSerdes(payloads);
    await expect(serdes.deserialize(JSON.stringify({ file: own }), context)).rejects.toThrow("it is not used");
    await expect(serdes.serialize("x", context)).rejects.toThrow(/it is not used|ENXIO/);
  });

  test("is found where the configured folder itself is a link, as a mount may be", async () => {
    const mount = join(root, "mount");
    await symlink(payloads, mount);
    const serdes = createFileSystemSerdes(mount);
    expect(await serdes.deserialize(await serdes.serialize("x", context), context)).toBe("x");
  });

  test("that answers a callback cannot name a file, and may carry its data", async () => {
    const ids: string[] = [];
    const serdes = createFileSystemSerdes(payloads);
    const handler = withDurableExecution(async (_event: unknown, durable) => {
      await durable.step("private", async () => "private", { serdes });
      const [answer, id] = await durable.createCallback<string>("ask", { serdes });
      ids.push(id);
      return answer;
    });
    const failures: unknown[] = [];
    const run = async (name: string, answer: (files: string[]) => string): Promise<ExecutionHeader | undefined> => {
      const host = createMemoryHost({ functions: { handler }, onError: (_, error) => failures.push(error) });
      const { execution } = await host.client.start({ functionName: "handler", name, input: "{}" });
      await expect.poll(() => ids, { timeout: 10_000 }).toHaveLength(1);
      const stored = await readdir(payloads, { recursive: true });
      const files = stored.filter((file) => file.endsWith(".json")).map((file) => join(payloads, file));
      await host.client.completeCallback(ids.pop()!, { type: "SUCCEEDED", result: answer(files) });
      const header = await host.client.settled(execution.id, Date.now() + 2000);
      host.close();
      return header;
    };
    expect(await run("inline", () => JSON.stringify({ data: '"yes"' }))).toMatchObject({
      status: "SUCCEEDED",
      result: '"yes"',
    });
    const named = await run("named", (files) => JSON.stringify({ file: files.find((file) => file.includes("named")) }));
    expect(named).toMatchObject({ status: "FAILED", error: { errorType: "CallbackError" } });
    expect(named?.result).toBeUndefined();
    expect(named?.error?.errorMessage).not.toContain("private");
  });
});

test("an ARN cannot have a file written elsewhere", async () => {
  const serdes = createFileSystemSerdes(join(root, "payloads"));
  const arn = (name: string, incarnation: string): string => ARN.replace("order-7/0f3c", `${name}/${incarnation}`);
  for (const durableExecutionArn of ["..", ".", arn("..", ".."), arn("..", "x"), arn("x", ".."), arn(".", ".")]) {
    await expect(serdes.serialize(1, { entityId: "1", durableExecutionArn })).rejects.toThrow("it is not used");
  }
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
