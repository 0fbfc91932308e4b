/** Runs a case on perdure's machine, in memory. */

import { MemoryAlarm, MemoryStore } from "../../src/homes/memory/index.ts";
import { systemHost } from "../../src/adapters/hosts/system-host.ts";
import { createTimer } from "../../src/adapters/hosts/timer.ts";
import type { ExecutionHeader } from "../../src/engine/model/execution.ts";
import type { HistoryEvent } from "../../src/engine/model/history.ts";
import { Runner } from "../../src/engine/runner/runner.ts";
import { type FunctionDefinition, readFunctions } from "../../src/lambda-compat/functions.ts";
import { historyEventToWire } from "../../src/lambda-compat/http/history-event.ts";
// Loaded beforehand, as AWS's runner is: virtual time does not wait for a module.
import "../../src/lambda-compat/hosted-plugins.ts";
import type { Case, Handler, OutsideEvent, Sdk } from "./case.ts";
import { failedObservation, type Observation, observe } from "./observation.ts";
import { type Look, resetVirtualTime, runUntilDone } from "./virtual-time.ts";

export interface MachineSetup {
  readonly sdk: Sdk;
  /** Whether `sdk` is AWS's. */
  readonly isForeign: boolean;
  readonly parks: boolean;
}

const NAME = "main";
const ID = `${NAME}/x`;
const RETENTION_DAYS = 90;
const RETAINED_MS = RETENTION_DAYS * 86_400_000;

export async function runOnMachine(definition: Case, setup: MachineSetup): Promise<Observation> {
  resetVirtualTime();
  // The system's own timers look at the clock once a minute, which takes long when a month is skipped.
  const host = { ...systemHost(), timer: createTimer({ now: Date.now }) };
  const store = new MemoryStore();
  const alarm = new MemoryAlarm({ host, wake: (id) => runner.wake(id) });
  const failures: unknown[] = [];
  const runner: Runner = new Runner({
    store,
    // Nobody waits for the removal of what has ended.
    alarm: {
      schedule: (id, at, order) =>
        at < host.now() + RETAINED_MS / 2 ? alarm.schedule(id, at, order) : alarm.cancel(id, order),
      cancel: (id, order) => alarm.cancel(id, order),
    },
    retentionDays: RETENTION_DAYS,
    host,
    functions: readFunctions(functionsOf(definition, setup)),
    parks: setup.parks,
    arnOf: ({ functionName, name, incarnation }) =>
      `arn:perdure:lambda:local:000000000000:function:${functionName}:$LATEST/durable-execution/${name}/${incarnation}`,
    onError: (_id, error) => failures.push(error),
  });
  try {
    const observation = await follow(definition, runner);
    // An invocation that breaks is told of as well, and is what was to be seen.
    const isBroken = observation.status === "REJECTED" || observation.status === "HALTED";
    if (failures.length > 0 && !isBroken) throw failures[0];
    return observation;
  } finally {
    runner.close();
    alarm.close();
  }
}

async function follow(definition: Case, runner: Runner): Promise<Observation> {
  const { input = {}, outside = [] } = definition;
  await runner.start({ functionName: NAME, name: "x", input: JSON.stringify(input) });
  const todo = [...outside];
  const watch = new Watch(runner, todo);
  const isDone = await runUntilDone(() => watch.look());
  if (!isDone) return failedObservation("STUCK", {});
  if (watch.failure !== undefined) return watch.failure;
  const events = await watch.read();
  return observe(
    events.map((event) => historyEventToWire(event)),
    definition,
  );
}

/** Looks at an execution whenever something may have changed, and lets happen what happens from outside. */
class Watch {
  readonly #runner: Runner;
  readonly #todo: OutsideEvent[];
  #header: ExecutionHeader | undefined;
  #fault: HistoryEvent | undefined;

  constructor(runner: Runner, todo: OutsideEvent[]) {
    this.#runner = runner;
    this.#todo = todo;
  }

  async look(): Promise<Look> {
    this.#header = await this.#runner.describe(ID);
    const events = await this.read();
    this.#fault ??= events.find(({ eventType, error }) => eventType === "InvocationCompleted" && error !== undefined);
    if (this.#fault !== undefined || this.#header.halt !== undefined || this.#isOver) return "done";
    return (await this.#happen(events)) ? "busy" : "idle";
  }

  get failure(): Observation | undefined {
    const status = this.#header?.halt === undefined ? "REJECTED" : "HALTED";
    const error = this.#header?.halt?.error ?? this.#fault?.error;
    if (error === undefined || this.#isOver) return undefined;
    return failedObservation(status, { type: error.errorType, message: error.errorMessage });
  }

  get #isOver(): boolean {
    return this.#header !== undefined && this.#header.status !== "RUNNING";
  }

  async read(): Promise<readonly HistoryEvent[]> {
    const { events } = await this.#runner.history(ID, { limit: 100_000, includeData: true });
    return events;
  }

  async #happen(events: readonly HistoryEvent[]): Promise<boolean> {
    const begun = new Set<string>();
    for (const [place, next] of this.#todo.entries()) {
      const target = `${next.to} ${next.index ?? 0}`;
      const callbackId = begun.has(target) ? undefined : callbackFor(next, events);
      begun.add(target);
      if (callbackId === undefined) continue;
      this.#todo.splice(place, 1);
      await this.#runner.completeCallback(callbackId, outcomeOf(next));
      return true;
    }
    return false;
  }
}

/** The id of the callback that this is to happen to, once it is there and its time has come. */
function callbackFor({ to, index = 0, when }: OutsideEvent, events: readonly HistoryEvent[]): string | undefined {
  const named = events.filter(({ name, eventType }) => name === to && /^(Callback|Context)Started$/.test(eventType))[
    index
  ];
  if (named === undefined || named.eventType === "CallbackStarted") return named?.callbackId;
  const inside = events.filter(({ parentId }) => parentId === named.id);
  const isSubmitted = inside.some(({ eventType }) => eventType === "StepSucceeded");
  if (when === "SUBMITTED" && !isSubmitted) return undefined;
  return inside.find(({ eventType }) => eventType === "CallbackStarted")?.callbackId;
}

function outcomeOf({ event }: OutsideEvent): Parameters<Runner["completeCallback"]>[1] {
  if (event === "heartbeat") return { type: "HEARTBEAT" };
  if ("succeed" in event) {
    return { type: "SUCCEEDED", ...(event.succeed === undefined ? {} : { result: event.succeed }) };
  }
  const { ErrorType, ErrorMessage, ErrorData, StackTrace } = event.fail ?? {};
  return {
    type: "FAILED",
    error: {
      ...(ErrorType === undefined ? {} : { errorType: ErrorType }),
      ...(ErrorMessage === undefined ? {} : { errorMessage: ErrorMessage }),
      ...(ErrorData === undefined ? {} : { errorData: ErrorData }),
      ...(StackTrace === undefined ? {} : { stackTrace: StackTrace }),
    },
  };
}

function functionsOf(definition: Case, { sdk, isForeign }: MachineSetup): Record<string, FunctionDefinition> {
  const durable = (handler: Handler, config = {}): FunctionDefinition => {
    const wrapped = sdk.withDurableExecution(handler, config);
    return isForeign ? { awsDurable: wrapped } : wrapped;
  };
  const functions: Record<string, FunctionDefinition> = { [NAME]: durable(definition.program(sdk), definition.config) };
  for (const [name, target] of Object.entries(definition.functions?.(sdk) ?? {})) {
    functions[name] = "durable" in target ? durable(target.durable) : (target.plain as FunctionDefinition);
  }
  return functions;
}
