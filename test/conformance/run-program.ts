import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs an ES module in a process of its own, from the root of the repository; it may import TypeScript. */
export async function runProgram(
  source: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string }> {
  const args = ["--no-warnings", "--input-type=module", "--eval", source];
  return promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, timeout: 60_000 });
}
