/**
 * Instrumentation plugins: AWS's interface, and the dispatcher that calls all of an invocation's plugins as one. No
 * fault of a plugin reaches the handler, with two exceptions that cannot be told from intent: a wrapper that never calls
 * what it wraps, and one whose own promise rejects.
 */

import { errorFromFailure } from "../engine/model/errors.ts";
import { type Operation, OperationStatus } from "../engine/model/operation.ts";
import { wireId } from "./md5.ts";
import type { DurableExecutionInvocationOutput } from "./wire-types.ts";

/** The version of the plugin interface that this package speaks. */
export const DURABLE_INSTRUMENTATION_PLUGIN_API_VERSION = 1;

/** RETRYING: the invocation failed by a fault after which it is tried again. */
export const PluginInvocationStatus = {
  SUCCEEDED: "SUCCEEDED",
  FAILED: "FAILED",
  PENDING: "PENDING",
  RETRYING: "RETRYING",
} as const;
export type PluginInvocationStatus = (typeof PluginInvocationStatus)[keyof typeof PluginInvocationStatus];

export const PluginOperationStatus: typeof OperationStatus = OperationStatus;
export type PluginOperationStatus = OperationStatus;

export const AttemptEndInfoOutcome = { SUCCEEDED: "SUCCEEDED", FAILED: "FAILED" } as const;
export type AttemptEndInfoOutcome = (typeof AttemptEndInfoOutcome)[keyof typeof AttemptEndInfoOutcome];

export interface OperationInfo {
  /** The id on the wire. */
  id: string;
  name?: string;
  type: string;
  subType?: string;
  parentId?: string;
  status?: PluginOperationStatus;
  startTimestamp?: Date;
  endTimestamp?: Date;
  result?: string;
  error?: Error;
  attempt?: number;
  isReplay: boolean;
}

export interface OperationEndInfo extends OperationInfo {
  error?: Error;
}

export interface AttemptInfo extends OperationInfo {
  /** From 1. */
  attempt: number;
}

export interface AttemptEndInfo extends AttemptInfo {
  outcome: AttemptEndInfoOutcome;
  error?: Error;
}

interface InvocationBaseInfo {
  requestId: string;
  executionArn: string;
  executionInput: unknown;
  /** By id on the wire. */
  operations: Record<string, OperationInfo>;
  executionStartTimestamp?: Date;
}

export interface InvocationInfo extends InvocationBaseInfo {
  isFirstInvocation: boolean;
  updatedOperations: Record<string, OperationInfo>;
}

export interface InvocationEndInfo extends InvocationBaseInfo {
  status: PluginInvocationStatus;
  executionResult?: unknown;
  executionError?: Error;
}

export interface OperationChangeInfo {
  executionArn: string;
  updatedOperations: Record<string, OperationInfo>;
  operations: Record<string, OperationInfo>;
}

/** Hooks around an invocation and its operations, all of them optional. */
export interface DurableInstrumentationPlugin {
  onInvocationStart?(info: InvocationInfo): Promise<void>;
  wrapInvocation?(
    info: InvocationInfo,
    fn: () => Promise<DurableExecutionInvocationOutput>,
  ): Promise<DurableExecutionInvocationOutput>;
  onInvocationEnd?(info: InvocationEndInfo): Promise<void>;
  onOperationStart?(info: OperationInfo): Promise<void>;
  wrapChildContextFn?(info: OperationInfo, fn: () => unknown): unknown;
  onOperationEnd?(info: OperationEndInfo): Promise<void>;
  onOperationAttemptStart?(info: AttemptInfo): Promise<void>;
  wrapOperationAttemptFn?(info: AttemptInfo, fn: () => unknown): unknown;
  onOperationAttemptEnd?(info: AttemptEndInfo): Promise<void>;
  onOperationChange?(info: OperationChangeInfo): Promise<void>;
  /** Fields for every line that the default logger writes. */
  enrichLogContext?(): Record<string, string | number | boolean> | undefined;
}

export type DurableInstrumentationPluginType<
  Plugin extends DurableInstrumentationPlugin = DurableInstrumentationPlugin,
> = abstract new (
  ...args: never[]
) => Plugin;

/** What a module named by DURABLE_EXECUTION_PLUGINS exports as `durableExecutionPluginProvider`. */
export interface DurableInstrumentationPluginProvider<
  Plugin extends DurableInstrumentationPlugin = DurableInstrumentationPlugin,
