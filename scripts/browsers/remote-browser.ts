/** A browser of its own process that tests open tabs in, by the standard of remote control that its maker follows. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";

export interface RemoteBrowser<Tab extends RemoteTab = RemoteTab> {
  /** Opens a tab beside the others, in a window of its own, so that none is hidden. Resolves once it is on its way. */
  open(url: string): Promise<Tab>;
  /** SIGKILL for the browser with all its processes: no goodbye, no flush. */
  kill(): Promise<void>;
}

export interface RemoteTab {
  /** The value of an expression, or of the promise that it is, as JSON carries it. */
  evaluate<T>(expression: string): Promise<T>;
  /** Goes elsewhere, and resolves before it has arrived. */
  navigate(url: string): Promise<void>;
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** The longest time that a browser may take to come up, in ms. Only a browser that hangs is to be given up. */
export const START_MS = 120_000;

/** A folder that browsers keep their data in, one after the other. It is there once a browser is to use it. */
export class Profile {
  #folder: string | undefined;
  #isMounted = false;

  get folder(): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), "perdure-profile-"));
    return this.#folder;
  }

  /**
   * Puts a disk of its own below the folder, of so many bytes.
   *
   * @throws {Error} where this process may mount none.
   */
  mount(bytes: number): void {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", this.folder], { stdio: "pipe" });
    this.#isMounted = true;
  }

  remove(): void {
    if (this.#folder === undefined) return;
    if (this.#isMounted) execFileSync("umount", [this.folder], { stdio: "pipe" });
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A process that leads a group, which ends with it. */
export class ProcessGroup {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  /** The text that the browser has written to its outputs. */
  said = "";
  readonly #onExit = (): void => this.#signal();

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) {
    this.child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: platform() !== "win32",
    });
    this.ended = new Promise((done) => this.child.once("close", () => done()).once("error", () => done()));
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        this.said += chunk.toString();
      });
    process.once("exit", this.#onExit);
    void this.ended.then(() => process.off("exit", this.#onExit));
  }

  /** Resolves with what it writes that a pattern finds; rejects when it ends before, or takes too long. */
  tells(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const trouble = (what: string): void =>
        reject(new Error(`${what} ${this.said.trim().split("\n")[0] ?? ""}`.trim()));
      const timeout = setTimeout(() => trouble(`does not come up within ${START_MS / 1000} s.`), START_MS);
      const look = (): void => {
        const found = pattern.exec(this.said)?.[1];
        if (found === undefined) return;
        clearTimeout(timeout);
        resolve(found);
      };
      for (const stream of [this.child.stdout, this.child.stderr]) stream?.on("data", look);
      this.child.once("error", ({ message }) => trouble(`does not start: ${message}.`));
      void this.ended.then(() => trouble("ended."));
      void this.ended.then(() => clearTimeout(timeout));
      look();
    });
  }

  async kill(): Promise<void> {
    this.#signal();
    await this.ended;
  }

  #signal(): void {
    const { pid, exitCode, signalCode } = this.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(platform() === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
