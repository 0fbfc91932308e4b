/** Runs one scenario as AWS's judge does: starts it, answers its callbacks, and looks at what became of it. */

import { setTimeout as sleep } from "node:timers/promises";
import { judgeHistory, judgeLogs, judgeOutcome, type Outcome } from "./judge.ts";
import { Placeholders } from "./placeholders.ts";
import type { CallbackAction, HistoryEvent } from "./requirement.ts";
import type { Scenario } from "./scenarios.ts";

/** The stage on which scenarios run. */
export interface Stage {
  start(functionName: string, input: unknown): Promise<Execution>;
  /** The lines that a function has written. */
  linesOf(functionName: string): readonly string[];
}

export interface Execution {
  history(): Promise<readonly HistoryEvent[]>;
  outcome(): Promise<Outcome>;
  answer(callbackId: string, operation: CallbackAction["Operation"], payload?: string | object): Promise<void>;
  /** Why nothing will become of it any more. */
  broken?(): string | undefined;
}

export interface Verdict {
  readonly id: string;
  /** Empty if the scenario passes. */
  readonly reasons: readonly string[];
}

const POLL_MS = 500;
const PROGRESS_MS = 30_000;
/** The last InvocationCompleted, and the last lines, may come after the end. */
const SETTLE_MS = 1000;

const END = /^Execution(Succeeded|Failed|TimedOut|Stopped|Cancelled)$/;

export async function runScenario({ id, functionName, requirement }: Scenario, stage: Stage): Promise<Verdict> {
  const placeholders = new Placeholders(requirement.Variables);
  const { ExpectedExecutionHistory: expected, ExpectedResult: result, ExpectedLogs: logs = [] } = requirement;
  const before = stage.linesOf(functionName).length;
  try {
    const execution = await stage.start(functionName, placeholders.fill(requirement.Input ?? null));
    const isMatched = (events: readonly HistoryEvent[]): boolean =>
      result === undefined && judgeHistory(expected, events, new Placeholders(requirement.Variables)).length === 0;
    await follow(execution, { actions: placeholders.fill(requirement.CallbackActions ?? []), isMatched });
    const reasons = [
      ...judgeHistory(expected, await execution.history(), placeholders),
      ...(result === undefined ? [] : judgeOutcome(result, await execution.outcome(), placeholders)),
      ...judgeLogs(logs, stage.linesOf(functionName).slice(before), placeholders),
    ];
    const broken = reasons.length === 0 ? undefined : execution.broken?.();
    return { id, reasons: broken === undefined ? reasons : [broken, ...reasons] };
  } catch (error) {
    return { id, reasons: [error instanceof Error ? error.message : String(error)] };
  }
}

interface Following {
  readonly actions: readonly CallbackAction[];
  /** Nothing more is waited for. */
  readonly isMatched: (events: readonly HistoryEvent[]) => boolean;
}

/** Up to the end, or until nothing happens any more. */
async function follow(execution: Execution, { actions, isMatched }: Following): Promise<void> {
  const callbacks = new Callbacks(execution, actions);
  let seen = 0;
  let progressAt = Date.now();
  while (Date.now() - progressAt < PROGRESS_MS) {
    await sleep(POLL_MS);
    const events = await execution.history();
    if (isMatched(events)) return;
    if (execution.broken?.() !== undefined || events.some(({ EventType = "" }) => END.test(EventType))) {
      return sleep(SETTLE_MS);
    }
    if (events.length > seen) progressAt = Date.now();
    seen = events.length;
    await callbacks.answer(events);
  }
}

/** Each action answers one callback; a heartbeat leaves the callback open for the next. */
class Callbacks {
  readonly #execution: Execution;
  readonly #left: CallbackAction[];
  readonly #answered = new Set<string>();

  constructor(execution: Execution, actions: readonly CallbackAction[]) {
    this.#execution = execution;
    this.#left = [...actions];
  }

  async answer(events: readonly HistoryEvent[]): Promise<void> {
    for (const event of events.filter(({ EventType }) => EventType === "CallbackStarted")) {
      const { CallbackId: id } = event["CallbackStartedDetails"] as { readonly CallbackId: string };
      if (!this.#answered.has(id)) await this.#act(id, event.Name);
    }
  }

  async #act(id: string, name: string | undefined): Promise<void> {
    const at = this.#left.findIndex(({ CallbackName: wanted }) => wanted === "*" || wanted === name);
    const [action] = at < 0 ? [] : this.#left.splice(at, 1);
    if (action?.Operation !== "heartbeat") this.#answered.add(id);
    if (action === undefined) return;
    await sleep((action.Delay ?? 0) * 1000);
    const { Operation, Payload } = action;
    const payload = Payload === undefined || Operation === "failure" ? Payload : pythonJson(Payload);
    await this.#execution.answer(id, Operation, payload as string | object);
  }
}

/** The JSON of AWS's judge, whose blanks a history shows. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`);
  return `{${entries.join(", ")}}`;
}
