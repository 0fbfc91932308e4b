/** The route by which the console's page asks this machine whether the local code makes the calls of a log. */

import { invalidParameter } from "../../lambda-compat/http/api-error.ts";
import { type BodyLimits, readJson, readShape } from "../../lambda-compat/http/body.ts";

/**
 * Holds a log, as the texts of its commits, against the code of a function, and says what came of it.
 *
 * @throws {Error} with the code UNREPLAYABLE where that cannot be done.
 */
export type Replay = (functionName: string, log: readonly string[]) => Promise<object>;

export const REPLAY_PATH = "/perdure/replay";

/** A whole log, escaped as JSON. */
export const LOG_BODY: BodyLimits = { bytes: 128 * 1024 * 1024, ms: 60_000 };
/** A commit is one value. */
const MOST_COMMITS = 2_000_000;

/** `{"FunctionName", "Log"}` to what `perdure replay --json` says. */
export async function answerReplay(replay: Replay, body: Uint8Array): Promise<Response> {
  const shape = { FunctionName: "string", Log: ["string"] } as const;
  const { FunctionName, Log } = readShape(readJson(body, MOST_COMMITS), shape, "Body") ?? {};
  if (FunctionName === undefined || Log === undefined) throw invalidParameter("FunctionName and Log must be given.");
  try {
    return Response.json(await replay(FunctionName, Log));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "UNREPLAYABLE")
      throw invalidParameter(error.message);
    throw error;
  }
}
