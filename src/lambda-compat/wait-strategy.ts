import { delayOf, exponential } from "./backoff.ts";
import { requireDurations } from "./duration.ts";
import { InvalidArgumentError, requireNumbers, shown } from "./invalid-argument.ts";
import type { WaitForConditionWaitStrategyFunc, WaitStrategyConfig } from "./types.ts";

/**
 * Polls while `shouldContinuePolling` says so, with a delay that grows by a factor. The strategy throws, and with it the
 * wait fails, when polling should go on after the last attempt.
 */
export function createWaitStrategy<T>(config: WaitStrategyConfig<T>): WaitForConditionWaitStrategyFunc<T> {
  if (typeof config?.shouldContinuePolling !== "function") {
    throw new InvalidArgumentError(
      `createWaitStrategy needs a function and got ${shown(config)}: ` +
        "write createWaitStrategy({ shouldContinuePolling: (state) => ... }).",
    );
  }
  requireDurations("createWaitStrategy", config, ["initialDelay", "maxDelay"]);
  requireNumbers("createWaitStrategy", config, ["maxAttempts", "backoffRate"]);
  const settings = {
    maxAttempts: 60,
    initialDelay: { seconds: 5 },
    maxDelay: { minutes: 5 },
    backoffRate: 1.5,
    jitter: "FULL" as const,
    ...config,
  };
  return (state, attempt) => {
    if (!settings.shouldContinuePolling(state)) return { shouldContinue: false };
    if (attempt >= settings.maxAttempts) {
      throw new Error(`waitForCondition exceeded maximum attempts (${settings.maxAttempts})`);
    }
    const seconds = exponential(settings.initialDelay, settings.backoffRate, attempt);
    return { shouldContinue: true, delay: delayOf(seconds, settings) };
  };
}
