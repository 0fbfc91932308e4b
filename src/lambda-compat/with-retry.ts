import { requireStrategy } from "./invalid-argument.ts";
import type { DurableContext, RetryableFunc, WithRetryConfig } from "./types.ts";

/**
 * Retries a block of durable operations, with a durable wait between two attempts. The block runs in a child context
 * unless `wrapWithRunInChildContext` is false. As with any operation, nobody awaiting that context is no unhandled
 * rejection; without the context the block is plain asynchronous code of the caller. Rejects with a TypeError without a
 * configuration.
 *
 * @throws {InvalidArgumentError} INVALID_ARGUMENT for a strategy that is no function.
 */
export function withRetry<T>(
  context: DurableContext,
  name: string,
  func: RetryableFunc<T>,
  config: WithRetryConfig<T>,
): Promise<T>;
export function withRetry<T>(context: DurableContext, func: RetryableFunc<T>, config: WithRetryConfig<T>): Promise<T>;
export function withRetry<T>(
  context: DurableContext,
  nameOrFunc: string | RetryableFunc<T>,
  ...rest: [RetryableFunc<T>, WithRetryConfig<T>] | [WithRetryConfig<T>]
): Promise<T> {
  const [name, func, config] = (
    typeof nameOrFunc === "string" ? [nameOrFunc, ...rest] : [undefined, nameOrFunc, ...rest]
  ) as [string | undefined, RetryableFunc<T>, WithRetryConfig<T> | undefined];
  if (!config) return Promise.reject(new TypeError("withRetry: config is required"));
  const where = name === undefined ? "withRetry" : `withRetry ${JSON.stringify(name)}`;
  requireStrategy(where, "retryStrategy", config.retryStrategy);
  const block = (inner: DurableContext): Promise<T> => attempts(inner, { name, func, config });
  if (config.wrapWithRunInChildContext === false) return block(context);
  return name
    ? context.runInChildContext(name, block, config.childContextConfig)
    : context.runInChildContext(block, config.childContextConfig);
}

async function attempts<T>(
  context: DurableContext,
  { name, func, config }: { name: string | undefined; func: RetryableFunc<T>; config: WithRetryConfig<T> },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await func(context, attempt);
    } catch (error) {
      const decision = config.retryStrategy(error as Error, attempt);
      if (!decision.shouldRetry) throw error;
      const delay = decision.delay ?? { seconds: 1 };
      await (name ? context.wait(`${name}-backoff-${attempt}`, delay) : context.wait(delay));
    }
  }
}
