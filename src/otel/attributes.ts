/** The attributes of spans and measurements, under the names that AWS's plugin gives them. */

import type { Attributes } from "@opentelemetry/api";
import type { InvocationInfo, OperationInfo } from "../lambda-compat/plugins.ts";

export function executionAttributes({ executionArn }: Pick<InvocationInfo, "executionArn">): Attributes {
  return { "durable.execution.arn": executionArn, ...functionAttributes(executionArn) };
}

/** The attributes of a function, for measurements: these do not tell one execution from another. */
export function functionAttributes(executionArn: string): Attributes {
  const name = functionName(executionArn);
  return name === undefined ? {} : { "faas.name": name };
}

/** Undefined for what is no ARN of a function. */
export function functionName(executionArn: string): string | undefined {
  return /:function:([^:/]+)/.exec(executionArn)?.[1];
}

export function operationAttributes({ id, name, ...kind }: OperationInfo): Attributes {
  return {
    "durable.operation.id": id,
    ...(name !== undefined && { "durable.operation.name": name }),
    ...kindAttributes(kind),
  };
}

/**
 * The attributes of a kind of operation, for measurements: names are left out, since there may be as many as
 * executions.
 */
export function kindAttributes({ type, subType, status }: Omit<OperationInfo, "id" | "name">): Attributes {
  return {
    "durable.operation.type": type,
    ...(subType !== undefined && { "durable.operation.subtype": subType }),
    ...(status !== undefined && { "durable.operation.status": status }),
  };
}

export function errorAttributes(error: Error | undefined): Attributes {
  return error === undefined ? {} : { "error.type": error.name };
}
