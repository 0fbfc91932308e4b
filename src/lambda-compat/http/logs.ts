/** The lines that handlers wrote, where somebody keeps them. AWS has them in CloudWatch, so this call is perdure's own. */

import { ApiError } from "./api-error.ts";
import { type Call, type Face, findExecution, readLimit, readWhole, seconds } from "./call.ts";
import type { LogLine, LogPlace } from "./log-source.ts";
import { shown } from "./shown.ts";

const LARGEST_NUMBER = Number.MAX_SAFE_INTEGER;

/** A marker is the number of the line before, so it stays good while lines are added. */
export async function getLogs(face: Face, call: Call): Promise<Response> {
  const { logs } = face;
  if (logs === undefined) {
    throw new ApiError("UnknownOperationException", 404, "This host does not keep what handlers write.");
  }
  const query = { after: readWhole(call.query.get("Marker"), "Marker", LARGEST_NUMBER), limit: readLimit(call.query) };
  const execution = await findExecution(face, call.label);
  const { lines, more, since, elsewhere } = await logs.lines(execution, query);
  const NextMarker = more ? String(lines.at(-1)?.number) : undefined;
  const Elsewhere = elsewhere && placeToWire(elsewhere);
  return shown(call, { Lines: lines.map(toWire), NextMarker, Since: seconds(since), Elsewhere });
}

function placeToWire({ service, region, logGroup }: LogPlace): object {
  return { Service: service, Region: region, LogGroup: logGroup };
}

function toWire({ number, at, level, text, operationId, attempt }: LogLine): object {
  return {
    Number: number,
    Timestamp: seconds(at),
    Level: level,
    Text: text,
    OperationId: operationId,
    Attempt: attempt,
  };
}
