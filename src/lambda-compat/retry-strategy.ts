import { delayOf, exponential } from "./backoff.ts";
import { requireDurations, toSeconds } from "./duration.ts";
import { requireNumbers } from "./invalid-argument.ts";
import type { Duration, LinearRetryStrategyConfig, RetryStrategy, RetryStrategyConfig } from "./types.ts";

/** Retries after a delay that grows by a factor. */
export function createRetryStrategy(config: RetryStrategyConfig = {}): RetryStrategy {
  requireDurations("createRetryStrategy", config, ["initialDelay", "maxDelay"]);
  requireNumbers("createRetryStrategy", config, ["maxAttempts", "backoffRate", "initialInterval"]);
  const settings = { ...defaults(config, { attempts: 3, firstSeconds: 5 }), backoffRate: 2, ...config };
  return strategy(settings, (attempt) => exponential(settings.initialDelay, settings.backoffRate, attempt));
}

/** Retries after a delay that grows by a fixed amount. */
export function createLinearRetryStrategy(config: LinearRetryStrategyConfig = {}): RetryStrategy {
  requireDurations("createLinearRetryStrategy", config, ["initialDelay", "increment", "maxDelay"]);
  requireNumbers("createLinearRetryStrategy", config, ["maxAttempts", "initialInterval"]);
  const settings = { ...defaults(config, { attempts: 6, firstSeconds: 1 }), increment: { seconds: 1 }, ...config };
  return strategy(
    settings,
    (attempt) => toSeconds(settings.initialDelay) + toSeconds(settings.increment) * (attempt - 1),
  );
}

/** Ready-made strategies. `default` is what a step without a strategy uses. */
export const retryPresets: { default: RetryStrategy; linear: RetryStrategy; noRetry: RetryStrategy } = {
  default: createRetryStrategy({ maxAttempts: 6, maxDelay: { seconds: 60 } }),
  linear: createLinearRetryStrategy({ jitter: "NONE" }),
  noRetry: createRetryStrategy({ maxAttempts: 1 }),
};

type Config = RetryStrategyConfig | LinearRetryStrategyConfig;
type Settings = Config & Required<Pick<Config, "maxAttempts" | "initialDelay" | "maxDelay" | "jitter">>;

/** Below a config that is spread over them: a member that is there, even as undefined, goes before its default. */
function defaults(
  { initialInterval }: Config,
  { attempts, firstSeconds }: { attempts: number; firstSeconds: number },
): Settings {
  const initialDelay: Duration = { seconds: initialInterval === undefined ? firstSeconds : initialInterval / 1000 };
  return { maxAttempts: attempts, initialDelay, maxDelay: { minutes: 5 }, jitter: "FULL" };
}

function strategy(settings: Settings, secondsBefore: (attempt: number) => number): RetryStrategy {
  return (error, attempt) =>
    attempt >= settings.maxAttempts || !isRetryable(error, settings)
      ? { shouldRetry: false }
      : { shouldRetry: true, delay: delayOf(secondsBefore(attempt), settings) };
}

function isRetryable(error: Error, { retryableErrors, retryableErrorTypes }: Settings): boolean {
  if (retryableErrors === undefined && retryableErrorTypes === undefined) return true;
  // `search` takes no notice of where an earlier match of a global pattern ended, `test` does.
  const matches = (pattern: string | RegExp): boolean =>
    typeof pattern === "string" ? error.message.includes(pattern) : error.message.search(pattern) >= 0;
  return (
    (retryableErrors ?? []).some(matches) || (retryableErrorTypes ?? []).some((ErrorType) => error instanceof ErrorType)
  );
}
