/**
 * `perdure replay` for the console's page: a history that the page has, against the code that lies on this machine. Each
 * time in a process of its own, so that the code is that of now, and whatever it does ends with it.
 */

import { spawn } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { ExitCode } from "./failures.ts";

/** A page's question: does the code of today make the calls of this log? */
export interface ReplayQuestion {
  readonly functionName: string;
  /** The texts of the commits, from the first. */
  readonly log: readonly string[];
}

/** The output of the command, as JSON. */
export type ReplayAnswer = Readonly<Record<string, unknown>>;

/** No file could be held against the log; the message is the command's. */
export class UnreplayableError extends Error {
  override readonly name = "UnreplayableError";
  /** Always UNREPLAYABLE. */
  readonly code = "UNREPLAYABLE";
}

const PROGRAM = fileURLToPath(new URL(`./perdure${extname(import.meta.url)}`, import.meta.url));
/** Replaying from every commit costs the square of the log's length. */
const MOST_FROM_EVERY_COMMIT = 200;
/** The longest time of a replay, in ms. */
const REPLAY_MS = 120_000;

/**
 * Asks of each source, as `perdure replay` takes it, until one has the function.
 *
 * @throws {UnreplayableError} UNREPLAYABLE if none has.
 */
export async function replayHere(sources: readonly string[], question: ReplayQuestion): Promise<ReplayAnswer> {
  const reasons: string[] = [];
  for (const source of sources) {
    const { code, out, err } = await runReplay(source, question.log);
    if (code === ExitCode.OK || code === ExitCode.FAILED) return { source, ...answerIn(out) };
    reasons.push(err.replace(/^perdure: /, "").trim());
  }
  throw new UnreplayableError(reasons.join("\n") || `No file here has the function "${question.functionName}".`);
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function runReplay(source: string, log: readonly string[]): Promise<Ended> {
  const fromEvery = log.length <= MOST_FROM_EVERY_COMMIT ? ["--every-commit"] : [];
  const child = spawn(process.execPath, [PROGRAM, "replay", "-", source, "--json", ...fromEvery], {
    timeout: REPLAY_MS,
    killSignal: "SIGKILL",
  });
  // A process that has ended has heard enough.
  child.stdin.on("error", () => undefined);
  child.stdin.end(log.join("\n"));
  const ended = new Promise<number | null>((resolve, reject) => child.once("close", resolve).once("error", reject));
  const [code, out, err] = await Promise.all([ended, textOf(child.stdout), textOf(child.stderr)]);
  if (code === null) return { code, out, err: `Replaying ${source} took longer than ${REPLAY_MS / 1000} seconds.` };
  return { code, out, err };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Behind what the code itself may have written. */
function answerIn(out: string): ReplayAnswer {
  return JSON.parse(out.slice(out.lastIndexOf("\n{\n") + 1)) as ReplayAnswer;
}
