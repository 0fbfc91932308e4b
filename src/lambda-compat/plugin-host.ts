/** The parts that only an invocation with plugins needs. */

import type { Instrument } from "../engine/replay/instrument.ts";
import type { LogEnrichment } from "./logger.ts";
import { createPluginDispatcher } from "./plugin-dispatcher.ts";
import { pluginInstrument } from "./plugin-instrument.ts";
import { invocationInfo, type ObservedInvocation, observeInvocation } from "./plugin-invocation.ts";
import type { DurableInstrumentationPlugin, InvocationInfo, PluginSource } from "./plugins.ts";
import type { DurableExecutionInvocationOutput as Output } from "./types.ts";

/** The plugins of one invocation. */
export interface PluginHost {
  readonly instrument: (arn: string, updatedIds: ReadonlySet<string>) => Instrument;
  readonly enrichLogContext: LogEnrichment;
  /** Runs `invoke` with the plugins around it. What it throws is what the caller gets. */
  readonly observe: (observed: ObservedInvocation, invoke: () => Promise<Output>) => Promise<Output>;
}

export function createPluginHost(sources: readonly PluginSource[]): PluginHost {
  let dispatcher = createPluginDispatcher([]);
  return {
    instrument: (arn, updatedIds) => pluginInstrument(dispatcher, { arn, updatedIds }),
    enrichLogContext: () => dispatcher.enrichLogContext(),
    observe(observed, invoke) {
      const info = invocationInfo(observed);
      dispatcher = createPluginDispatcher(sources.flatMap((source) => pluginFor(source, info)));
      return observeInvocation(dispatcher, { observed, info }, invoke);
    },
  };
}

/** None of a factory that throws, whose fault is not the handler's. */
function pluginFor(source: PluginSource, info: InvocationInfo): readonly DurableInstrumentationPlugin[] {
  if (!("createPlugin" in source)) return [source];
  try {
    return [source.createPlugin(info)];
  } catch {
    return [];
  }
}
