import type { FunctionVersions } from "../engine/runner/function.ts";
import { type Functions, readFunctionMap } from "./function-map.ts";
import { durableLambda } from "./lambda-function.ts";

export type { FunctionDefinition, Functions, VersionedFunction } from "./function-map.ts";

/**
 * Reads a host's functions, those of AWS's own SDK among them.
 *
 * @throws {TypeError} for a name no function can have, something that is no handler, or a `latest` that is not there.
 */
export function readFunctions(functions: Functions): ReadonlyMap<string, FunctionVersions> {
  return readFunctionMap(functions, durableLambda);
}