> {
  readonly pluginApiVersion: typeof DURABLE_INSTRUMENTATION_PLUGIN_API_VERSION;
  readonly pluginType: DurableInstrumentationPluginType<Plugin>;
  createPlugin(): Plugin;
}

/** All plugins as one with every hook. */
export type PluginDispatcher = Required<DurableInstrumentationPlugin>;

type Hook = Exclude<keyof DurableInstrumentationPlugin, "enrichLogContext">;
type Layer = (info: unknown, next?: () => unknown) => unknown;

/** Undefined without plugins, so that an invocation without any pays for one comparison and no more. */
export function createPluginDispatcher(plugins: readonly DurableInstrumentationPlugin[]): PluginDispatcher | undefined {
  if (plugins.length === 0) return undefined;
  const notify = (hook: Hook) => async (info: unknown) => {
    await Promise.allSettled(plugins.map(async (plugin) => (plugin[hook] as Layer | undefined)?.call(plugin, info)));
  };
  const wrap = (hook: Hook) => (info: unknown, fn: () => unknown) => nest(plugins, { hook, info, fn });
  return {
    onInvocationStart: notify("onInvocationStart"),
    wrapInvocation: wrap("wrapInvocation") as PluginDispatcher["wrapInvocation"],
    onInvocationEnd: notify("onInvocationEnd"),
    onOperationStart: notify("onOperationStart"),
    wrapChildContextFn: wrap("wrapChildContextFn"),
    onOperationEnd: notify("onOperationEnd"),
    onOperationAttemptStart: notify("onOperationAttemptStart"),
    wrapOperationAttemptFn: wrap("wrapOperationAttemptFn"),
    onOperationAttemptEnd: notify("onOperationAttemptEnd"),
    onOperationChange: notify("onOperationChange"),
    enrichLogContext: () => enrichment(plugins),
  };
}

/** What plugins are told of an operation. */
export function operationInfo(operation: Operation, isReplay = false): OperationInfo {
  const { parentId, name, subType, endedAt, result, error } = operation;
  const info: OperationInfo = { id: wireId(operation.id), type: operation.type, status: operation.status, isReplay };
  info.startTimestamp = new Date(operation.startedAt);
  if (name !== undefined) info.name = name;
  if (subType !== undefined) info.subType = subType;
  if (parentId !== undefined) info.parentId = wireId(parentId);
  if (endedAt !== undefined) info.endTimestamp = new Date(endedAt);
  if (result !== undefined) info.result = result;
  if (error !== undefined) info.error = errorFromFailure(error);
  if (operation.type === "STEP") info.attempt = operation.attempt;
  return info;
}

/** The first plugin is outermost. `fn` runs at most once, and what it throws is what the caller gets. */
function nest(
  plugins: readonly DurableInstrumentationPlugin[],
  { hook, info, fn }: { hook: Hook; info: unknown; fn: () => unknown },
): unknown {
  let result: unknown;
  let failure: { error: unknown } | undefined;
  const record = (error: unknown): never => {
    failure = { error };
    throw error;
  };
  let run = (): unknown => {
    run = () => result;
    try {
      result = fn();
    } catch (error) {
      record(error);
    }
    if (isThenable(result)) result = result.then((value) => value, record);
    return result;
  };
  const settle = (value: unknown): unknown => {
    if (failure !== undefined) throw failure.error;
    return value;
  };
  const outermost = plugins.reduceRight<() => unknown>(
    (next, plugin) => layer(plugin, { hook, info, next }),
    () => run(),
  );
  const outcome = outermost();
  if (!isThenable(outcome)) return settle(outcome);
  return outcome.then(settle, (error: unknown) => {
    settle(undefined);
    throw error;
  });
}

function layer(
  plugin: DurableInstrumentationPlugin,
  { hook, info, next }: { hook: Hook; info: unknown; next: () => unknown },
): () => unknown {
  return () => {
    const wrapper = plugin[hook] as Layer | undefined;
    if (wrapper === undefined) return next();
    try {
      return wrapper.call(plugin, info, next);
    } catch {
      return next();
    }
  };
}

function enrichment(plugins: readonly DurableInstrumentationPlugin[]): Record<string, string | number | boolean> {
  const fields = {};
  for (const plugin of plugins) {
    try {
      Object.assign(fields, plugin.enrichLogContext?.());
    } catch {
      // What a plugin cannot add is missing from the line; the line is written.
    }
  }
  return fields;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
