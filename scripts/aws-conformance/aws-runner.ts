/** AWS's own test runner as a stage: in real time, since a callback may come while a function waits. */

import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import type { Functions } from "../../src/homes/memory/index.ts";
import { linesOf } from "./function-lines.ts";
import type { HistoryEvent } from "./requirement.ts";
import type { Execution, Stage } from "./run-scenario.ts";

type RunnerOptions = ConstructorParameters<typeof LocalDurableTestRunner>[0];
type Handler = RunnerOptions["handlerFunction"];

/** The runner's parts from which the answers are made. */
interface Internals {
  readonly operationIndex: { getHistoryEvents(): readonly HistoryEvent[] };
  readonly durableApi: {
    sendCallbackSuccess(request: object): Promise<unknown>;
    sendCallbackFailure(request: object): Promise<unknown>;
    sendCallbackHeartbeat(request: object): Promise<unknown>;
  };
}

export async function onAwsRunner<T>(functions: Functions, work: (stage: Stage) => Promise<T>): Promise<T> {
  await LocalDurableTestRunner.setupTestEnvironment();
  try {
    return await work({ linesOf, start: async (name, input) => start(functions, name, input) });
  } finally {
    await LocalDurableTestRunner.teardownTestEnvironment();
  }
}

function start(functions: Functions, functionName: string, input: unknown): Execution {
  const runner = new LocalDurableTestRunner({ handlerFunction: functions[functionName] as unknown as Handler });
  for (const [name, target] of Object.entries(functions)) {
    runner.registerDurableFunction(`${name}:$LATEST`, target as unknown as Handler);
  }
  const run: Run = { broken: undefined };
  runner.run({ payload: input }).catch((error: unknown) => (run.broken = brokenBy(error)));
  return executionOf(runner as unknown as Internals, run);
}

interface Run {
  broken: string | undefined;
}

function executionOf({ operationIndex, durableApi }: Internals, run: Run): Execution {
  const history = (): readonly HistoryEvent[] => operationIndex.getHistoryEvents();
  return {
    history: async () => history(),
    async outcome() {
      const end = history().find(({ EventType = "" }) => /^Execution(?!Started)/.test(EventType));
      const details = end?.[`${end.EventType}Details`] as EndDetails | undefined;
      return {
        status: end?.EventType?.replace("Execution", "").toUpperCase(),
        result: details?.Result?.Payload,
        error: details?.Error?.Payload,
      };
    },
    async answer(CallbackId, operation, payload) {
      if (operation === "heartbeat") await durableApi.sendCallbackHeartbeat({ CallbackId });
      else if (operation === "failure") await durableApi.sendCallbackFailure({ CallbackId, Error: payload });
      else await durableApi.sendCallbackSuccess({ CallbackId, Result: payload });
    },
    broken: () => run.broken,
  };
}

interface EndDetails {
  readonly Result?: { readonly Payload?: string };
  readonly Error?: { readonly Payload?: unknown };
}

/** The runner rejects with an outcome, too. */
function brokenBy(error: unknown): string {
  return `AWS's runner gave up: ${error instanceof Error ? error.message : JSON.stringify(error)}`;
}
