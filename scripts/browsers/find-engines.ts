/** Finds a Firefox and a WebKitGTK for the browser tests. Where there is none, there is a reason, for people. */

import { existsSync } from "node:fs";
import { arch } from "node:os";
import { delimiter, join } from "node:path";
import { Firefox } from "./firefox.ts";
import { Profile, type RemoteBrowser } from "./remote-browser.ts";
import { WebKit, type WebKitPrograms } from "./webkit.ts";

/** A browser that was found and has started once, by what starts it again; plain data, which test files are given. */
export type Engine =
  | { readonly found: true; readonly kind: "firefox"; readonly executablePath: string }
  | { readonly found: true; readonly kind: "webkit"; readonly programs: WebKitPrograms };

export interface NoEngine {
  readonly found: false;
  readonly reason: string;
}

/** The folder of a library's programs on Debian and its kin, by architecture. */
const triplets: Readonly<Record<string, string>> = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };

/**
 * `FIREFOX_PATH`, or the Firefox that is installed; where the variable is set, no other one is tried. Never rejects: a
 * browser that is missing or broken is a reason to skip what needs one.
 */
export async function findFirefox(): Promise<Engine | NoEngine> {
  const named = process.env["FIREFOX_PATH"] ?? "";
  const executablePath = named === "" ? onPath("firefox-esr", "firefox") : named;
  if (executablePath === undefined)
    return { found: false, reason: "no Firefox is installed (set FIREFOX_PATH to name one)" };
  return await ifItStarts({ found: true, kind: "firefox", executablePath });
}

/** `WEBKIT_DRIVER_PATH`, or the WebKitWebDriver that is installed, with its MiniBrowser. As `findFirefox` otherwise. */
export async function findWebKit(): Promise<Engine | NoEngine> {
  const named = process.env["WEBKIT_DRIVER_PATH"] ?? "";
  const driver = named === "" ? onPath("WebKitWebDriver") : named;
  if (driver === undefined)
    return { found: false, reason: "no WebKitWebDriver is installed (set WEBKIT_DRIVER_PATH to name one)" };
  const browser = miniBrowser();
  if (browser === undefined) return { found: false, reason: `${driver} has no MiniBrowser` };
  if ((process.env["DISPLAY"] ?? "") !== "")
    return await ifItStarts({ found: true, kind: "webkit", programs: { driver, browser } });
  const display = onPath("Xvfb");
  if (display === undefined)
    return { found: false, reason: "WebKitGTK needs a display, and neither one nor Xvfb is there" };
  return await ifItStarts({ found: true, kind: "webkit", programs: { driver, browser, display } });
}

/** With a profile of its own, unless one is given, which a WebKitGTK under remote control does not take. */
export async function startEngine(engine: Engine, profile?: Profile): Promise<RemoteBrowser> {
  if (engine.kind === "webkit") return await WebKit.start(engine.programs);
  if (profile !== undefined) return await Firefox.start(engine.executablePath, profile);
  const own = new Profile();
  try {
    const firefox = await Firefox.start(engine.executablePath, own);
    return {
      open: (url) => firefox.open(url),
      kill: async () => {
        await firefox.kill();
        own.remove();
      },
    };
  } catch (error) {
    own.remove();
    throw error;
  }
}

async function ifItStarts(engine: Engine): Promise<Engine | NoEngine> {
  const path = engine.kind === "firefox" ? engine.executablePath : engine.programs.driver;
  try {
    const browser = await startEngine(engine);
    await browser.kill();
    return engine;
  } catch (error) {
    return { found: false, reason: `${path} ${error instanceof Error ? error.message : String(error)}` };
  }
}

function onPath(...names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

function miniBrowser(): string | undefined {
  const triplet = triplets[arch()] ?? "";
  const folders = [`/usr/lib/${triplet}`, "/usr/libexec", "/usr/lib", "/usr/lib64"];
  const versions = ["webkit2gtk-4.1", "webkitgtk-6.0", "webkit2gtk-4.0"];
  return versions
    .flatMap((version) => folders.map((folder) => join(folder, version, "MiniBrowser")))
    .find((path) => existsSync(path));
}
