/** What an invocation with plugins needs, and no other: it is loaded for the first of them. */

import type { Instrument } from "../engine/replay/instrument.ts";
import type { LogEnrichment } from "./logger.ts";
import { createPluginDispatcher } from "./plugin-dispatcher.ts";
import { pluginInstrument } from "./plugin-instrument.ts";
import { type ObservedInvocation, observeInvocation } from "./plugin-invocation.ts";
import type { DurableInstrumentationPlugin } from "./plugins.ts";
import type { DurableExecutionInvocationOutput as Output } from "./types.ts";

/** The plugins of one invocation. */
export interface PluginHost {
  readonly instrument: (arn: string, updatedIds: ReadonlySet<string>) => Instrument;
  readonly enrichLogContext: LogEnrichment;
  /** Runs `invoke` with the plugins around it. What it throws is what the caller gets. */
  readonly observe: (observed: ObservedInvocation, invoke: () => Promise<Output>) => Promise<Output>;
}

export function createPluginHost(plugins: readonly DurableInstrumentationPlugin[]): PluginHost {
  const dispatcher = createPluginDispatcher(plugins);
  return {
    instrument: (arn, updatedIds) => pluginInstrument(dispatcher, { arn, updatedIds }),
    enrichLogContext: dispatcher.enrichLogContext,
    observe: (observed, invoke) => observeInvocation(dispatcher, observed, invoke),
  };
}
