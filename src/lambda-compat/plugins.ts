/** Instrumentation plugins: AWS's interface. */

import { OperationStatus } from "../engine/model/operation.ts";
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

/** The status of an operation. */
export const PluginOperationStatus: typeof OperationStatus = OperationStatus;
export type PluginOperationStatus = OperationStatus;

/** The outcome of an attempt. */
export const AttemptEndInfoOutcome = { SUCCEEDED: "SUCCEEDED", FAILED: "FAILED" } as const;
export type AttemptEndInfoOutcome = (typeof AttemptEndInfoOutcome)[keyof typeof AttemptEndInfoOutcome];

/** An operation, as plugins see it. */
export interface OperationInfo {
  /** The id on the wire. */
  id: string;
  /** Its name; absent without one. */
  name?: string;
  /** Its type, such as `STEP`. */
  type: string;
  /** The kind of call that the operation comes from, such as `MapIteration`. */
  subType?: string;
  /** The id on the wire of the nearest recorded context around it; absent in the root. */
  parentId?: string;
  /** The operation's status; absent before it is recorded. */
  status?: PluginOperationStatus;
  /** When it started; absent before it is recorded. */
  startTimestamp?: Date;
  /** When it had its outcome; absent before that. */
  endTimestamp?: Date;
  /** Its value as its serdes wrote it. */
  result?: string;
  /** The operation's failure. */
  error?: Error;
  /** Steps and checks: how many attempts have finished. */
  attempt?: number;
  /** True if it was known from an earlier invocation. */
  isReplay: boolean;
}

/** An operation that has its outcome. */
export interface OperationEndInfo extends OperationInfo {
  /** The failure; absent if there is none. */
  error?: Error;
}

/** An operation whose function is about to run. */
export interface AttemptInfo extends OperationInfo {
  /** From 1. */
  attempt: number;
}

/** An attempt that is over. */
export interface AttemptEndInfo extends AttemptInfo {
  /** SUCCEEDED if the function returned, FAILED if it threw. */
  outcome: AttemptEndInfoOutcome;
  /** The error that the function threw; absent if it returned. */
  error?: Error;
}

interface InvocationBaseInfo {
  /** The id of the invocation's request. */
  requestId: string;
  /** The execution's ARN. */
  executionArn: string;
  /** The event, out of its JSON. */
  executionInput: unknown;
  /** By id on the wire. */
  operations: Record<string, OperationInfo>;
  /** When the execution was started. */
  executionStartTimestamp?: Date;
}

/** An invocation that begins. */
export interface InvocationInfo extends InvocationBaseInfo {
  /** True if nothing was recorded before it. */
  isFirstInvocation: boolean;
  /** The operations that have changed since the invocation before, by id on the wire. */
  updatedOperations: Record<string, OperationInfo>;
}

/** An invocation that has ended. */
export interface InvocationEndInfo extends InvocationBaseInfo {
  /** The outcome of the invocation. */
  status: PluginInvocationStatus;
  /** The handler's value, if it succeeded. */
  executionResult?: unknown;
  /** The failure of the handler or the invocation. */
  executionError?: Error;
}

/** The changes in an answer to a checkpoint. */
export interface OperationChangeInfo {
  /** The execution's ARN. */
  executionArn: string;
  /** The changed operations, by id on the wire. */
  updatedOperations: Record<string, OperationInfo>;
  /** All operations, by id on the wire. */
  operations: Record<string, OperationInfo>;
}

/** Hooks around an invocation and its operations, all of them optional. */
export interface DurableInstrumentationPlugin {
  /** Called before the handler; the handler waits for it. */
  onInvocationStart?(info: InvocationInfo): Promise<void>;
  /** Called around the handler, which it runs by `fn`. */
  wrapInvocation?(
    info: InvocationInfo,
    fn: () => Promise<DurableExecutionInvocationOutput>,
  ): Promise<DurableExecutionInvocationOutput>;
  /** Called when the invocation has ended; it waits for it. */
  onInvocationEnd?(info: InvocationEndInfo): Promise<void>;
  /** Called when an operation starts that was never recorded. */
  onOperationStart?(info: OperationInfo): Promise<void>;
  /** Called around the function of a child context, which it runs by `fn`. */
  wrapChildContextFn?(info: OperationInfo, fn: () => unknown): unknown;
  /** Called when an operation has its outcome. */
  onOperationEnd?(info: OperationEndInfo): Promise<void>;
  /** Called before each attempt of a step or check, which waits for it. */
  onOperationAttemptStart?(info: AttemptInfo): Promise<void>;
  /** Called around each attempt of a step or check, which it runs by `fn`. */
  wrapOperationAttemptFn?(info: AttemptInfo, fn: () => unknown): unknown;
  /** Called after each attempt of a step or check. */
  onOperationAttemptEnd?(info: AttemptEndInfo): Promise<void>;
  /** Called when operations have changed. */
  onOperationChange?(info: OperationChangeInfo): Promise<void>;
  /** Fields for every line that the default logger writes. */
  enrichLogContext?(): Record<string, string | number | boolean> | undefined;
}

/**
 * Makes a plugin for each invocation, which may keep what it knows of that: one process may run several at once, and what
 * a plugin is told of an operation does not say of which. A form that newer versions of AWS's SDK have.
 */
export interface DurableInstrumentationPluginFactory {
  /** Called before any other call for the invocation. */
  createPlugin(info: InvocationInfo): DurableInstrumentationPlugin;
}

/** A plugin for all invocations, or what makes one for each. */
export type PluginSource = DurableInstrumentationPlugin | DurableInstrumentationPluginFactory;

/** The class of a plugin. */
export type DurableInstrumentationPluginType<
  Plugin extends DurableInstrumentationPlugin = DurableInstrumentationPlugin,
> = abstract new (
  ...args: never[]
) => Plugin;

/** The export `durableExecutionPluginProvider` of a module named by DURABLE_EXECUTION_PLUGINS. */
export interface DurableInstrumentationPluginProvider<
  Plugin extends DurableInstrumentationPlugin = DurableInstrumentationPlugin,
> {
  /** The version of the plugin interface that the plugin was written for. */
  readonly pluginApiVersion: typeof DURABLE_INSTRUMENTATION_PLUGIN_API_VERSION;
  /** The plugin's class. */
  readonly pluginType: DurableInstrumentationPluginType<Plugin>;
  /** Makes the plugin. */
  createPlugin(): Plugin;
}
