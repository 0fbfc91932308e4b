/** The functions that can be invoked, and their versions. */

import { LATEST } from "../../engine/runner/function.ts";
import { formatFunctionArn } from "../arn.ts";
import { type Call, type Face, readWhole } from "./call.ts";

/** Lambda's: pages of at most 50, whatever was asked for up to 10,000. */
const PAGE = 50;
const MOST_ASKED = 10_000;

/** By name; the marker is the last one of the page before. */
export async function listFunctions({ client, scope }: Face, { query }: Call): Promise<Response> {
  const limit = Math.min(readWhole(query.get("MaxItems"), "MaxItems", MOST_ASKED) || PAGE, PAGE);
  const after = query.get("Marker") ?? "";
  const names = client
    .functionNames()
    .filter((name) => name > after)
    .sort();
  const page = names.slice(0, limit);
  return Response.json({
    Functions: page.map((name) => ({
      FunctionName: name,
      FunctionArn: formatFunctionArn(name, undefined, scope),
      Version: LATEST,
    })),
    NextMarker: names.length > limit ? page.at(-1) : undefined,
  });
}
