/** Unpacks the Chromium that a dev dependency carries as Brotli files, with the libraries that a bare Linux lacks. */

import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { run } from "./command.ts";

/** For a system without fonts: the packed one, found from wherever this file lies. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/**
 * Unpacks into a folder that has everything in it as soon as it is there: the work is done beside it, in a folder of
 * this call's own, which then takes the name. Of two calls at once the first wins, and both have the folder.
 */
export async function unpackChromium(packed: string, target: string): Promise<void> {
  const partial = `${target}.${randomUUID()}`;
  await mkdir(partial, { recursive: true });
  try {
    await inflate(join(packed, "chromium.br"), join(partial, "chromium"), 0o755);
    for (const archive of ["al2023.tar.br", "fonts.tar.br"]) await extract(join(packed, archive), partial);
    await writeFile(join(partial, "fonts.conf"), fontsConf);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}

/**
 * Unpacks a Brotli-compressed archive. By way of a file: tar ends as soon as it has read the mark at an archive's end, and
 * whether a pipe to it has been emptied and closed by then is a matter of luck.
 */
export async function extract(archive: string, folder: string): Promise<void> {
  const plain = join(await mkdtemp(join(folder, "archive-")), "plain.tar");
  try {
    await inflate(archive, plain);
    const { code, output } = await run("tar", ["-xf", plain, "-C", folder], { capture: true });
    if (code !== 0) throw new Error(`tar cannot unpack ${archive}:\n${output}`);
  } finally {
    await rm(dirname(plain), { recursive: true, force: true });
  }
}

async function inflate(from: string, to: string, mode?: number): Promise<void> {
  const file = createWriteStream(to, mode === undefined ? {} : { mode });
  await pipeline(createReadStream(from), createBrotliDecompress(), file);
}
