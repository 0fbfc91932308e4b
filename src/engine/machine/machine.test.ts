/** Random commands against the whole machine: what must hold of every log, whatever happens in whatever order. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { goldenLogs } from "../../../test/golden/logs.ts";
import type { Commit, Fact } from "../model/commit.ts";
import { LOG_FORMAT_VERSION } from "../model/commit.ts";
import { HaltReason } from "../model/execution.ts";
import { OperationAction, OperationType } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { Command, DecisionEnvironment, InvocationOutput } from "./command.ts";
import { decodeCommit, encodeCommit } from "./commit-codec.ts";
import { type CopyPoint, copyOf } from "./copy.ts";
import { decide } from "./decide.ts";
import { fold } from "./fold.ts";
import { decodeForeignCommit } from "./foreign-commit.ts";
import { historyOf } from "./history.ts";
import { changesAfterEnd, violations } from "./invariants.ts";
import { journalOf } from "./journal.ts";
import { CorruptLogError } from "./log-errors.ts";
import { type Here, type Plan, planOf } from "./plan.ts";
import { Recorder } from "./recorder.ts";
import type { ExecutionState } from "./state.ts";
import { emptyState } from "./state.ts";

const error = { errorType: "Oops", errorMessage: "it broke" };
/** What operations usually are at each position. */
const POSITIONS: Readonly<Record<string, OperationType>> = {
  ...{ "1": "CONTEXT", "2": "CONTEXT", "1-1": "CONTEXT", "3": "STEP", "1-2": "STEP", "1-1-1": "STEP" },
  ...{ "4": "WAIT", "2-1": "WAIT", "1-1-2": "WAIT", "5": "CALLBACK", "1-1-3": "CALLBACK", "2-2": "CALLBACK" },
  ...{ "6": "CHAINED_INVOKE", "1-3": "CHAINED_INVOKE", "2-3": "CHAINED_INVOKE" },
};

const id = fc.constantFrom(...Object.keys(POSITIONS));
const SHAPES: readonly (readonly [OperationType, OperationAction])[] = [
  ["STEP", "START"],
  ["STEP", "SUCCEED"],
  ["STEP", "FAIL"],
  ["STEP", "RETRY"],
  // Twice, since nothing happens inside a context that has not started.
  ["CONTEXT", "START"],
  ["CONTEXT", "START"],
  ["CONTEXT", "SUCCEED"],
  ["CONTEXT", "FAIL"],
  ["WAIT", "START"],
  ["WAIT", "CANCEL"],
  ["CALLBACK", "START"],
  ["CALLBACK", "CANCEL"],
  ["CHAINED_INVOKE", "START"],
  ["CHAINED_INVOKE", "CANCEL"],
];
/** One of the type that belongs to a position, or now and then any other. */
const shapeOf = (operationId: string, die: number): readonly [OperationType, OperationAction] => {
  const usual = SHAPES.filter(([type]) => type === POSITIONS[operationId]);
  const shapes = die % 10 === 0 ? SHAPES : usual;
  return shapes[die % shapes.length] ?? ["STEP", "START"];
};

/** Mostly the context that the id's position names; now and then anything. */
const parentOf = (operationId: string, stray: string | undefined): string | undefined =>
  stray ?? (operationId.includes("-") ? operationId.slice(0, operationId.lastIndexOf("-")) : undefined);

