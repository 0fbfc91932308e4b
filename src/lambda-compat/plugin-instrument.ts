/** Shows plugins what the engine does, as AWS's interface names it. */

import { isSettled, type Operation } from "../engine/model/operation.ts";
import { errorFromFailure } from "../engine/model/errors.ts";
import { failureFromError } from "../engine/model/thrown-failure.ts";
import type { Instrument, Running } from "../engine/replay/instrument.ts";
import { callInfo, operationInfo, type PluginDispatcher } from "./plugin-dispatcher.ts";
import type { AttemptInfo, OperationInfo } from "./plugins.ts";

interface Observed {
  readonly arn: string;
  /** On the wire, of what has changed since the last invocation. */
  readonly updatedIds: ReadonlySet<string>;
}

export function pluginInstrument(plugins: PluginDispatcher, { arn, updatedIds }: Observed): Instrument {
  const operations: Record<string, OperationInfo> = {};
  return {
    started(update, isReplay) {
      void plugins.onOperationStart({ ...callInfo(update, isReplay), status: "STARTED" });
    },
    found(operation) {
      const info = operationInfo(operation, true);
      if (operation.status === "STARTED") void plugins.onOperationStart(info);
      else if (isAnswered(operation)) void plugins.onOperationEnd({ ...info, isReplay: !updatedIds.has(info.id) });
    },
    changed(changed) {
      const updatedOperations: Record<string, OperationInfo> = {};
      for (const operation of changed) {
        const info = operationInfo(operation);
        updatedOperations[info.id] = operations[info.id] = info;
        if (isSettled(operation.status)) void plugins.onOperationEnd(info);
      }
      void plugins.onOperationChange({ executionArn: arn, updatedOperations, operations });
    },
    attempt: <T>(running: Running, body: () => T | Promise<T>) => attempt(plugins, running, body),
    child: <T>(running: Running, body: () => T | Promise<T>) => {
      // As AWS's SDK has it, a context that runs again for its value is none that plugins see.
      if (running.isReplay) return body();
      if (running.isVirtual === true) return virtualChild(plugins, running, body);
      return plugins.wrapChildContextFn(callInfo(running, running.isReplay), body) as T | Promise<T>;
    },
  };
}

/** AWS's SDK tells at every replay of the end of what others have ended, and of nothing else. */
function isAnswered({ type, status }: Operation): boolean {
  return isSettled(status) && type !== "STEP" && type !== "CONTEXT";
}

/** Without a record it starts and ends in every invocation anew. */
async function virtualChild<T>(plugins: PluginDispatcher, running: Running, body: () => T | Promise<T>): Promise<T> {
  const info = callInfo(running, running.isReplay);
  const seen: OperationInfo = { ...info, isReplay: true };
  void plugins.onOperationStart(seen);
  try {
    const value = (await plugins.wrapChildContextFn(info, body)) as T;
    void plugins.onOperationEnd({ ...seen, status: "SUCCEEDED" });
    return value;
  } catch (error) {
    void plugins.onOperationEnd({ ...seen, status: "FAILED", error: errorFromFailure(failureFromError(error)) });
    throw error;
  }
}

async function attempt<T>(plugins: PluginDispatcher, running: Running, body: () => T | Promise<T>): Promise<T> {
  const info: AttemptInfo = { ...callInfo(running, running.isReplay), attempt: running.attempt ?? 1 };
  await plugins.onOperationAttemptStart(info);
  try {
    const result = (await plugins.wrapOperationAttemptFn(info, body)) as T;
    await plugins.onOperationAttemptEnd({ ...info, outcome: "SUCCEEDED" });
    return result;
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    await plugins.onOperationAttemptEnd({ ...info, outcome: "FAILED", error: failure });
    throw error;
  }
}
