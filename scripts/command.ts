/** Runs the development tools with the Node that runs this script, whatever `node` means on the PATH. */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";

/** The root of the repository. */
export const root: string = resolve(import.meta.dirname, "..");

export interface CommandResult {
  readonly code: number;
  /** Standard output and standard error, in the order they came. Empty unless captured. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to the environment; undefined removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Collect the output instead of passing it through. Default false. */
  readonly capture?: boolean;
}

/** The script behind a package's command: the one of its own name, or the first it has. */
export function toolPath(packageName: string): string {
  const folder = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    bin: string | Record<string, string>;
  };
  const path = typeof bin === "string" ? bin : (bin[packageName] ?? Object.values(bin)[0]);
  if (path === undefined) throw new Error(`${packageName} has no command`);
  return join(folder, path);
}

/** Runs a package's command, with `process.execPath`. */
export function runTool(
  packageName: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<CommandResult> {
  return run(process.execPath, [toolPath(packageName), ...args], options);
}

/** Runs a command to its end; a signal counts as exit code 1. */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter), ...options.env },
    stdio: options.capture === true ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
  });
  let output = "";
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code: code ?? 1, output }));
  });
}

/** Runs npm in another folder, without the settings that an npm around this process handed down. */
export function runNpm(args: readonly string[], cwd: string): Promise<CommandResult> {
  const inherited = Object.keys(process.env).filter((name) => /^npm_/i.test(name));
  const env = Object.fromEntries(inherited.map((name) => [name, undefined]));
  return run("npm", args, { cwd, env, capture: true });
}
