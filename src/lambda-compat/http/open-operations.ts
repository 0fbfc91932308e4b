/** A page of what an execution waits for or does now. */

import type { Operation } from "../../engine/model/operation.ts";
import { present } from "../../engine/model/present.ts";
import { operationToWire } from "../wire.ts";
import { type Call, type Face, findExecution, readLimit, seconds } from "./call.ts";
import { shown } from "./shown.ts";

export async function getOpenOperations(face: Face, call: Call): Promise<Response> {
  const { label, query } = call;
  const page = present({ open: true, limit: readLimit(query), marker: query.get("Marker") ?? undefined });
  const { id } = await findExecution(face, label);
  const { operations, marker } = await face.client.state(id, page);
  return shown(call, { Operations: operations.map(toWire), NextMarker: marker });
}

/** As the state has it, and with the name of the function that an invoke waits for. */
function toWire(operation: Operation): object {
  const written = operationToWire(operation, seconds);
  if (operation.type !== "CHAINED_INVOKE") return written;
  return { ...written, ChainedInvokeDetails: { FunctionName: operation.functionName } };
}