const update: fc.Arbitrary<OperationUpdate> = fc
  .record({
    id,
    stray: fc.oneof({ weight: 15, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: id }),
    die: fc.nat(1000),
    seconds: fc.integer({ min: 1, max: 5 }),
    heartbeat: fc.boolean(),
    replayChildren: fc.boolean(),
    payload: fc.option(fc.string({ maxLength: 4 }), { nil: undefined, freq: 2 }),
    back: fc.integer({ min: 0, max: 900 }),
  })
  .map(({ id: operationId, stray, die, seconds, heartbeat, replayChildren, payload, back }) => {
    const [type, action] = shapeOf(operationId, die);
    const parentId = parentOf(operationId, stray);
    return {
      ...{ id: operationId, type, action, at: 1_000_000 + back },
      ...(parentId === undefined ? {} : { parentId }),
      ...(payload === undefined || action === "FAIL" ? {} : { payload }),
      ...(action === "FAIL" ? { error } : {}),
      ...(action === "RETRY" ? { nextAttemptDelaySeconds: seconds } : {}),
      ...(type === "WAIT" && action === "START" ? { waitSeconds: seconds } : {}),
      ...(type === "CALLBACK" && action === "START" ? { timeoutSeconds: seconds } : {}),
      ...(heartbeat && type === "CALLBACK" && action === "START" ? { heartbeatTimeoutSeconds: 2 } : {}),
      ...(type === "CHAINED_INVOKE" && action === "START" ? { functionName: "f" } : {}),
      ...(type === "CONTEXT" && action !== "START" && replayChildren ? { replayChildren } : {}),
    };
  });

/** Legal shapes, and now and then nonsense that only a stranger would send. */
const anyUpdate = fc.oneof(
  { weight: 40, arbitrary: update },
  {
    weight: 1,
    arbitrary: fc.record({
      id: fc.oneof(id, fc.string({ maxLength: 3 })),
      type: fc.constantFrom(...Object.values(OperationType)),
      action: fc.constantFrom(...Object.values(OperationAction)),
    }),
  },
);

const output: fc.Arbitrary<InvocationOutput> = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ status: "PENDING" } as const) },
  { weight: 2, arbitrary: fc.boolean().map((again) => ({ status: "PENDING", again }) as const) },
  { weight: 3, arbitrary: fc.integer().map((retryAt) => ({ status: "FAULT", error, retryAt }) as const) },
  { weight: 1, arbitrary: fc.constant({ status: "SUCCEEDED", result: "1" } as const) },
  { weight: 1, arbitrary: fc.constant({ status: "FAILED", error } as const) },
);

/** What happens next; what it is about is picked from what is there. */
type Happening =
  | { readonly type: "updates"; readonly updates: readonly OperationUpdate[]; readonly isLegal: boolean }
  | { readonly type: "command"; readonly command: Command; readonly owned: boolean }
  | { readonly type: "elapse"; readonly ms: number }
  | { readonly type: "callback"; readonly pick: number; readonly outcome: "SUCCEEDED" | "FAILED" | "HEARTBEAT" }
  | { readonly type: "rewind"; readonly pick: number };

const command = (arbitrary: fc.Arbitrary<Command>, owned: boolean): fc.Arbitrary<Happening> =>
  arbitrary.map((each) => ({ type: "command", command: each, owned }));
const fixed = (each: Command) => command(fc.constant(each), false);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 150,
    arbitrary: fc.record({
      type: fc.constant("updates" as const),
      updates: fc.array(anyUpdate, { maxLength: 5, size: "max" }),
      isLegal: fc.nat(9).map((die) => die > 0),
    }),
  },
  { weight: 25, arbitrary: fc.integer({ min: 0, max: 3000 }).map((ms) => ({ type: "elapse", ms }) as const) },
  {
    weight: 15,
    arbitrary: fc.record({
      type: fc.constant("callback" as const),
      pick: fc.nat(),
      outcome: fc.constantFrom("SUCCEEDED" as const, "FAILED" as const, "HEARTBEAT" as const),
    }),
  },
  {
    weight: 15,
    arbitrary: command(
      fc.record({
        type: fc.constant("COMPLETE_INVOKE" as const),
        operationId: fc.oneof(fc.constantFrom("6", "1-3", "2-3"), id),
        outcome: fc.record({
          type: fc.constantFrom("SUCCEEDED" as const, "FAILED" as const, "TIMED_OUT" as const, "STOPPED" as const),
        }),
      }),
      false,
    ),
  },
  {
    weight: 6,
    arbitrary: command(
      output.map((each) => ({ type: "COMPLETE_INVOCATION", requestId: "r", startedAt: 1, output: each })),
      true,
    ),
  },
  {
    weight: 2,
    arbitrary: command(
      fc.constantFrom(...Object.values(HaltReason)).map((reason) => ({ type: "HALT", reason, error })),
      true,
    ),
  },
  { weight: 12, arbitrary: fixed({ type: "RESUME" }) },
  { weight: 1, arbitrary: fixed({ type: "STOP", error }) },
  { weight: 1, arbitrary: fixed({ type: "NOTIFY_PARENT" }) },
  { weight: 1, arbitrary: fixed({ type: "PAUSE" }) },
  { weight: 1, arbitrary: fixed({ type: "PAUSE", isForRewind: true }) },
  { weight: 1, arbitrary: fixed({ type: "PURGE" }) },
  { weight: 1, arbitrary: fixed({ type: "NOTE_FORK", executionId: "f/2", incarnation: "i", version: "1" }) },
  { weight: 2, arbitrary: fc.nat().map((pick) => ({ type: "rewind", pick }) as const) },
  {
    weight: 1,
    arbitrary: fixed({
      type: "CHECKPOINT",
      updates: [{ id: "x", type: "EXECUTION", action: "SUCCEED", payload: "1" }],
    }),
  },
);
const story = fc.record({
  timeout: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) },
  ),
  happenings: fc.array(happening, { maxLength: 60, size: "max" }),
});

