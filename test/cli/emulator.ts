/** `perdure dev` in a process of its own, in a folder of its own, and the other commands against it. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../scripts/command.ts";
import { main } from "../../src/cli/main.ts";

const PROGRAM = join(root, "src", "cli", "perdure.ts");
const entry = (folder: string): string => JSON.stringify(pathToFileURL(join(root, "src", folder, "index.ts")).href);
/** What handlers of the tests import perdure by. */
export const PERDURE = entry("lambda-compat");
/** The same for `perdure/schedules`. */
export const SCHEDULES = entry("schedules");

export interface CommandAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A project of a user's: a folder with handlers, and AWS's packages beside them. */
export class Project {
  readonly folder: string = mkdtempSync(join(tmpdir(), "perdure-cli-"));

  constructor() {
    for (const path of ["@aws/durable-execution-sdk-js", "@aws-sdk/client-lambda"]) {
      const packagePath = join("node_modules", path);
      mkdirSync(dirname(this.path(packagePath)), { recursive: true });
      symlinkSync(join(root, packagePath), this.path(packagePath));
    }
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** The lines of a file that handlers write to; none where it is not there. */
  lines(name: string): readonly string[] {
    try {
      return readFileSync(this.path(name), "utf8")
        .split("\n")
        .filter((line) => line !== "");
    } catch {
      return [];
    }
  }

  /** A command of this process, against the emulator of this folder unless it names another place. */
  async run(...argv: readonly string[]): Promise<CommandAnswer> {
    const written = { out: "", err: "" };
    const to = (stream: "out" | "err") => ({ write: (text: string) => (written[stream] += text) });
    const speaks = !["dev", "replay"].includes(argv[0] ?? "") && !argv.includes("--aws") && !argv.includes("--url");
    const args = speaks ? [...argv, "--data", this.path(".perdure")] : argv;
    const code = await main(args, { out: to("out"), err: to("err"), env: {} });
    return { code, ...written };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class Emulator {
  readonly #child: ChildProcess;
  /** Its exit code; undefined for a signal. */
  readonly ended: Promise<number | undefined>;
  output = "";

  constructor(project: Project, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [PROGRAM, "dev", "--port", "0", ...args], {
      cwd: project.folder,
      env: { ...process.env, NODE_OPTIONS: "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.ended = new Promise((done) => this.#child.once("close", (code) => done(code ?? undefined)));
  }

  /** Resolves once it is ready; rejects with what it said if it ends before. */
  static async start(...given: ConstructorParameters<typeof Emulator>): Promise<Emulator> {
    const emulator = new Emulator(...given);
    await emulator.says("in a browser");
    return emulator;
  }

  get url(): string {
    return /ready at (\S+)/.exec(this.output)?.[1] ?? "";
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async says(text: string): Promise<void> {
    let isOver = false;
    void this.ended.then(() => {
      isOver = true;
    });
    while (!this.output.includes(text)) {
      if (isOver) throw new Error(`It has ended and never said "${text}":\n${this.output}`);
      await new Promise((next) => setTimeout(next, 50));
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | undefined> {
    this.#child.kill(signal);
    return this.ended;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
