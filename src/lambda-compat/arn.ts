/**
 * Amazon resource names: how AWS's API speaks of functions and executions. They exist at the wire only; inside, a
 * function is its name and an execution is `<function name>/<execution name>`. Names are read by their structure, so
 * one that was written under another partition, region or account still leads to its execution.
 */

export interface ArnScope {
  /** The partition, such as `aws`. */
  readonly partition: string;
  /** The region, such as `eu-west-1`. */
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}

/** The default beginning of ARNs: `arn:perdure:lambda:local:000000000000`. */
export const LOCAL_SCOPE: ArnScope = { partition: "perdure", region: "local", account: "000000000000" };

/** The parts of an execution's ARN. */
export interface ExecutionArnParts {
  /** The function's name. */
  readonly functionName: string;
  /** The version that the execution started with. */
  readonly version: string;
  /** The execution's name. */
  readonly name: string;
  /** Tells two executions apart that had the same name one after the other: 32 hex digits. */
  readonly incarnation: string;
}

/** A function, and perhaps a version of it. */
export interface FunctionReference {
  /** The function's name. */
  readonly functionName: string;
  /** A version or `$LATEST`. */
  readonly qualifier?: string;
}

const FUNCTION = String.raw`([\w-]{1,140})`;
const QUALIFIER = String.raw`(\$LATEST|[\w.-]{1,128})`;
const PREFIX = String.raw`arn:[\w-]+:lambda:[\w-]+:\d{12}:function:`;
const EXECUTION_ARN = new RegExp(`^${PREFIX}${FUNCTION}:${QUALIFIER}/durable-execution/([\\w-]{1,64})/([\\w-]{1,64})$`);
const FUNCTION_REFERENCE = new RegExp(`^(?:${PREFIX}|\\d{12}:(?:function:)?|function:)?${FUNCTION}(?::${QUALIFIER})?$`);

/** Of a version, or of the function as such. */
export function formatFunctionArn(
  functionName: string,
  version: string | undefined,
  { partition, region, account }: ArnScope = LOCAL_SCOPE,
): string {
  const unqualified = `arn:${partition}:lambda:${region}:${account}:function:${functionName}`;
  return version === undefined ? unqualified : `${unqualified}:${version}`;
}

/** Takes an execution's header or its directory row as it is. */
export function formatExecutionArn(parts: ExecutionArnParts, scope: ArnScope = LOCAL_SCOPE): string {
  const owner = formatFunctionArn(parts.functionName, parts.version, scope);
  return `${owner}/durable-execution/${parts.name}/${parts.incarnation}`;
}

/** Undefined for anything that is not the name of an execution. */
export function parseExecutionArn(text: string): ExecutionArnParts | undefined {
  const [, functionName, version, name, incarnation] = EXECUTION_ARN.exec(text) ?? [];
  if (!functionName || !version || !name || !incarnation) return undefined;
  return { functionName, version, name, incarnation };
}

/** Reads `name`, `name:version`, a whole ARN or a partial one (`<account>:function:<name>`), each with or without a version. */
export function parseFunctionReference(text: string): FunctionReference | undefined {
  const [, functionName, qualifier] = FUNCTION_REFERENCE.exec(text) ?? [];
  if (!functionName) return undefined;
  return qualifier === undefined ? { functionName } : { functionName, qualifier };
}

/** The engine's id of the execution that a name speaks of. */
export function executionIdOf(parts: { functionName: string; name: string }): string {
  return `${parts.functionName}/${parts.name}`;
}