/** Everything about a state, as text. */
function portrait(state: ExecutionState): string {
  return JSON.stringify(state, (_key, value: unknown) => {
    if (value instanceof Map) return [...value.entries()];
    if (value instanceof Set) return [...value];
    return value === state.timers ? [...state.timers] : value;
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}

/** The same time and the same chance whenever it is made for the same state. */
function environment({ state, now }: Recorder): DecisionEnvironment {
  let ids = 0;
  return { now, randomId: () => `${state.seq}${ids++}`.padStart(32, "0") };
}

/** Without the updates that the machine would refuse, so that most checkpoints get through. */
function legal(recorder: Recorder, updates: readonly OperationUpdate[]): Command {
  const kept: OperationUpdate[] = [];
  for (const each of updates) {
    const attempt = decide(recorder.state, { type: "CHECKPOINT", updates: [...kept, each] }, environment(recorder));
    if ("facts" in attempt) kept.push(each);
  }
  return { type: "CHECKPOINT", updates: kept };
}

function commandOf(recorder: Recorder, happens: Happening): { command: Command; owner: string | undefined } {
  if (happens.type === "updates") {
    const { updates, isLegal } = happens;
    return { command: isLegal ? legal(recorder, updates) : { type: "CHECKPOINT", updates }, owner: "owner" };
  }
  if (happens.type === "command") return { command: happens.command, owner: happens.owned ? "owner" : undefined };
  if (happens.type === "rewind") return { command: rewind(recorder, happens.pick), owner: undefined };
  if (happens.type === "elapse") {
    recorder.now += happens.ms;
    return { command: { type: "FIRE_TIMERS" }, owner: undefined };
  }
  const ids = [...recorder.state.callbacks.keys(), ...recorder.state.closedCallbacks, "unknown"];
  const callbackId = ids[happens.pick % ids.length] ?? "unknown";
  const outcome = happens.outcome === "FAILED" ? { type: happens.outcome, error } : { type: happens.outcome };
  return { command: { type: "COMPLETE_CALLBACK", callbackId, outcome }, owner: undefined };
}

/** To a commit since it was rewound last, or to an operation. */
function rewind({ commits, state }: Recorder, pick: number): Command {
  const { seq } = state;
  let first = 1;
  for (const [index, { facts }] of commits.entries()) if (facts[0]?.kind === "REWOUND") first = index + 1;
  const cursor = first + (pick % (seq - first + 1));
  const ids = [...state.operations.keys()];
  const operationId = pick % 2 === 0 ? ids[pick % ids.length] : undefined;
  const point: CopyPoint =
    operationId === undefined ? { type: "COMMIT", seq: cursor } : { type: "OPERATION", id: operationId };
  const copied = copyOf(commits, point, { isOwn: true }) ?? [];
  return { type: "REWIND", seq, cursor, commits: copied };
}

/** Decides and records what happens, and looks at everything that must hold around it. */
function live(recorder: Recorder, happens: Happening): void {
  const { state } = recorder;
  const { command: asked, owner } = commandOf(recorder, happens);
  const before = portrait(state);
  const frozen = { ...state, operations: new Map(state.operations) };
  const env = () => environment(recorder);
  const decision = deepFreeze(decide(state, deepFreeze(asked), env()));
  expect(portrait(state), "deciding changes nothing").toBe(before);
  expect(decide(state, asked, env()), "the same question has the same answer").toStrictEqual(decision);
  if ("rejected" in decision || decision.facts.length === 0) return;
  const deliveries = state.deliveries;
  const changed = deepFreeze(recorder.append(decision.facts, owner));
  expect(violations(state)).toEqual([]);
  expect(changesAfterEnd(frozen, state)).toEqual([]);
  expect(new Set(changed.map((operation) => operation.id)).size, "each operation changes once").toBe(changed.length);
  for (const operation of changed) {
    expect(state.operations.get(operation.id) ?? operation).toBe(operation);
    const isNew = operation.delivery !== undefined && asked.type !== "REWIND";
    if (isNew) expect(operation.delivery).toBeGreaterThan(deliveries);
  }
}

function tell(told: { timeout: number | undefined; happenings: readonly Happening[] }): Recorder {
  const recorder = Recorder.started({
    parent: { executionId: "p/1", operationId: "1" },
    ...(told.timeout === undefined ? {} : { executionTimeoutSeconds: told.timeout }),
  });
  // Something to wait for, so that few stories end with their first suspension.
  recorder.checkpoint({ id: "9", type: "CALLBACK", action: "START" });
  for (const happens of told.happenings) live(recorder, happens);
  return recorder;
}

/** A process that may run the execution. */
const nothingHere: Here = {
  mayRun: true,
  invocation: "NONE",
  runsSince: undefined,
  hasVersion: true,
  lease: undefined,
  sent: new Map(),
  shown: 1,
};
const parkedHere: Here = { ...nothingHere, invocation: "PARKED" };

/** The state after each commit. */
function* prefixes(commits: readonly Commit[]): Generator<ExecutionState> {
  const state = emptyState();
  for (const commit of commits) {
    fold(state, commit);
    yield state;
  }
}

/** Whether an execution that runs is to go on by anything. */
function isHeld(state: ExecutionState, now: number): boolean {
  const { header, callbacks, openInvokes } = state;
  if (header.status !== "RUNNING" || header.halt !== undefined) return true;
  const { duties, wakeAt } = planOf(state, nothingHere, now);
  return duties.length > 0 || wakeAt !== undefined || callbacks.size > 0 || openInvokes.size > 0;
}

function fires(recorder: Recorder): boolean {
  const decision = recorder.decide({ type: "FIRE_TIMERS" });
  return "facts" in decision && decision.facts.length > 0;
}

/** Carries out a plan as a runner does, and answers what is under way here then. */
function carryOut({ duties }: Plan, recorder: Recorder, here: Here): Here {
  let [{ invocation, shown }, sent] = [here, new Map(here.sent)];
  for (const duty of duties) {
    if (duty.kind === "FIRE_TIMERS") recorder.apply({ type: "FIRE_TIMERS" });
    if (duty.kind === "TELL_PARENT") recorder.apply({ type: "NOTIFY_PARENT" });
    if (duty.kind === "INVOKE") invocation = "RUNNING";
    if (duty.kind === "STOP_INVOCATION") invocation = "NONE";
    if (duty.kind === "CALL") sent = sent.set(duty.operation.id, Number.POSITIVE_INFINITY);
    if (duty.kind === "SHOW") shown = recorder.state.rowSeq;
    if (duty.kind === "RESUME") recorder.apply({ type: "RESUME", after: "VERSION_MISSING" });
  }
  return { ...here, invocation, sent, shown };
}

describe("whatever happens", () => {
  test("deciding is pure, and no log breaks an invariant", () => {
    fc.assert(
      fc.property(story, (told) => {
        tell(told);
      }),
      { numRuns: 300 },
    );
  });

  test("every reader of the log comes to the same state, at every commit (P3, P8)", () => {
    fc.assert(
      fc.property(story, (told) => {
        const recorder = tell(told);
        expect(portrait(recorder.refold())).toBe(portrait(recorder.state));
        for (const body of recorder.bodies) expect(encodeCommit(decodeCommit(body))).toBe(body);
        const prefix = emptyState();
        for (const commit of recorder.commits) {
          fold(prefix, commit);
          expect(violations(prefix)).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("who keeps everything has the same journal, and every delivery", () => {
    fc.assert(
      fc.property(story, (told) => {
        const recorder = tell(told);
        const full = recorder.refold({ keepsAll: true });
        expect(violations(full)).toEqual([]);
        expect(journalOf(full)).toStrictEqual(journalOf(recorder.state));
      }),
      { numRuns: 150 },
    );
  });

  test("the history has an event for each fact that is one", () => {
    fc.assert(
      fc.property(story, (told) => {
        const recorder = tell(told);
        const events = [...historyOf(recorder.commits)];
        expect(countBy(events.map(({ eventType }) => eventType))).toEqual(expectedEvents(recorder.commits));
      }),
      { numRuns: 150 },
    );
  });

  test("a copy up to any operation or commit is a log that could have been, and has no callback of its source", () => {
    fc.assert(
      fc.property(story, fc.nat(), (told, pick) => {
        const recorder = tell(told);
        const [operationId] = [...recorder.state.operations.keys()].slice(pick % 10);
        if (operationId === undefined) return;
        const own = rewind(recorder, pick);
        const copied = copyOf(recorder.commits, { type: "OPERATION", id: operationId }) ?? [];
        const from = { executionId: "order/o-1", incarnation: "i", version: "1", cursor: 1 };
        for (const commits of [copied, own.type === "REWIND" ? own.commits : []]) {
          const fork = Recorder.started({ fork: { from, commits } });
          expect(violations(fork.state)).toEqual([]);
          expect(portrait(fork.refold())).toBe(portrait(fork.state));
          expect(decodeForeignCommit(fork.bodies[0] ?? "")).toEqual(fork.commits[0]);
        }
        const fork = Recorder.started({ fork: { from, commits: copied } });
        expect([...fork.state.callbacks.keys()]).toEqual([]);
        expect(fork.state.operations.has(operationId)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });

  test("an execution that runs always has a duty, a wake, an open callback or invoke, or is halted", () => {
    fc.assert(
      fc.property(story, (told) => {
        const recorder = tell(told);
        for (const state of prefixes(recorder.commits)) expect(isHeld(state, recorder.now)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("so does each prefix of each golden log", () => {
    let states = 0;
    for (const { name, bodies } of goldenLogs()) {
      for (const state of prefixes(bodies.map(decodeCommit))) {
        const { at } = decodeCommit(bodies[state.seq - 1] ?? "");
        for (const now of [at, at + 3_600_000])
          expect([name, state.seq, isHeld(state, now)]).toEqual([name, state.seq, true]);
        states++;
      }
    }
    expect(states).toBeGreaterThan(300);
  });

  test("a plan wakes no later than what is due, and not before", () => {
    fc.assert(
      fc.property(story, (told) => {
        const recorder = tell(told);
        const isHalted = recorder.state.header.halt !== undefined;
        const { wakeAt } = planOf(recorder.state, isHalted ? nothingHere : parkedHere, recorder.now);
        const isDue = fires(recorder);
        expect(isDue ? (wakeAt ?? Infinity) : 0).toBeLessThanOrEqual(recorder.now);
        if (isDue || wakeAt === undefined || recorder.state.header.status !== "RUNNING") return;
        recorder.now = wakeAt - 1;
        expect(fires(recorder)).toBe(false);
        recorder.now = wakeAt;
        expect(fires(recorder)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("a plan that was carried out asks for nothing the second time", () => {
    fc.assert(
      fc.property(story, (told) => {
        const recorder = tell(told);
        let here: Here = nothingHere;
        for (let rounds = 0; ; rounds++) {
          const plan = planOf(recorder.state, here, recorder.now);
          if (plan.duties.length === 0) return;
          expect(rounds).toBeLessThan(5);
          here = carryOut(plan, recorder, here);
          // What is removed is gone, and asks for nothing.
          if (plan.duties.some(({ kind }) => kind === "REMOVE")) return;
        }
      }),
      { numRuns: 150 },
    );
  });

  test("these stories reach every kind of fact", () => {
    const kinds = new Set<Fact["kind"]>();
    for (const told of fc.sample(story, { seed: 1, numRuns: 300 })) {
      for (const { facts } of tell(told).commits) for (const { kind } of facts) kinds.add(kind);
    }
    expect([...kinds].toSorted()).toEqual(
      [
        ...["EXECUTION_STARTED", "EXECUTION_SUCCEEDED", "EXECUTION_FAILED", "EXECUTION_TIMED_OUT", "EXECUTION_STOPPED"],
        ...["STARTED", "SUCCEEDED", "FAILED", "RETRIED", "READY", "TIMED_OUT", "STOPPED", "CANCELLED", "HEARTBEAT"],
        ...["INVOCATION_COMPLETED", "HALTED", "RESUMED", "PARENT_NOTIFIED"],
        ...["PURGED", "FORKED", "REWOUND"],
      ].toSorted(),
    );
  });
});

describe("a damaged log", () => {
  const anyFact = fc.record(
    {
      kind: fc.constantFrom("STARTED", "SUCCEEDED", "FAILED", "RETRIED", "READY", "TIMED_OUT", "HEARTBEAT", "RESUMED"),
      id: fc.oneof(id, fc.constant(7)),
      type: fc.oneof(fc.constantFrom(...Object.values(OperationType)), fc.constant("__proto__")),
      parentId: id,
      dueAt: fc.integer(),
      waitSeconds: fc.integer(),
      callbackId: fc.string(),
      functionName: fc.string(),
    },
    { requiredKeys: ["kind"] },
  );

  test("folds or is refused by name, never by accident", () => {
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 12 }), (facts) => {
        const recorder = Recorder.started();
        const text = JSON.stringify({ v: LOG_FORMAT_VERSION, writer: "w", at: 5, facts });
        expect([undefined, "CORRUPT_LOG"]).toContain(refusalOf(() => fold(recorder.state, decodeCommit(text))));
        expect(({} as Record<string, unknown>)["kind"]).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

function refusalOf(act: () => unknown): unknown {
  try {
    act();
  } catch (refusal) {
    return refusal instanceof CorruptLogError ? refusal.code : refusal;
  }
  return undefined;
}

/** A map that counts what is asked of it. */
class CountingMap<K, V> extends Map<K, V> {
  touched = 0;
  override get(key: K): V | undefined {
    this.touched++;
    return super.get(key);
  }
  override has(key: K): boolean {
    this.touched++;
    return super.has(key);
  }
  override set(key: K, value: V): this {
    this.touched++;
    return super.set(key, value);
  }
  override delete(key: K): boolean {
    this.touched++;
    return super.delete(key);
  }
  override *entries(): MapIterator<[K, V]> {
    for (const entry of super.entries()) {
      this.touched++;
      yield entry;
    }
  }
  override *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }
  override *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key;
  }
  override [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
}

describe("P10 what a command costs does not depend on how much is recorded", () => {
  /** How often the operations are touched by each of some commands, after `steps` steps inside a context and in the root. */
  function touches(steps: number): Readonly<Record<string, number>> {
    const operations = new CountingMap<string, never>();
    const state = { ...emptyState(), operations } as ExecutionState;
    let now = 1_000_000;
    const measure = (asked: Command): number => {
      const before = operations.touched;
      const decision = decide(state, asked, { now, randomId: () => `${state.seq}`.padStart(32, "0") });
      const facts = "facts" in decision ? decision.facts : [];
      if (facts.length > 0) fold(state, { v: 1, writer: "w", owner: "o", at: now, facts });
      planOf(state, parkedHere, now);
      return operations.touched - before;
    };
    const checkpoint = (...updates: readonly OperationUpdate[]) => measure({ type: "CHECKPOINT", updates });
    const step = (name: string, parentId?: string) => {
      const base = { id: name, type: "STEP", ...(parentId === undefined ? {} : { parentId }) } as const;
      return checkpoint({ ...base, action: "START" }, { ...base, action: "SUCCEED", payload: "1" });
    };
    measure({ type: "START_EXECUTION", functionName: "f", name: "n", version: "1", retentionDays: 1 });
    checkpoint({ id: "c", type: "CONTEXT", action: "START" });
    for (let index = 0; index < steps; index++) {
      step(`r-${index}`);
      step(`c-${index}`, "c");
    }
    const costs = {
      rootStep: step("last"),
      innerStep: step("c-last", "c"),
      wait: checkpoint({ id: "w", type: "WAIT", action: "START", waitSeconds: 1 }),
      nothingDue: measure({ type: "FIRE_TIMERS" }),
      due: ((now += 1000), measure({ type: "FIRE_TIMERS" })),
      callback: checkpoint({ id: "cb", type: "CALLBACK", action: "START" }),
      suspend: measure({ type: "COMPLETE_INVOCATION", requestId: "r", startedAt: 1, output: { status: "PENDING" } }),
    };
    expect(operations.size).toBe(2 * steps + 5);
    return costs;
  }

  test("as many look-ups after 20,000 steps as after 20", () => {
    const few = touches(10);
    expect(touches(10_000)).toEqual(few);
    expect(Math.max(...Object.values(few))).toBeLessThan(20);
  });

  test("closing a context costs as much as what was recorded in it, once", () => {
    const { state } = Recorder.started();
    let children = 0;
    for (const level of ["", "-1", "-1-1", "-1-1-1"]) {
      const facts: Fact[] = [{ kind: "STARTED", id: `1${level}`, type: "CONTEXT", ...parent(level) }];
      for (let index = 0; index < 100; index++, children++) {
        facts.push({ kind: "SUCCEEDED", id: `s${level}-${index}`, type: "STEP", parentId: `1${level}` });
      }
      fold(state, { v: 1, writer: "w", at: 1, facts });
    }
    expect(state.operations.size).toBe(children + 4);
    fold(state, { v: 1, writer: "w", at: 2, facts: [{ kind: "SUCCEEDED", id: "1" }] });
    expect([...state.operations.keys()]).toEqual(["1"]);
    expect(state.children.size).toBe(0);
  });
});

function parent(level: string): { parentId?: string } {
  return level === "" ? {} : { parentId: `1${level.slice(0, -2)}` };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The events of a log by AWS's table, counted another way than the history does. */
function expectedEvents(commits: readonly Commit[]): Record<string, number> {
  const types = new Map<string, string>();
  const suffix: Readonly<Record<string, string>> = {
    ...{ STARTED: "Started", SUCCEEDED: "Succeeded", FAILED: "Failed" },
    ...{ TIMED_OUT: "TimedOut", STOPPED: "Stopped", CANCELLED: "Cancelled" },
  };
  const prefix: Readonly<Record<string, string>> = {
    ...{ CONTEXT: "Context", STEP: "Step", WAIT: "Wait", CALLBACK: "Callback", CHAINED_INVOKE: "ChainedInvoke" },
  };
  const names: string[] = [];
  for (const fact of commits.flatMap(({ facts }) => facts)) {
    if (fact.kind === "INVOCATION_COMPLETED") names.push("InvocationCompleted");
    else if (fact.kind === "REWOUND") names.push("ExecutionRewound");
    else if (fact.kind.startsWith("EXECUTION_")) names.push(`Execution${suffix[fact.kind.slice(10)]}`);
    if (!("id" in fact)) continue;
    if ("type" in fact && fact.type !== undefined) types.set(fact.id, fact.type);
    const type = prefix[types.get(fact.id) ?? ""];
    if (fact.kind === "RETRIED") names.push(fact.error === undefined ? "StepSucceeded" : "StepFailed");
    else if (fact.kind === "CANCELLED" && type !== "Wait") continue;
    else if (suffix[fact.kind] !== undefined) names.push(`${type}${suffix[fact.kind]}`);
  }
  return countBy(names);
}
