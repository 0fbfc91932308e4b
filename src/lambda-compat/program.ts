/** A durable handler with its configuration, and one run of it against a journal, whoever keeps that. */

import { failureFromError } from "../engine/model/thrown-failure.ts";
import type { Failure } from "../engine/model/failure.ts";
import type { Tags } from "../engine/model/tags.ts";
import type { InvocationOutcome } from "../engine/replay/core.ts";
import { Invocation, type InvocationOptions } from "../engine/replay/invocation.ts";
import { serializationError } from "../engine/replay/round-trip.ts";
import { unawaited } from "../engine/replay/unawaited.ts";
import { DurableContextImpl } from "./durable-context.ts";
import { type Frame, logDataOf } from "./frame.ts";
import { KnownTags } from "./known-tags.ts";
import { createDefaultLogger } from "./logger.ts";
import { writeJson } from "./plain-json.ts";
import type { PluginHost } from "./plugin-host.ts";
import { loadPlugins, type PluginSource } from "./plugin-loader.ts";
import { giveStarter, type Starter } from "./starter.ts";
import type * as api from "./types.ts";

export interface Program {
  // oxlint-disable-next-line typescript/no-explicit-any -- what the event is, the handler knows
  readonly handler: api.DurableExecutionHandler<any, any, any>;
  readonly config: api.DurableExecutionConfig;
  /** Loading begins when the handler is defined; every invocation awaits it. */
  readonly plugins: Promise<readonly PluginSource[]>;
}

export interface ProgramRun {
  readonly event: unknown;
  readonly lambdaContext: api.LambdaContext;
  readonly plugins: PluginHost | undefined;
  /** What has changed since the last invocation, by wire id, if plugins want to know. */
  readonly updatedIds?: readonly string[];
  /** The execution's tags, where whoever keeps it says so. */
  readonly tags?: Tags | undefined;
  /** What starts executions beside this one, where the host can. */
  readonly starter?: Starter;
  readonly invocation: Omit<InvocationOptions, "instrument">;
}

export interface RunningProgram {
  readonly invocation: Invocation;
  readonly outcome: Promise<InvocationOutcome>;
}

export function createProgram(handler: Program["handler"], config: api.DurableExecutionConfig): Program {
  const plugins = loadPlugins(config.plugins);
  plugins.catch(() => {});
  return { handler, config, plugins };
}

/** Undefined without plugins. Rejects with a PluginLoadError. */
export async function pluginsOf(program: Program): Promise<PluginHost | undefined> {
  const plugins = await program.plugins;
  if (plugins.length === 0) return undefined;
  const { createPluginHost } = await import("./plugin-host.ts");
  return createPluginHost(plugins);
}

/** What makes a configuration unusable; the execution fails with it. */
export function configError({
  client,
  durableExecutionClient,
  pluginsConfig,
}: api.DurableExecutionConfig): string | undefined {
  if (client !== undefined && durableExecutionClient !== undefined) {
    return (
      "Both `client` and `durableExecutionClient` were provided, and only one of them can carry checkpoints. " +
      "Keep `durableExecutionClient`, for example `new DurableExecutionApiClient(client)`."
    );
  }
  const depth = pluginsConfig?.childOperationsDepth;
  if (depth === undefined || depth === Number.POSITIVE_INFINITY || (Number.isInteger(depth) && depth >= 0))
    return undefined;
  return `pluginsConfig.childOperationsDepth must be a non-negative integer or Infinity; got ${depth}.`;
}

/** Starts the handler. */
export function runProgram(program: Program, run: ProgramRun): RunningProgram {
  // The functions below live as long as the invocation, and what one of them names is kept: never all of `run`.
  const { event, lambdaContext, plugins, updatedIds = [], tags, starter } = run;
  const { arn } = run.invocation;
  const instrument = plugins === undefined ? {} : { instrument: plugins.instrument(arn, new Set(updatedIds)) };
  const invocation = new Invocation({ ...run.invocation, ...instrument });
  const executionContext = { durableExecutionArn: arn };
  const frame: Frame = { invocation, lambdaContext, executionContext, tags: new KnownTags(tags) };
  const logger = createDefaultLogger({ logData: logDataOf(frame), enrich: plugins?.enrichLogContext });
  logger.configureDurableLoggingContext?.({ getDurableLogData: () => logDataOf(frame) });
  const context = new DurableContextImpl(frame, invocation.root, {
    logger,
    serdes: undefined,
    callbackDeserializer: undefined,
    preservedLevels: program.config.pluginsConfig?.childOperationsDepth ?? 0,
  });
  if (starter !== undefined) giveStarter(context, starter);
  const outcome = invocation.run(() => program.handler(event, context) as unknown);
  return { invocation, outcome: outcome.then((ended) => reportingUnawaited(ended, invocation, context.logger)) };
}

/** Says once, when the execution ends, what the handler has called and not awaited: nobody else learns of it. */
function reportingUnawaited(
  outcome: InvocationOutcome,
  invocation: Invocation,
  logger: Pick<api.DurableLogger, "warn">,
): InvocationOutcome {
  if (outcome.status !== "SUCCEEDED" && outcome.status !== "FAILED") return outcome;
  const { open, failed } = unawaited(invocation);
  const told = [
    ...open.map(({ type, name, id }) => `${type} ${name === undefined ? id : `"${name}"`} is still open`),
    ...failed.map(({ called: { type, name, position }, error }) => {
      const why = error instanceof Error ? error.message : String(error);
      return `${type} ${name === undefined ? position : `"${name}"`} failed: ${why}`;
    }),
  ];
  try {
    if (told.length > 0) logger.warn(`The execution ends with operations that nobody awaited: ${told.join("; ")}.`);
  } catch {
    // A logger of the user's own that throws is no reason for another outcome.
  }
  return outcome;
}

/** What is stored of an outcome that ends the execution. */
export type StoredOutcome =
  | { readonly status: "SUCCEEDED"; readonly result?: string }
  | { readonly status: "FAILED"; readonly error: Failure };

/** The handler's value as JSON; a value that JSON cannot write fails the execution with a SerdesError. */
export function storedOutcome(
  outcome: { status: "SUCCEEDED"; value: unknown } | { status: "FAILED"; error: unknown },
): StoredOutcome {
  if (outcome.status === "FAILED") return { status: "FAILED", error: failureFromError(outcome.error) };
  try {
    const result = writeJson(outcome.value);
    return result === undefined ? { status: "SUCCEEDED" } : { status: "SUCCEEDED", result };
  } catch (error) {
    const refused = serializationError("the result of the handler", error, outcome.value);
    return { status: "FAILED", error: failureFromError(refused) };
  }
}
