import type { Operation } from "../model/operation.ts";

/** How long the payloads of an operation are, its error among them, in UTF-16 units. */
export function payloadLength(operation: Operation): number {
  const input = operation.type === "CHAINED_INVOKE" ? (operation.input?.length ?? 0) : 0;
  const error = operation.error === undefined ? 0 : JSON.stringify(operation.error).length;
  return (operation.result?.length ?? 0) + input + error;
}
