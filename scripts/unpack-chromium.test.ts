import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { run } from "./command.ts";
import { extract, unpackChromium } from "./unpack-chromium.ts";

const compress = (data: Buffer): Buffer =>
  brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

/** An archive of one file, followed by some bytes after its end. */
async function writeArchive(path: string, file: string, trailing = 0): Promise<void> {
  const folder = temporaryFolder("unpack");
  mkdirSync(join(folder, "files", "inside"), { recursive: true });
  writeFileSync(join(folder, "files", "inside", file), `this is ${file}`);
  const { code } = await run("tar", ["-cf", join(folder, "plain.tar"), "-C", join(folder, "files"), "inside"]);
  expect(code).toBe(0);
  const archive = readFileSync(join(folder, "plain.tar"));
  writeFileSync(path, compress(Buffer.concat([archive, Buffer.alloc(trailing, "x")])));
}

/** A folder as the dev dependency has it, with little in it. */
async function writePacked(): Promise<string> {
  const packed = temporaryFolder("unpack");
  writeFileSync(join(packed, "chromium.br"), compress(Buffer.from("this is chromium")));
  await writeArchive(join(packed, "al2023.tar.br"), "library");
  await writeArchive(join(packed, "fonts.tar.br"), "font");
  return packed;
}

describe("an archive", () => {
  test("is unpacked although tar has had enough long before the archive's last byte", async () => {
    const folder = temporaryFolder("unpack");
    const target = join(folder, "target");
    mkdirSync(target);
    await writeArchive(join(folder, "archive.tar.br"), "file", 8 * 1024 * 1024);
    await extract(join(folder, "archive.tar.br"), target);
    expect(readFileSync(join(target, "inside", "file"), "utf8")).toBe("this is file");
    expect(readdirSync(target)).toEqual(["inside"]);
  });

  test("that is none is refused, with what tar says of it", async () => {
    const folder = temporaryFolder("unpack");
    writeFileSync(join(folder, "archive.tar.br"), compress(Buffer.from("not an archive, however long".repeat(100))));
    await expect(extract(join(folder, "archive.tar.br"), folder)).rejects.toThrow(/tar cannot unpack .*:\n.*tar/s);
  });
});

describe("the packed Chromium", () => {
  test("is unpacked as a whole, by two at once too, and nothing else is left", async () => {
    const packed = await writePacked();
    const folder = temporaryFolder("unpack");
    const target = join(folder, "cache", "chromium-1");
    await Promise.all([unpackChromium(packed, target), unpackChromium(packed, target)]);
    expect(readdirSync(target).toSorted()).toEqual(["chromium", "fonts.conf", "inside"]);
    expect(readdirSync(join(target, "inside")).toSorted()).toEqual(["font", "library"]);
    expect(statSync(join(target, "chromium")).mode & 0o111).toBe(0o111);
    expect(readdirSync(join(folder, "cache"))).toEqual(["chromium-1"]);
  });

  test("is not there before it is whole: who is killed while it is unpacked leaves nothing that is taken for it", async () => {
    const target = join(temporaryFolder("unpack"), "chromium-1");
    let isDone = false;
    const unpacked = unpackChromium(await writePacked(), target).finally(() => (isDone = true));
    const seen = new Set<number>();
    for (; !isDone; await new Promise((next) => setImmediate(next)))
      seen.add(existsSync(target) ? readdirSync(target).length : 0);
    await unpacked;
    expect([...seen].filter((count) => count !== 3)).toEqual([0]);
  });

  test.for(["chromium.br", "al2023.tar.br", "fonts.tar.br"])("is not there when %s is cut off", async (file) => {
    const packed = await writePacked();
    writeFileSync(join(packed, file), readFileSync(join(packed, file)).subarray(0, -4));
    const folder = temporaryFolder("unpack");
    await expect(unpackChromium(packed, join(folder, "chromium-1"))).rejects.toThrow(/unexpected end of file/);
    expect(existsSync(join(folder, "chromium-1"))).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});
