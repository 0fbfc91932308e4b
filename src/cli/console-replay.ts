/** The replay for the console's page: a history is held against the files that the command was given. */

import { existsSync } from "node:fs";
import type { FetchHandler } from "../homes/local/http-server.ts";
import { nameOf, parseSource } from "../homes/local/function-source.ts";
import { answerReplay, LOG_BODY, REPLAY_PATH } from "../homes/local/replay-route.ts";
import { errorResponse, toApiError } from "../lambda-compat/http/api-error.ts";
import { readBody } from "../lambda-compat/http/body.ts";
import { usageError } from "./failures.ts";
import { replayHere } from "./replay-here.ts";

/**
 * Answers replays itself, and leaves all else to the face; without files those too, as the face may be an emulator's.
 *
 * @throws {CommandError} for a file that there is not.
 */
export function answeringReplays(sources: readonly string[], face: FetchHandler): FetchHandler {
  if (sources.length === 0) return face;
  for (const source of sources) {
    if (!existsSync(parseSource(source).file)) throw usageError(`There is no file ${source}.`);
  }
  return async (request) => {
    if (request.method !== "POST" || new URL(request.url).pathname !== REPLAY_PATH) return face(request);
    try {
      const body = await readBody(request, LOG_BODY);
      return await answerReplay((functionName, log) => {
        return replayHere(likeliestFirst(sources, functionName), { functionName, log });
      }, body);
    } catch (error) {
      return errorResponse(toApiError(error));
    }
  };
}

function likeliestFirst(sources: readonly string[], functionName: string): readonly string[] {
  const isNamed = (text: string): boolean => {
    const source = parseSource(text);
    const exportName = source.exportName === "" ? "handler" : source.exportName;
    return nameOf(source, { exportName, kind: "durable" }) === functionName;
  };
  return [...sources.filter(isNamed), ...sources.filter((source) => !isNamed(source))];
}
