/**
 * Calls all plugins of an invocation as one. No fault of a plugin reaches the handler, with two exceptions that cannot be
 * told from intent: a wrapper that never calls what it wraps, and one whose own promise rejects.
 */

import { errorFromFailure } from "../engine/model/errors.ts";
import type { Operation } from "../engine/model/operation.ts";
import { present } from "../engine/model/present.ts";
import { isThenable } from "../engine/ports/maybe-promise.ts";
import type { Running } from "../engine/replay/instrument.ts";
import { wireId } from "./wire-id.ts";
import type { DurableInstrumentationPlugin, OperationInfo } from "./plugins.ts";

/** The members that a called operation and a recorded one have in common. */
type Called = Pick<Running, "id" | "type" | "name" | "subType" | "parentId">;

/** All plugins as one with every hook. */
export type PluginDispatcher = Required<DurableInstrumentationPlugin>;

type Hook = Exclude<keyof DurableInstrumentationPlugin, "enrichLogContext">;
type Layer = (info: unknown, next?: () => unknown) => unknown;

export function createPluginDispatcher(plugins: readonly DurableInstrumentationPlugin[]): PluginDispatcher {
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

/** The information for plugins about an operation that has no record yet. */
export function callInfo({ id, type, name, subType, parentId }: Called, isReplay: boolean): OperationInfo {
  return present({ id: wireId(id), type, isReplay, name, subType, parentId: parentId && wireId(parentId) });
}

/** The information for plugins about a recorded operation. */
export function operationInfo(operation: Operation, isReplay = false): OperationInfo {
  const { status, startedAt, endedAt, result, error } = operation;
  return present({
    ...callInfo(operation, isReplay),
    status,
    startTimestamp: new Date(startedAt),
    endTimestamp: endedAt === undefined ? undefined : new Date(endedAt),
    result,
    error: error && errorFromFailure(error),
    attempt: operation.type === "STEP" ? operation.attempt : undefined,
  });
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
      // A line is written without the fields that a plugin fails to add.
    }
  }
  return fields;
}
