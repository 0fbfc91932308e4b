/** What is compared of an execution: its outcome, its operations and its history, all read from the history's events. */

/** An event of the history as the Lambda API writes it. */
export interface WireEvent {
  readonly EventType?: string | undefined;
  readonly SubType?: string | undefined;
  readonly Id?: string | undefined;
  readonly Name?: string | undefined;
  readonly ParentId?: string | undefined;
}

interface Details {
  readonly Result?: { readonly Payload?: string };
  readonly Error?: { readonly Payload?: WireError };
  readonly Duration?: number;
  readonly Timeout?: number;
  readonly HeartbeatTimeout?: number;
  readonly RetryDetails?: { readonly NextAttemptDelaySeconds?: number };
}

export interface WireError {
  readonly ErrorType?: string | undefined;
  readonly ErrorMessage?: string | undefined;
  readonly ErrorData?: string | undefined;
}

export interface ObservedError {
  readonly type?: string | undefined;
  readonly message?: string | undefined;
  readonly data?: string | undefined;
}

export interface ObservedOperation {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly name: string | undefined;
  readonly type: string;
  readonly subType: string | undefined;
  readonly status: string;
  readonly result: string | undefined;
  readonly error: ObservedError | undefined;
  /** Of a step or condition: how many attempts have ended. */
  readonly attempts: number;
  /** What it was started with. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Observation {
  /** Of the execution; REJECTED when an invocation failed as a whole and would be tried again, HALTED, STUCK. */
  readonly status: string;
  readonly result: string | undefined;
  readonly error: ObservedError | undefined;
  /** Each followed by what is in it; side by side in the order in which they started. */
  readonly operations: readonly ObservedOperation[];
  /** `EventType/SubType/Name`, sorted. Invocations are not counted: how many it takes is a matter of timing. */
  readonly events: readonly string[];
  /** Native mode only: what was sent about each operation, in order; by id. */
  readonly updates?: Readonly<Record<string, readonly unknown[]>> | undefined;
  /** The ids of the operations in the order in which they started, where that is to be compared. */
  readonly starts?: readonly string[] | undefined;
}

/** An execution of which no more is known than how it failed. */
export function failedObservation(status: string, error: ObservedError): Observation {
  return { status, result: undefined, error, operations: [], events: [] };
}

export interface ObserveOptions {
  readonly comparesStarts?: boolean | undefined;
}

export function observe(events: readonly WireEvent[], { comparesStarts }: ObserveOptions = {}): Observation {
  const last = events.findLast(({ EventType }) => /^Execution(?!Started)/.test(EventType ?? ""));
  const { Result, Error } = last === undefined ? {} : detailsOf(last);
  return {
    status: (last?.EventType ?? "ExecutionRunning").slice("Execution".length).toUpperCase(),
    result: withoutStacks(Result?.Payload),
    error: observeError(Error?.Payload),
    operations: inTreeOrder(operationsOf(events)),
    events: events
      .filter(({ EventType }) => EventType !== "InvocationCompleted")
      .map(signatureOf)
      .toSorted(),
    starts: comparesStarts === true ? operationsOf(events).map(({ id }) => id) : undefined,
  };
}

export function observeError(error: WireError | undefined): ObservedError | undefined {
  if (error === undefined) return undefined;
  return { type: error.ErrorType, message: error.ErrorMessage, data: error.ErrorData };
}

function signatureOf({ EventType, SubType, Name }: WireEvent): string {
  const isExecution = EventType?.startsWith("Execution") === true;
  return isExecution ? EventType : `${EventType}/${SubType}/${Name}`;
}

function operationsOf(events: readonly WireEvent[]): ObservedOperation[] {
  const operations = new Map<string, ObservedOperation>();
  for (const event of events) {
    const { EventType = "", Id } = event;
    if (Id === undefined || /^(Execution|Invocation)/.test(EventType)) continue;
    operations.set(Id, follow(operations.get(Id), { ...event, Id, EventType }));
  }
  return [...operations.values()];
}

/** The order in which operations of different contexts start is a matter of timing. */
function inTreeOrder(operations: readonly ObservedOperation[]): ObservedOperation[] {
  const byParent = Map.groupBy(operations, ({ parentId }) => parentId);
  const inside = (parentId: string | undefined): ObservedOperation[] =>
    (byParent.get(parentId) ?? []).flatMap((operation) => [operation, ...inside(operation.id)]);
  return inside(undefined);
}

/** Where an error was made says where the code lies. */
export function withoutStacks(text: string | undefined): string | undefined {
  return text?.replaceAll(/"stack":"(?:[^"\\]|\\.)*"/g, '"stack":"..."');
}

const TYPES: Readonly<Record<string, string>> = { ChainedInvoke: "CHAINED_INVOKE" };

function follow(
  known: ObservedOperation | undefined,
  event: WireEvent & { Id: string; EventType: string },
): ObservedOperation {
  const [, kind = "", change = ""] = /^(Context|Step|Wait|Callback|ChainedInvoke)(\w+)$/.exec(event.EventType) ?? [];
  const { Result, Error, RetryDetails } = detailsOf(event);
  const endsAttempt = kind === "Step" && change !== "Started";
  const isRetried = endsAttempt && RetryDetails?.NextAttemptDelaySeconds !== undefined;
  const attempts = (known?.attempts ?? 0) + (endsAttempt ? 1 : 0);
  return {
    id: event.Id,
    parentId: event.ParentId,
    name: event.Name,
    type: TYPES[kind] ?? kind.toUpperCase(),
    subType: event.SubType,
    status: isRetried ? "PENDING" : statusOf(change),
    result: withoutStacks(Result?.Payload),
    error: observeError(Error?.Payload),
    attempts,
    settings: known?.settings ?? settingsOf(event),
  };
}

function statusOf(change: string): string {
  return change === "TimedOut" ? "TIMED_OUT" : change.toUpperCase();
}

function settingsOf(event: WireEvent): Readonly<Record<string, unknown>> {
  const { Duration, Timeout, HeartbeatTimeout } = detailsOf(event);
  const settings = { Duration, Timeout, HeartbeatTimeout };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function detailsOf(event: WireEvent): Details {
  return ((event as Readonly<Record<string, unknown>>)[`${event.EventType}Details`] as Details | undefined) ?? {};
}
