/** Runs a case on AWS's own test runner. */

import type { DurableExecutionClient, OperationUpdate } from "@aws/durable-execution-sdk-js";
import type { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import type { Case, OutsideEvent, Sdk } from "./case.ts";
import { failedObservation, type Observation, observe, type WireEvent, withoutStacks } from "./observation.ts";
import { expectHistory, resetVirtualTime } from "./virtual-time.ts";

type Runner = LocalDurableTestRunner<unknown>;

export interface LocalSetup {
  readonly sdk: Sdk;
  readonly Runner: typeof LocalDurableTestRunner;
}

export async function runLocally(definition: Case, { sdk, Runner }: LocalSetup): Promise<Observation> {
  resetVirtualTime();
  const { program, functions, input, outside = [], config = {} } = definition;
  const record: Recording = { updates: {}, hasEnded: false };
  const runner = new Runner({ handlerFunction: recording(sdk.withDurableExecution(program(sdk), config), record) });
  for (const [name, target] of Object.entries(functions?.(sdk) ?? {})) {
    if ("durable" in target) runner.registerDurableFunction(name, sdk.withDurableExecution(target.durable));
    else runner.registerFunction(name, target.plain);
  }
  // A run that fails leaves these waiting for ever; what they have not reached shows in the observation.
  const happening = happen(runner, outside);
  happening.catch(() => undefined);
  expectHistory(() => !record.hasEnded || hasEnd(runner));
  try {
    const result = await runner.run(input === undefined ? {} : { payload: input });
    return { ...observe(result.getHistoryEvents(), definition), updates: record.updates };
  } catch (error) {
    return rejection(error);
  }
}

/** The last event of a history says how the execution ended. */
function hasEnd(runner: Runner): boolean {
  const { operationIndex } = runner as unknown as { operationIndex: { getHistoryEvents(): WireEvent[] } };
  return operationIndex.getHistoryEvents().some(({ EventType }) => /^Execution(?!Started)/.test(EventType ?? ""));
}

interface Recording {
  /** What was sent, by operation: how updates share calls is a matter of timing. */
  readonly updates: { [id: string]: object[] };
  /** The handler has given its outcome. */
  hasEnded: boolean;
}

type Lambda = ReturnType<Sdk["withDurableExecution"]>;

/** The handler, with what it does on the wire written down. */
function recording(handler: Lambda, record: Recording): Lambda {
  return async (event, context) => {
    let isOver = false;
    const carrier = event as unknown as { durableExecutionClient: DurableExecutionClient };
    const client = carrier.durableExecutionClient;
    carrier.durableExecutionClient = {
      getExecutionState: (request) => client.getExecutionState(request),
      checkpoint: (request) => {
        // What an invocation sends after its end is nobody's business.
        if (!isOver) for (const update of request.Updates ?? []) write(record, update);
        return client.checkpoint(request);
      },
    };
    try {
      const output = await handler(event, context);
      record.hasEnded = output.Status !== "PENDING";
      return output;
    } finally {
      isOver = true;
    }
  };
}

function write({ updates }: Recording, { Id = "", ...update }: OperationUpdate): void {
  // The id of the update that ends an execution is made of the time.
  (updates[update.Type === "EXECUTION" ? "execution" : Id] ??= []).push(asSent(update));
}

function asSent(update: object): object {
  return JSON.parse(JSON.stringify(update), (key, value: unknown) =>
    key === "Payload" ? withoutStacks(value as string) : value,
  ) as object;
}

/** AWS's runner overlooks what was submitted before anybody waited for it, so every callback is waited for from the start. */
async function happen(runner: Runner, outside: readonly OutsideEvent[]): Promise<void> {
  const targets = Map.groupBy(outside, ({ to, index = 0 }) => `${to} ${index}`);
  await Promise.all([...targets.values()].map((events) => happenTo(runner, events)));
}

async function happenTo(runner: Runner, events: readonly OutsideEvent[]): Promise<void> {
  for (const { to, index = 0, when = "STARTED", event } of events) {
    const operation = await runner.getOperationByNameAndIndex(to, index).waitForData(when as never);
    if (event === "heartbeat") await operation.sendCallbackHeartbeat();
    else if ("succeed" in event) await operation.sendCallbackSuccess(event.succeed);
    else await operation.sendCallbackFailure(event.fail);
  }
}

/** The runner rejects with an error for a failed invocation, and with an outcome when nothing is pending. */
function rejection(error: unknown): Observation {
  if (error instanceof Error) return failedObservation("REJECTED", { type: error.name, message: error.message });
  const { ErrorType, ErrorMessage } = (error as { error?: { ErrorType?: string; ErrorMessage?: string } }).error ?? {};
  return failedObservation("REJECTED", { type: ErrorType, message: ErrorMessage });
}
