/**
 * Schedules: durable functions that start other executions at the times of a cron expression.
 *
 * Each slot is an execution of the schedule's own function, named by the slot and begun at its time. It starts the
 * execution of the next slot, then what the schedule is for, named by the slot too. So a log never grows, twice is once
 * however often and wherever a schedule is begun, and a schedule is listed, halted and stopped as executions are.
 */

import { withDurableExecution } from "../lambda-compat/with-durable-execution.ts";
import { InvalidArgumentError, shown } from "../lambda-compat/invalid-argument.ts";
import { programOf } from "../lambda-compat/program-of.ts";
import { starterOf } from "../lambda-compat/starter.ts";
import type { DurableContext, DurableHandler, RetryDecision } from "../lambda-compat/types.ts";
import { Slots, stampOf } from "./slots.ts";
import { isStartedAlready, type ScheduledStart, type StartScheduled, startWithContext } from "./starter.ts";

export type { ScheduledStart, StartScheduled } from "./starter.ts";

/** The treatment of slots that have passed while the schedule did not run, or while it was halted. */
export type CatchUp =
  /** Nothing is started for a slot that is more than 5 minutes late, nor for one after which another one has come. */
  | "none"
  /** The last of them is started, however late it is. */
  | "last"
  /** All of them are started, oldest first; of more than 100 the last 100. */
  | "all";

/** The options of a schedule. */
export interface ScheduleOptions<Event> {
  /**
   * Minute, hour, day of the month, month, day of the week: `0 9 * * 1-5`. A field for seconds may stand before them. As
   * the package `croner` reads it.
   */
  readonly cron: string;
  /** An IANA time zone, `Europe/Vienna`; `UTC` by default. */
  readonly timeZone?: string;
  /**
   * The function to start: one that the host was given too, or any by its name (on AWS with its version or as an ARN).
   */
  readonly start: DurableHandler<Event, unknown> | { readonly functionName: string };
  /** The event of each execution, or what makes it of the slot; none by default. */
  readonly input?: Event | ((slot: Date) => Event);
  /** The slots that have passed for which an execution is started; `last` by default. */
  readonly catchUp?: CatchUp;
  /**
   * The beginning of the names of the started executions, 1 to 40 letters, digits, `-` and `_`:
   * `daily-20260301T080000Z`. By default the name of the schedule's own function, cut there.
   */
  readonly name?: string;
  /** The tags of the started executions; none by default. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Starts executions, where it is neither a host of perdure that runs the schedule nor the Lambda API that takes its
   * starts. A name that was started before must not be started again. By default what runs the schedule.
   */
  readonly startWith?: StartScheduled;
}

/** The event of a schedule's own executions. */
export interface ScheduleEvent {
  /** The slot, as ISO 8601 has it; absent to begin the schedule. */
  readonly slot?: string;
}

/** The result of one execution of a schedule. Slots are written as ISO 8601 has them. */
export interface ScheduleResult {
  /** The names of the executions that were started for its slot, and for those that had passed. */
  readonly started: readonly string[];
  /** The number of slots that had passed and were left out. */
  readonly leftOut: number;
  /** The slot that the schedule waits for now; absent if the expression has no more. */
  readonly next?: string;
}

const NAME_CHARACTERS = 40;
const MOST_CAUGHT_UP = 100;
const LATE_MS = 300_000;
/** Executions of slots that have ended already, one after the other: somebody has stopped them. */
const MOST_TAKEN = 1000;
/** No wait and no start for later may be longer than 366 days. */
const LONGEST_WAIT_MS = 365 * 86_400_000;

/**
 * Makes a durable function that starts executions at the times of a cron expression. It begins with its first execution,
 * of any name and without an event, and starting it again changes nothing: do so whenever the host starts.
 *
 * @throws {InvalidArgumentError} INVALID_ARGUMENT for an expression, a time zone or another option that cannot be.
 * @example
 * ```ts
 * const nightly = schedule({ cron: "0 3 * * *", timeZone: "Europe/Vienna", start: report });
 * const host = createMemoryHost({ functions: { report, nightly } });
 * await host.start(nightly, {});
 * ```
 */
export function schedule<Event>(options: ScheduleOptions<Event>): DurableHandler<ScheduleEvent, ScheduleResult> {
  checkOptions(options);
  const slots = new Slots(options.cron, options.timeZone ?? "UTC");
  return withDurableExecution<ScheduleEvent, ScheduleResult>((event, context) =>
    new Occurrence(options as ScheduleOptions<unknown>, slots, context).run(event.slot),
  );
}

/** The decision about a slot, made once. */
interface Outlook {
  /** Whole seconds until the slot; 0 when it has come. */
  readonly waitSeconds: number;
  /** The slots to start something for, ms since the epoch. */
  readonly due: readonly number[];
  readonly leftOut: number;
  /** The moment after which the next slot is looked for, ms since the epoch. */
  readonly after: number;
}

/** One execution of a schedule. */
class Occurrence {
  readonly #options: ScheduleOptions<unknown>;
  readonly #slots: Slots;
  readonly #context: DurableContext;

  constructor(options: ScheduleOptions<unknown>, slots: Slots, context: DurableContext) {
    this.#options = options;
    this.#slots = slots;
    this.#context = context;
  }

