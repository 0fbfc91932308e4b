/** The functions that a host runs, as its options name them. */

import {
  type DurableFunction,
  type FunctionVersions,
  LATEST,
  type RegisteredFunction,
} from "../engine/runner/function.ts";
import { InvalidArgumentError, shown } from "./invalid-argument.ts";
import { plainLambda } from "./lambda-function.ts";
import { durableFunctionOf } from "./hosted-invocation.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- handlers of all events and results, of this package and of AWS's
type Handler = (event: any, context: any) => Promise<any>;

/** A durable handler made by AWS's own SDK: nothing about it shows that it is one, so it must be said. */
export interface ForeignDurableHandler {
  readonly awsDurable: Handler;
}

/** A plain Lambda handler, a durable one, or one that AWS's own SDK has made durable. */
export type FunctionDefinition = Handler | ForeignDurableHandler;

/** A function whose executions may still be running older code. New executions get `latest`. */
export interface VersionedFunction {
  /** The version that new executions get: a key of `versions`. */
  readonly latest: string;
  /** The handler of each version. */
  readonly versions: Readonly<Record<string, FunctionDefinition>>;
}

/** By function name: `{ "order": handler }`, or `{ "order": { latest: "2", versions: { "1": old, "2": handler } } }`. */
export type Functions = Readonly<Record<string, FunctionDefinition | VersionedFunction>>;

const FUNCTION_NAME = /^[\w-]{1,140}$/;

/** Makes a handler of AWS's own SDK run: a hundred lines of its own, which a host that has no use for them leaves out. */
export type ForeignReader = (handler: Handler) => DurableFunction;

/**
 * Reads a host's functions.
 *
 * @throws {TypeError} for a name no function can have, something that is no handler, or a `latest` that is not there.
 */
export function readFunctionMap(functions: Functions, foreign: ForeignReader): ReadonlyMap<string, FunctionVersions> {
  const read = (name: string, definition: FunctionDefinition): RegisteredFunction =>
    readDefinition(name, definition, foreign);
  return new Map(Object.entries(functions).map(([name, definition]) => [name, readFunction(name, definition, read)]));
}

function readFunction(
  name: string,
  definition: FunctionDefinition | VersionedFunction,
  read: (name: string, definition: FunctionDefinition) => RegisteredFunction,
): FunctionVersions {
  if (!FUNCTION_NAME.test(name)) {
    throw new TypeError(`"${name}" is no function name: use 1 to 140 letters, digits, "-" and "_".`);
  }
  if (typeof definition !== "object" || definition === null || !("versions" in definition)) {
    return { latest: LATEST, versions: new Map([[LATEST, read(name, definition)]]) };
  }
  const versions = new Map(
    Object.entries(definition.versions).map(([version, handler]) => [version, read(`${name}:${version}`, handler)]),
  );
  if (!versions.has(definition.latest)) {
    throw new TypeError(
      `Function "${name}" says that its latest version is "${definition.latest}", which is not among its versions.`,
    );
  }
  return { latest: definition.latest, versions };
}

function readDefinition(name: string, definition: FunctionDefinition, foreign: ForeignReader): RegisteredFunction {
  if (typeof definition === "function") return durableFunctionOf(definition) ?? plainLambda(definition, name);
  if (typeof definition?.awsDurable === "function") return foreign(definition.awsDurable);
  throw new InvalidArgumentError(
    `Function "${name}" is no handler but ${shown(definition)}: pass what withDurableExecution returns, or an async ` +
      "function without durable operations.",
  );
}
