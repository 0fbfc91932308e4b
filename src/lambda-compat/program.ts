/** A durable handler with its configuration, and one run of it against a journal, whoever keeps that. */

import { createPluginHost } from "#rarely-used";
import { present } from "../engine/model/present.ts";
import { failureFromError } from "../engine/model/thrown-failure.ts";
import type { Failure } from "../engine/model/failure.ts";
import { messageOf } from "../engine/model/message-of.ts";
import type { Tags } from "../engine/model/tags.ts";
import type { InvocationOutcome } from "../engine/replay/core.ts";
import { Invocation, type InvocationOptions } from "../engine/replay/invocation.ts";
import { buriedFailures, type Unawaited, unawaited } from "../engine/replay/unawaited.ts";
import { DurableContextImpl } from "./durable-context.ts";
import { type Frame, logDataOf } from "./frame.ts";
import { KnownTags } from "./known-tags.ts";
import { createDefaultLogger } from "./logger.ts";
import { writeResult } from "./plain-json.ts";
import type { PluginHost } from "./plugin-host.ts";
import { loadPlugins } from "./plugin-loader.ts";
import { giveStarter, type Starter } from "./starter.ts";
import type * as api from "./types.ts";

/** A durable handler. It brings the code that runs it, so that a home needs none of its own. */
export interface Program {
  readonly config: api.DurableExecutionConfig;
  /** Undefined without plugins. Rejects with a PluginLoadError, and for a configuration that cannot be. */
  readonly pluginHost: () => Promise<PluginHost | undefined>;
  readonly start: (run: ProgramRun) => RunningProgram;
}

// oxlint-disable-next-line typescript/no-explicit-any -- what the event is, the handler knows
type Handler = api.DurableExecutionHandler<any, any, any>;

export interface ProgramRun {
  readonly event: unknown;
  readonly lambdaContext: api.LambdaContext;
  readonly plugins: PluginHost | undefined;
  /** The wire ids of the operations that have changed since the last invocation, if plugins want to know. */
  readonly updatedIds?: readonly string[];
  /** The execution's tags, where whoever keeps it says so. */
  readonly tags?: Tags | undefined;
  /** The starter of other executions, where the host has one. */
  readonly starter?: Starter;
  readonly invocation: Omit<InvocationOptions, "instrument">;
}

export interface RunningProgram {
  readonly invocation: Invocation;
  readonly outcome: Promise<ProgramOutcome>;
}

/** The outcome of a run, in its stored form if it ends the execution. */
export type ProgramOutcome = StoredOutcome | Exclude<InvocationOutcome, { readonly status: StoredOutcome["status"] }>;

/** Plugins begin to load when the handler is defined; every invocation awaits them. */
export function createProgram(handler: Handler, config: api.DurableExecutionConfig): Program {
  const plugins = loadPlugins(config.plugins);
  plugins.catch(() => {});
  return {
    config,
    async pluginHost() {
      const invalid = configError(config);
      if (invalid !== undefined) throw new Error(invalid);
      const sources = await plugins;
      return sources.length === 0 ? undefined : createPluginHost(sources);
    },
    start: (run) => startHandler(handler, config, run),
  };
}

/** The fault that makes a configuration unusable, if any; the execution fails with it. */
function configError({
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

function startHandler(handler: Handler, config: api.DurableExecutionConfig, run: ProgramRun): RunningProgram {
  // The functions below live as long as the invocation, and what one of them names is kept: never all of `run`.
  const { event, lambdaContext, plugins, updatedIds = [], tags, starter } = run;
  const { arn } = run.invocation;
  const instrument = plugins?.instrument(arn, new Set(updatedIds));
  const invocation = new Invocation({ ...run.invocation, instrument });
  const executionContext = { durableExecutionArn: arn };
  const frame: Frame = { invocation, lambdaContext, executionContext, tags: new KnownTags(tags) };
  const enrich = plugins?.enrichLogContext;
  const logger = createDefaultLogger({ logData: logDataOf(frame), enrich, onLine: invocation.host.onLine });
  logger.configureDurableLoggingContext?.({ getDurableLogData: () => logDataOf(frame) });
  const context = new DurableContextImpl(frame, invocation.root, {
    logger,
    serdes: undefined,
    callbackDeserializer: undefined,
    preservedLevels: config.pluginsConfig?.childOperationsDepth ?? 0,
  });
  if (starter !== undefined) giveStarter(context, starter);
  const outcome = invocation.run(() => handler(event, context) as unknown);
  return { invocation, outcome: outcome.then((ended) => toStore(ended, invocation, context.logger)) };
}

type Warner = Pick<api.DurableLogger, "warn">;

function toStore(outcome: InvocationOutcome, invocation: Invocation, logger: Warner): ProgramOutcome {
  if (outcome.status === "PENDING") report("invocation", { open: [], failed: buriedFailures(invocation) }, logger);
  if (outcome.status !== "SUCCEEDED" && outcome.status !== "FAILED") return outcome;
  report("execution", unawaited(invocation), logger);
  return storedOutcome(outcome);
}

/** Says once what the handler has called and not awaited, at the last chance to: nobody else learns of it. */
function report(ending: "execution" | "invocation", { open, failed }: Unawaited, logger: Warner): void {
  const told = [
    ...open.map(({ type, name, id }) => `${type} ${name === undefined ? id : `"${name}"`} is still open`),
    ...failed.map(
      ({ called: { type, name, position }, error }) =>
        `${type} ${name === undefined ? position : `"${name}"`} failed: ${messageOf(error)}`,
    ),
  ];
  try {
    if (told.length > 0) logger.warn(`The ${ending} ends with operations that nobody awaited: ${told.join("; ")}.`);
  } catch {
    // A logger of the user's own that throws is no reason for another outcome.
  }
}

/** The stored form of an outcome that ends the execution. */
type StoredOutcome =
  | { readonly status: "SUCCEEDED"; readonly result?: string }
  | { readonly status: "FAILED"; readonly error: Failure };

/** The handler's value as JSON; a value that JSON cannot write fails the execution with a SerdesError. */
function storedOutcome(
  outcome: { status: "SUCCEEDED"; value: unknown } | { status: "FAILED"; error: unknown },
): StoredOutcome {
  if (outcome.status === "FAILED") return { status: "FAILED", error: failureFromError(outcome.error) };
  try {
    return present({ status: "SUCCEEDED", result: writeResult("the handler", outcome.value) });
  } catch (error) {
    return { status: "FAILED", error: failureFromError(error) };
  }
}
