import type { DurableFunction } from "../engine/runner/function.ts";
import { hostedFunction } from "./hosted-invocation.ts";
import { invokeNatively } from "./native-invocation.ts";
import { createProgram } from "./program.ts";
import type { DurableExecutionConfig, DurableExecutionHandler, DurableLambdaHandler, DurableLogger } from "./types.ts";

const HOSTED = Symbol.for("perdure.durable-function");

/**
 * Makes a handler durable. The result is a Lambda handler for functions with durable execution switched on, and what
 * perdure's own hosts run.
 *
 * @example
 * ```ts
 * export const handler = withDurableExecution(async (event: { orderId: string }, context) => {
 *   const order = await context.step("load", () => loadOrder(event.orderId));
 *   await context.wait("cool down", { hours: 1 });
 *   return context.step("ship", () => ship(order));
 * });
 * ```
 */
export function withDurableExecution<
  // oxlint-disable-next-line typescript/no-explicit-any -- AWS's default: an untyped event is read unchecked
  TEvent = any,
  // oxlint-disable-next-line typescript/no-explicit-any -- AWS's default
  TResult = any,
  TLogger extends DurableLogger = DurableLogger,
>(
  handler: DurableExecutionHandler<TEvent, TResult, TLogger>,
  config: DurableExecutionConfig = {},
): DurableLambdaHandler {
  const program = createProgram(handler, config);
  const wrapped: DurableLambdaHandler = (event, context) => invokeNatively(program, event, context);
  Object.defineProperty(wrapped, HOSTED, { value: hostedFunction(program) });
  return wrapped;
}

/** What a host runs of a handler; undefined for a function that `withDurableExecution` did not make. */
export function durableFunctionOf(handler: unknown): DurableFunction | undefined {
  if (typeof handler !== "function") return undefined;
  return (handler as { [HOSTED]?: DurableFunction })[HOSTED];
}
