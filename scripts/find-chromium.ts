/**
 * Finds a Chromium for the browser tests. Playwright's download cannot be counted on, so the last resort is the
 * binary that a dev dependency carries in compressed form, with the libraries that a bare Linux lacks.
 */

import { execFile, spawn } from "node:child_process";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { arch, platform } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createBrotliDecompress } from "node:zlib";
import { root } from "./command.ts";

export interface Chromium {
  readonly found: true;
  readonly executablePath: string;
  /** What the process needs beyond the current environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** Where it came from, for people. */
  readonly origin: string;
}

export interface NoChromium {
  readonly found: false;
  readonly reason: string;
}

const flags: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** For a system without fonts: the packed one, found from wherever this file lies. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

const installedNames: readonly string[] = [
  "google-chrome-stable",
  "google-chrome",
  "chromium",
  "chromium-browser",
  "microsoft-edge-stable",
  "microsoft-edge",
];

const installedPaths: readonly string[] = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/**
 * The first of: `CHROME_PATH`, an installed Chrome, Chromium or Edge, Playwright's own, the packed one (unpacked once
 * into node_modules/.cache, about two seconds).
 */
export async function findChromium(): Promise<Chromium | NoChromium> {
  const named = process.env["CHROME_PATH"];
  if (named !== undefined && named !== "") {
    return existsSync(named)
      ? chromium(named, "CHROME_PATH")
      : { found: false, reason: `CHROME_PATH names ${named}, which does not exist` };
  }
  const installed = findInstalled();
  if (installed !== undefined) return chromium(installed, "installed");
  const playwrights = await findPlaywrights();
  if (playwrights !== undefined) return chromium(playwrights, "Playwright");
  return await findPacked();
}

function chromium(executablePath: string, origin: string, env: Readonly<Record<string, string>> = {}): Chromium {
  return { found: true, executablePath, env, args: flags, origin };
}

function findInstalled(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = installedNames.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...installedPaths].find((path) => existsSync(path));
}

async function findPlaywrights(): Promise<string | undefined> {
  const { chromium: browserType } = await import("playwright");
  const path = browserType.executablePath();
  return existsSync(path) ? path : undefined;
}

async function findPacked(): Promise<Chromium | NoChromium> {
  const folder = join(root, "node_modules", "@sparticuz", "chromium");
  if (platform() !== "linux" || arch() !== "x64" || !existsSync(folder)) {
    return { found: false, reason: "no Chrome, Chromium or Edge is installed (set CHROME_PATH to name one)" };
  }
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const cache = join(root, "node_modules", ".cache", "perdure", `chromium-${version}`);
  if (!existsSync(cache)) await unpack(join(folder, "bin"), cache);
  return await withLibraries(cache);
}

/** Unpacks beside the final place and renames, so that two processes at once or a kill leave no half of it. */
async function unpack(packed: string, cache: string): Promise<void> {
  const partial = `${cache}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const inflate = (name: string): ReturnType<typeof createBrotliDecompress> =>
    createReadStream(join(packed, name)).pipe(createBrotliDecompress());
  await pipeline(inflate("chromium.br"), createWriteStream(join(partial, "chromium"), { mode: 0o755 }));
  for (const archive of ["al2023.tar.br", "fonts.tar.br"]) {
    const tar = spawn("tar", ["-xf", "-", "-C", partial], { stdio: ["pipe", "ignore", "inherit"] });
    await pipeline(inflate(archive), tar.stdin);
    if (tar.exitCode === null) await new Promise((ended) => tar.once("close", ended));
  }
  writeFileSync(join(partial, "fonts.conf"), fontsConf);
  try {
    renameSync(partial, cache);
  } catch (error) {
    if (!existsSync(cache)) throw error;
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The packed libraries are for systems without them; mixed with a system's own they can clash, so they come second. */
async function withLibraries(cache: string): Promise<Chromium | NoChromium> {
  const executablePath = join(cache, "chromium");
  const fonts: Record<string, string> = existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: cache };
  const libraries = { ...fonts, LD_LIBRARY_PATH: join(cache, "lib") };
  for (const env of [fonts, libraries]) {
    if (await starts(executablePath, env)) return chromium(executablePath, "@sparticuz/chromium", env);
  }
  return { found: false, reason: `the packed Chromium in ${dirname(executablePath)} does not start on this system` };
}

async function starts(executablePath: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    await promisify(execFile)(executablePath, ["--version"], { env: { ...process.env, ...env }, timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}
