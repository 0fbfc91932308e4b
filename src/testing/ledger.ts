import { executionIdOf, parseExecutionArn } from "../lambda-compat/arn.ts";
import { isSettled, type Operation } from "../engine/model/operation.ts";
import type { MemoryStore } from "../adapters/memory/memory-store.ts";
import { ExecutionView } from "./execution-view.ts";

/** The reports of user code about its work. One for each process. */
export interface Effects {
  /** Called by the function of an operation as it runs; the operation's name must be the only one in its execution. */
  ran(context: NamedExecution, operation: string): void;
  /** Like `ran`, for a step that runs at most once per attempt. */
  ranAtMostOnce(context: NamedExecution, operation: string): void;
  /** Called by a handler with a value that every replay must see again: the winner of a race, for example. */
  saw(context: NamedExecution, what: string, value: unknown): void;
}

/** The part of a durable context that tells the execution. */
export interface NamedExecution {
  /** The execution's ARN. */
  readonly executionContext: { readonly durableExecutionArn: string };
}

type Knows = (executionId: string) => number;

/**
 * Watches user code from outside all processes and compares what runs with what the log says has run. It throws
 * nothing into user code: `violations` are looked at when the run is over.
 */
export class Ledger {
  readonly violations: string[] = [];
  readonly #disk: MemoryStore;
  readonly #views = new Map<string, ExecutionView>();
  readonly #runs = new Map<string, number>();
  readonly #attempts = new Set<string>();
  readonly #seen = new Map<string, string>();

  constructor(disk: MemoryStore) {
    this.#disk = disk;
  }

  /** The number of times that a function has run, in all processes. */
  runs(executionId: string, operation: string): number {
    return this.#runs.get(`${executionId} ${operation}`) ?? 0;
  }

  view(executionId: string): ExecutionView {
    const view = this.#views.get(executionId) ?? new ExecutionView(executionId, this.#disk);
    this.#views.set(executionId, view);
    return view;
  }

  /**
   * `knows` says how far into an execution's log the process has seen: what was recorded after that by another process,
   * it cannot know, and may repeat until its next write tells it.
   */
  effects(knows: (executionId: string) => number): Effects {
    return {
      ran: (context, operation) => {
        this.#ran(executionIn(context), operation, knows);
      },
      ranAtMostOnce: (context, operation) => {
        const id = executionIn(context);
        this.#ran(id, operation, knows);
        this.#attempted(id, operation, knows);
      },
      saw: (context, what, value) => this.#saw(`${executionIn(context)} ${what}`, JSON.stringify(value)),
    };
  }

  #ran(id: string, name: string, knows: Knows): void {
    const key = `${id} ${name}`;
    this.#runs.set(key, (this.#runs.get(key) ?? 0) + 1);
    const recorded = this.#recorded(id, name, knows);
    if (recorded === undefined || !isSettled(recorded.status)) return;
    this.violations.push(`the function of ${key} ran again, and its operation is ${recorded.status} in the log`);
  }

  #attempted(id: string, name: string, knows: Knows): void {
    const recorded = this.#recorded(id, name, knows);
    if (recorded === undefined && this.view(id).operation(name) !== undefined) return;
    if (recorded?.type !== "STEP") {
      this.violations.push(`the function of ${id} ${name} ran at most once per attempt before its START was recorded`);
      return;
    }
    const attempt = `${id} ${name}, attempt ${recorded.attempt + 1}`;
    if (this.#attempts.has(attempt)) this.violations.push(`${attempt} ran twice`);
    this.#attempts.add(attempt);
  }

  /** The operation as it is recorded, if the process can know of that. */
  #recorded(id: string, name: string, knows: Knows): Operation | undefined {
    const view = this.view(id);
    const operation = view.operation(name);
    return operation !== undefined && view.changedAt(operation) <= knows(id) ? operation : undefined;
  }

  #saw(key: string, value: string): void {
    const before = this.#seen.get(key) ?? value;
    this.#seen.set(key, before);
    if (before !== value) this.violations.push(`${key} was ${before} and became ${value}`);
  }
}

function executionIn({ executionContext }: NamedExecution): string {
  const parts = parseExecutionArn(executionContext.durableExecutionArn);
  if (parts === undefined) throw new Error(`Not the name of an execution: ${executionContext.durableExecutionArn}`);
  return executionIdOf(parts);
}