  async run(slotText: string | undefined): Promise<ScheduleResult> {
    const slot = slotText === undefined ? undefined : readSlot(slotText);
    const { due, leftOut, after } = await this.#outlook(slot);
    // First: what cannot be started is tried for as long as it takes, and must not hold the schedule up.
    const next = await this.#startNext(after);
    const started: string[] = [];
    for (const time of due) started.push(await this.#startFor(time));
    return { started, leftOut, ...(next !== undefined && { next: new Date(next).toISOString() }) };
  }

  /** Waits until the slot has come, where what has started this execution could not say when it is to begin. */
  async #outlook(slot: number | undefined): Promise<Outlook> {
    for (;;) {
      const outlook = await this.#context.step("look at the clock", async () => this.#look(slot));
      if (outlook.waitSeconds === 0) return outlook;
      await this.#context.wait("until the slot", { seconds: outlook.waitSeconds });
    }
  }

  #look(slot: number | undefined): Outlook {
    const now = starterOf(this.#context)?.now() ?? Date.now();
    if (slot === undefined) return { waitSeconds: 0, due: [], leftOut: 0, after: now };
    if (slot > now) {
      const waitSeconds = Math.ceil(Math.min(slot - now, LONGEST_WAIT_MS) / 1000);
      return { waitSeconds, due: [], leftOut: 0, after: now };
    }
    const { due, leftOut } = this.#caughtUp(slot, now);
    return { waitSeconds: 0, due, leftOut, after: now };
  }

  /** The slot may be none any more, since the expression is another one by now: then nothing is started for it. */
  #caughtUp(slot: number, now: number): Pick<Outlook, "due" | "leftOut"> {
    const { catchUp = "last" } = this.#options;
    const passed = this.#slots.last(slot, now, MOST_CAUGHT_UP + 1);
    const most = catchUp === "all" ? MOST_CAUGHT_UP : 1;
    const due = passed.slice(-most).filter((time) => catchUp !== "none" || now - time <= LATE_MS);
    return { due, leftOut: passed.length - due.length };
  }

  /** Answers the slot that the schedule waits for from now on. */
  #startNext(after: number): Promise<number | undefined> {
    return this.#context.step(
      "start the next slot",
      async () => {
        let slot = this.#slots.next(after);
        for (let tries = 0; slot !== undefined && tries < MOST_TAKEN; tries++) {
          const answer = await this.#start({ ...this.#self(slot), startAt: Math.min(slot, after + LONGEST_WAIT_MS) });
          if (answer?.isOver !== true) return slot;
          slot = this.#slots.next(slot);
        }
        return undefined;
      },
      { retryStrategy },
    );
  }

  async #startFor(slot: number): Promise<string> {
    const { tags, input } = this.#options;
    const name = `${this.#prefix}-${stampOf(slot)}`;
    const event: unknown = typeof input === "function" ? (input as (slot: Date) => unknown)(new Date(slot)) : input;
    const text = event === undefined ? undefined : JSON.stringify(event);
    const request: ScheduledStart = {
      functionName: this.#target,
      name,
      ...(text !== undefined && { input: text }),
      ...(tags !== undefined && { tags }),
    };
    await this.#context.step(`start ${name}`, async () => void (await this.#start(request)), { retryStrategy });
    return name;
  }

  /** Starts an execution. One that exists already was started by another process, or before a crash. */
  async #start(request: ScheduledStart): Promise<{ readonly isOver: boolean } | undefined> {
    const start = this.#options.startWith ?? startWithContext(this.#context);
    try {
      return await start(request);
    } catch (error) {
      if (isStartedAlready(error)) return undefined;
      throw error;
    }
  }

  #self(slot: number): Pick<ScheduledStart, "functionName" | "name" | "input"> {
    const { functionName, invokedFunctionArn } = this.#context.lambdaContext;
    // Lambda takes no function without the version or alias that it is invoked by.
    const isHosted = starterOf(this.#context) !== undefined;
    return {
      functionName: isHosted ? functionName : invokedFunctionArn,
      name: `slot-${stampOf(slot)}`,
      input: JSON.stringify({ slot: new Date(slot).toISOString() }),
    };
  }

  get #prefix(): string {
    return this.#options.name ?? this.#context.lambdaContext.functionName.slice(0, NAME_CHARACTERS);
  }

  get #target(): string {
    const { start } = this.#options;
    const target = programOf(start);
    if (target === undefined) return (start as { readonly functionName: string }).functionName;
    const name = starterOf(this.#context)?.nameOf(target);
    if (name !== undefined) return name;
    throw new InvalidArgumentError(
      'The host of this schedule was not given the function that it starts: name it, as start: { functionName: "order" }.',
    );
  }
}

/** For as long as it takes: a schedule that gave up would be gone. */
function retryStrategy(_error: Error, attempt: number): RetryDecision {
  return { shouldRetry: true, delay: { seconds: Math.min(2 ** Math.min(attempt - 1, 10), 300) } };
}

function readSlot(text: string): number {
  const slot = Date.parse(text);
  if (typeof text === "string" && !Number.isNaN(slot)) return slot;
  throw new InvalidArgumentError(`The slot of a schedule is ${shown(text)}; it must be a time as ISO 8601 has it.`);
}

const CATCH_UPS: readonly unknown[] = ["none", "last", "all"];

function checkOptions<Event>({ start, catchUp = "last", name = "a" }: ScheduleOptions<Event>): void {
  const named: unknown = (start as { readonly functionName?: unknown } | undefined)?.functionName;
  if (programOf(start) === undefined && typeof named !== "string")
    throw new InvalidArgumentError(
      `schedule needs what it is to start and got ${shown(start)}: write start: order, or start: { functionName: "order" }.`,
    );
  if (!CATCH_UPS.includes(catchUp))
    throw new InvalidArgumentError(`The catchUp of a schedule is "none", "last" or "all", and was ${shown(catchUp)}.`);
  if (!/^[\w-]{1,40}$/.test(name))
    throw new InvalidArgumentError(
      `The name of a schedule has 1 to ${NAME_CHARACTERS} letters, digits, - and _, and was ${shown(name)}.`,
    );
}
