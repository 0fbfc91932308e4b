/** Shows plugins what the engine does, as AWS's interface names it. */

import { isSettled } from "../engine/model/operation.ts";
import type { Instrument, Running } from "../engine/replay/instrument.ts";
import { wireId } from "./md5.ts";
import { operationInfo, type PluginDispatcher } from "./plugin-dispatcher.ts";
import type { AttemptInfo, OperationInfo } from "./plugins.ts";

export function pluginInstrument(plugins: PluginDispatcher, arn: string): Instrument {
  const operations: Record<string, OperationInfo> = {};
  return {
    started({ id, name, type, subType, parentId }) {
      void plugins.onOperationStart(infoOf({ id, name, type, subType, parentId, isReplay: false }));
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
    child: <T>(running: Running, body: () => T | Promise<T>) =>
      plugins.wrapChildContextFn(infoOf(running), body) as T | Promise<T>,
  };
}

async function attempt<T>(plugins: PluginDispatcher, running: Running, body: () => T | Promise<T>): Promise<T> {
  const info: AttemptInfo = { ...infoOf(running), attempt: running.attempt ?? 1 };
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

function infoOf({ id, name, type, subType, parentId, isReplay }: Running): OperationInfo {
  const info: OperationInfo = { id: wireId(id), type, isReplay };
  if (name !== undefined) info.name = name;
  if (subType !== undefined) info.subType = subType;
  if (parentId !== undefined) info.parentId = wireId(parentId);
  return info;
}
