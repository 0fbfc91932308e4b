/**
 * Finds a Chromium for the browser tests. Playwright's download cannot be counted on, so the last resort is the
 * binary that a dev dependency carries in compressed form, with the libraries that a bare Linux lacks.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { root } from "./command.ts";
import { unpackChromium } from "./unpack-chromium.ts";

export interface Chromium {
  readonly found: true;
  readonly executablePath: string;
  /** The variables that the process needs beyond the current environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** The origin of the browser, for people. */
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

/** A browser that may be there, and may start. */
export interface Candidate {
  readonly executablePath: string;
  readonly origin: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A place where browsers may be found; one that throws has none, for the reason that it gives. */
export type Source = () => readonly Candidate[] | Promise<readonly Candidate[]>;

/** The longest time that a browser may take to come up, in ms. Only a browser that hangs is to be given up. */
const START_MS = 60_000;

/**
 * The first that starts of: `CHROME_PATH`, an installed Chrome, Chromium or Edge, Playwright's own, the packed one
 * (unpacked once into node_modules/.cache, about two seconds). Where `CHROME_PATH` is set, no other one is tried. Never
 * rejects: a browser that is missing or broken is a reason to skip what needs one.
 */
export async function findChromium(): Promise<Chromium | NoChromium> {
  const named = process.env["CHROME_PATH"];
  if (named !== undefined && named !== "") {
    return await firstThatStarts([() => [{ executablePath: named, origin: "CHROME_PATH" }]]);
  }
  return await firstThatStarts([findInstalled, findPlaywrights, findPacked]);
}

/** Asks one source after the other, and the later ones only when nothing of the earlier ones starts. */
export async function firstThatStarts(sources: readonly Source[]): Promise<Chromium | NoChromium> {
  const troubles: string[] = [];
  for (const source of sources) {
    try {
      for (const candidate of await source()) {
        const trouble = await troubleWithStart(candidate);
        if (trouble === undefined) return { found: true, env: {}, ...candidate, args: flags };
        troubles.push(`${candidate.executablePath} (${candidate.origin}) ${trouble}`);
      }
    } catch (error) {
      troubles.push(error instanceof Error ? error.message : String(error));
    }
  }
  const none = "no Chrome, Chromium or Edge is installed (set CHROME_PATH to name one)";
  return { found: false, reason: troubles.length === 0 ? none : troubles.join("; ") };
}

function findInstalled(): readonly Candidate[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = installedNames.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...paths, ...installedPaths]
    .filter((path) => existsSync(path))
    .map((executablePath) => ({ executablePath, origin: "installed" }));
}

async function findPlaywrights(): Promise<readonly Candidate[]> {
  const { chromium } = await import("playwright");
  const executablePath = chromium.executablePath();
  return existsSync(executablePath) ? [{ executablePath, origin: "Playwright" }] : [];
}

/** The packed libraries are for systems without them; mixed with a system's own they can clash, so they come second. */
async function findPacked(): Promise<readonly Candidate[]> {
  const folder = join(root, "node_modules", "@sparticuz", "chromium");
  if (platform() !== "linux" || arch() !== "x64" || !existsSync(folder)) return [];
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const cache = join(root, "node_modules", ".cache", "perdure", `chromium-${version}`);
  if (!existsSync(cache)) await unpackChromium(join(folder, "bin"), cache);
  const fonts: Record<string, string> = existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: cache };
  const libraries = { ...fonts, LD_LIBRARY_PATH: join(cache, "lib") };
  const found = { executablePath: join(cache, "chromium"), origin: "@sparticuz/chromium" };
  return [
    { ...found, env: fonts },
    { ...found, env: libraries },
  ];
}

/** Starts it as tests do: its version is told by many a browser that cannot open a page. Undefined when it comes up. */
async function troubleWithStart({ executablePath, env }: Candidate): Promise<string | undefined> {
  if (!existsSync(executablePath)) return "does not exist";
  const profile = mkdtempSync(join(tmpdir(), "perdure-chromium-"));
  const args = [...flags, "--headless", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"];
  const child = spawn(executablePath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    detached: platform() !== "win32",
  });
  const ended = new Promise<void>((done) => child.once("close", () => done()).once("error", () => done()));
  const trouble = await troubleUntilReady(child);
  endGroup(child);
  await ended;
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  return trouble;
}

function troubleUntilReady(child: ChildProcess): Promise<string | undefined> {
  return new Promise((done) => {
    let said = "";
    const timeout = setTimeout(() => done(`does not come up within ${START_MS / 1000} s`), START_MS);
    const end = (trouble?: string): void => {
      clearTimeout(timeout);
      done(trouble);
    };
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes("DevTools listening on ")) end();
    });
    child.once("error", ({ message }) => end(`does not start: ${message}`));
    child.once("close", (code) => end(`does not start: ${firstLine(said) || `it ends with code ${code}`}`));
  });
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(platform() === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
