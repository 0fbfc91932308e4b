/** The folder in which an emulator keeps what it knows: for this user alone, and for no repository. */

import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The credential that signs calls from this machine, or that they bear. */
export interface LocalCredential {
  readonly id: string;
  readonly rights: readonly ["admin"];
  readonly bearer: string;
  readonly sigv4: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The emulator that runs on a folder. */
export interface RunningEmulator {
  readonly url: string;
  readonly pid: number;
}

/** The folder's name where none is given. */
export const DATA_FOLDER = ".perdure";

export class DataFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get database(): string {
    return join(this.path, "executions.db");
  }

  /** Made if need be, and closed to everybody but this user. */
  prepare(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    chmodSync(this.path, 0o700);
    const ignore = join(this.path, ".gitignore");
    if (!existsSync(ignore)) this.#write(".gitignore", "*\n");
  }

  /** The credential of an earlier start; undefined if there was none. */
  credential(): LocalCredential | undefined {
    return this.#read<LocalCredential>("credential.json");
  }

  /** The same, or a new one. */
  ensureCredential(): LocalCredential {
    const known = this.credential();
    if (known !== undefined) return known;
    const credential = newCredential();
    this.#write("credential.json", `${JSON.stringify(credential, null, 2)}\n`);
    return credential;
  }

  running(): RunningEmulator | undefined {
    return this.#read<RunningEmulator>("emulator.json");
  }

  announce(emulator: RunningEmulator): void {
    this.#write("emulator.json", `${JSON.stringify(emulator)}\n`);
  }

  /** Takes the announcement back, unless it is of another process by now. */
  withdraw(pid: number): void {
    if (this.running()?.pid === pid) rmSync(join(this.path, "emulator.json"), { force: true });
  }

  /** The lead of the emulator's clock over the wall clock, in ms. */
  aheadMs(): number {
    return this.#read<{ aheadMs: number }>("clock.json")?.aheadMs ?? 0;
  }

  keepAheadMs(aheadMs: number): void {
    this.#write("clock.json", `${JSON.stringify({ aheadMs })}\n`);
  }

  #read<T>(name: string): T | undefined {
    try {
      return JSON.parse(readFileSync(join(this.path, name), "utf8")) as T;
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all: the process may be killed at any moment. */
  #write(name: string, text: string): void {
    const path = join(this.path, name);
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

function newCredential(): LocalCredential {
  return {
    id: "local",
    rights: ["admin"],
    bearer: randomBytes(24).toString("base64url"),
    sigv4: {
      accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString("base64url"),
    },
  };
}
