import { invokeNatively } from "#native-invocation";
import { platformTasks } from "../adapters/hosts/platform-tasks.ts";
import { InvalidArgumentError, shown } from "./invalid-argument.ts";
import { createProgram } from "./program.ts";
import { attachProgram } from "./program-of.ts";
import type {
  DurableExecutionConfig,
  DurableExecutionHandler,
  DurableHandler,
  DurableLambdaHandler,
  DurableLogger,
} from "./types.ts";

/** Taken here, since what runs natively may be loaded later, when a test may have replaced them. */
const tasks = platformTasks();

/**
 * Makes a handler durable. The result is a Lambda handler for functions with durable execution switched on, and what
 * perdure's own hosts run.
 *
 * @throws {InvalidArgumentError} INVALID_ARGUMENT for a handler that is no function.
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
): DurableHandler<TEvent, TResult> {
  if (typeof handler !== "function") {
    throw new InvalidArgumentError(
      `withDurableExecution needs a function and got ${shown(handler)}: write withDurableExecution(async (event, context) => ...).`,
    );
  }
  const program = createProgram(handler, config);
  const wrapped: DurableLambdaHandler = (event, context) =>
    invokeNatively(program, { event, lambdaContext: context, tasks });
  attachProgram(wrapped, program);
  return wrapped;
}
