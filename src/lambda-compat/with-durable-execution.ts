import { platformTasks } from "../adapters/hosts/platform-tasks.ts";
import type { DurableFunction } from "../engine/runner/function.ts";
import { hostedFunction } from "./hosted-invocation.ts";
import { InvalidArgumentError, shown } from "./invalid-argument.ts";
import { environment } from "./platform.ts";
import { createProgram } from "./program.ts";
import type {
  DurableExecutionConfig,
  DurableExecutionHandler,
  DurableHandler,
  DurableLambdaHandler,
  DurableLogger,
} from "./types.ts";

/** Taken here, since what runs natively is loaded later, when a test may have replaced them. */
const tasks = platformTasks();

const HOSTED = Symbol.for("perdure.durable-function");

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
  if (environment("AWS_LAMBDA_FUNCTION_NAME") !== undefined) void nativeInvocation();
  const wrapped: DurableLambdaHandler = async (event, context) => {
    const { invokeNatively } = await nativeInvocation();
    return invokeNatively(program, { event, lambdaContext: context, tasks });
  };
  Object.defineProperty(wrapped, HOSTED, { value: hostedFunction(program) });
  return wrapped;
}

/** What only Lambda runs is loaded there as the function starts up, and elsewhere if it is called all the same. */
const nativeInvocation = () => import("./native-invocation.ts");

/** What a host runs of a handler; undefined for a function that `withDurableExecution` did not make. */
export function durableFunctionOf(handler: unknown): DurableFunction | undefined {
  if (typeof handler !== "function") return undefined;
  return (handler as { [HOSTED]?: DurableFunction })[HOSTED];
}
