/** The loggers of handlers, and this package's own lines about itself where these are asked for. */

import { consoleOpener, formatText } from "#runtime";
import { environment } from "./platform.ts";
import type { Sink } from "./plain-console.ts";
import type {
  DurableContextLogger,
  DurableLogData,
  DurableLogger,
  DurableLoggingContext,
  DurableLogLevel,
} from "./types.ts";

/** The fields that plugins add to every line. */
export type LogEnrichment = () => Readonly<Record<string, unknown>> | undefined;

export interface DefaultLoggerOptions {
  /** The log data for calls to the logger that give no logging context. */
  readonly logData: DurableLogData;
  readonly enrich?: LogEnrichment | undefined;
  /** Given each line that is written. */
  readonly onLine?: ((line: string) => void) | undefined;
}

type Line = Record<string, unknown>;

const LEVELS: readonly DurableLogLevel[] = ["DEBUG", "INFO", "WARN", "ERROR"];

/**
 * One line of JSON for each call: DEBUG and INFO to standard output, WARN and ERROR to standard error, where the runtime
 * tells the two apart. AWS_LAMBDA_LOG_LEVEL, read here, is the lowest level that is written.
 */
export function createDefaultLogger({ logData, enrich, onLine }: DefaultLoggerOptions): DurableLogger {
  const open = consoleOpener();
  let sink: Sink | undefined;
  const lowest = LEVELS.indexOf(environment("AWS_LAMBDA_LOG_LEVEL")?.toUpperCase() as DurableLogLevel);
  let context: DurableLoggingContext = { getDurableLogData: () => logData };
  const writer = (level: DurableLogLevel) => {
    if (LEVELS.indexOf(level) < lowest) return () => {};
    return (...params: unknown[]) => {
      const line = formatLine(level, { data: context.getDurableLogData(), enrich, params });
      sink ??= open();
      sink[level.toLowerCase() as keyof Sink](line);
      onLine?.(line);
    };
  };
  const logger = { debug: writer("DEBUG"), info: writer("INFO"), warn: writer("WARN"), error: writer("ERROR") };
  return {
    ...logger,
    log: (level, ...params) => logger[LEVELS.includes(level) ? (level.toLowerCase() as keyof Sink) : "info"](...params),
    configureDurableLoggingContext: (given) => {
      context = given;
    },
  };
}

export interface ContextLoggerOptions<Logger extends DurableLogger> {
  readonly base: Logger;
  /** While true, what is logged is dropped: it was written before. */
  readonly isReplaying: () => boolean;
  /** The log data that tells `base` the place of the logging code. */
  readonly logData: () => DurableLogData;
}

/** The `logger` of a context: exactly the five methods of logging, `log` only where the logger below has it. */
export function createContextLogger<Logger extends DurableLogger>({
  base,
  isReplaying,
  logData,
}: ContextLoggerOptions<Logger>): DurableContextLogger<Logger> {
  base.configureDurableLoggingContext?.({ getDurableLogData: logData });
  const forward =
    (method: "log" | "warn" | "info" | "error" | "debug") =>
    (...params: unknown[]) =>
      isReplaying() ? undefined : (base[method] as ((...params: unknown[]) => void) | undefined)?.(...params);
  return {
    warn: forward("warn"),
    debug: forward("debug"),
    info: forward("info"),
    error: forward("error"),
    ...("log" in base && { log: forward("log") }),
  };
}

let isVerbose = readVerbosity();

/** Reads DURABLE_VERBOSE_MODE again, for a process that changes its own environment. */
export function refreshLogConfig(): void {
  isVerbose = readVerbosity();
}

/** Says what the package does, to `console.debug`, if DURABLE_VERBOSE_MODE is `true`. */
export function trace(message: string, detail?: unknown): void {
  if (isVerbose) console.debug(message, detail ?? "");
}

function readVerbosity(): boolean {
  return environment("DURABLE_VERBOSE_MODE") === "true";
}

function formatLine(
  level: DurableLogLevel,
  { data, enrich, params }: { data: DurableLogData; enrich: LogEnrichment | undefined; params: unknown[] },
): string {
  const { requestId, executionArn, tenantId, operationId, operationName, attempt } = data;
  const line: Line = {
    requestId,
    timestamp: new Date().toISOString(),
    level,
    executionArn,
    tenantId: tenantId ?? undefined,
    operationId,
    operationName,
    attempt,
    ...enrichment(enrich),
  };
  const values = params[0] === undefined ? params.slice(1) : params;
  if (values.length === 1) return formatValue(line, values[0]);
  line["message"] = formatText(values);
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify(error === undefined ? line : { ...line, ...describe(error, []) });
}

/** Objects stay objects, and an error among their members is described; what JSON cannot write becomes text. */
function formatValue(line: Line, message: unknown): string {
  try {
    return JSON.stringify({ ...line, message }, (_key, value: unknown) =>
      value instanceof Error ? { ...describe(value), ...value } : value,
    );
  } catch {
    return JSON.stringify({ ...line, message: formatText([message]) });
  }
}

function describe(error: Error, noStack?: []): Line {
  return {
    errorType: error.constructor?.name ?? "UnknownError",
    errorMessage: error.message,
    stackTrace: error.stack?.split("\n") ?? noStack,
  };
}

function enrichment(enrich: LogEnrichment | undefined): Line | undefined {
  try {
    return enrich?.();
  } catch {
    return undefined;
  }
}
