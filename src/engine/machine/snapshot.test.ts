import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { goldenLogs } from "../../../test/golden/logs.ts";
import type { OperationUpdate } from "../model/update.ts";
import { decodeCommit } from "./commit-codec.ts";
import { fold } from "./fold.ts";
import { violations } from "./invariants.ts";
import { Recorder } from "./recorder.ts";
import { decodeSnapshot, encodeSnapshot } from "./snapshot.ts";
import { emptyState, type ExecutionState } from "./state.ts";

/** Everything about a state, as data that can be compared: the order of maps and sets, and the inside of the heap. */
function portrait(state: ExecutionState): unknown {
  const entries = Object.entries(state).map(([field, value]: [string, unknown]) => {
    if (value === state.timers) return [field, state.timers.data];
    return [field, value instanceof Map || value instanceof Set ? [...value] : value];
  });
  return Object.fromEntries(entries) as unknown;
}

/** The order of members too, which `toStrictEqual` passes over. */
function expectSame(state: ExecutionState, other: ExecutionState): void {
  expect(portrait(state)).toStrictEqual(portrait(other));
  expect(JSON.stringify([...state.operations])).toBe(JSON.stringify([...other.operations]));
}

function restored(state: ExecutionState, lastBody: string): ExecutionState {
  const snapshot = decodeSnapshot(encodeSnapshot(state, lastBody), state.header.incarnation);
  if (snapshot === undefined) throw new Error("The snapshot is refused.");
  expect(snapshot.follows(lastBody)).toBe(true);
  return snapshot.state;
}

/** Takes a snapshot at commit `at` and folds the rest on it: at every commit it must be what the log alone comes to. */
function expectSameFrom(bodies: readonly string[], at: number): void {
  const whole = emptyState();
  for (const body of bodies.slice(0, at)) fold(whole, decodeCommit(body));
  const taken = restored(whole, bodies[at - 1] ?? "");
  expectSame(taken, whole);
  for (const body of bodies.slice(at)) {
    const changed = fold(whole, decodeCommit(body));
    expect(fold(taken, decodeCommit(body))).toStrictEqual(changed);
    expectSame(taken, whole);
  }
  expect(violations(taken)).toEqual([]);
}

const error = { errorType: "Oops", errorMessage: "it broke \ud800", errorData: "{}", stackTrace: ["a", "b"] };

const ACTIONS = {
  CONTEXT: ["START", "START", "START", "SUCCEED", "FAIL"],
  STEP: ["START", "RETRY", "RETRY", "SUCCEED", "FAIL"],
  WAIT: ["START", "START", "CANCEL"],
  CALLBACK: ["START", "START", "CANCEL"],
  CHAINED_INVOKE: ["START", "START", "CANCEL"],
} as const;

/** What operations are at each position. */
const TYPES: Readonly<Record<string, keyof typeof ACTIONS>> = {
  ...{ "1": "CONTEXT", "1-1": "CONTEXT", "2": "CONTEXT", "1-2": "STEP", "3": "STEP", "4": "STEP", "2-1": "STEP" },
  ...{ "5": "WAIT", "1-3": "WAIT", "6": "CALLBACK", "1-1-1": "CALLBACK", "2-2": "CALLBACK", "7": "CALLBACK" },
  ...{ "8": "CHAINED_INVOKE", "1-4": "CHAINED_INVOKE" },
};

const update = fc
  .record({
    id: fc.constantFrom(...Object.keys(TYPES)),
    die: fc.nat(4),
    seconds: fc.integer({ min: 1, max: 9 }),
    payload: fc.option(fc.constantFrom("", "1", '"\ud800"', "__proto__"), { nil: undefined }),
    isNamed: fc.boolean(),
  })
  .map(({ id, die, seconds, payload, isNamed }): OperationUpdate => {
    const type = TYPES[id] ?? "STEP";
    const action = ACTIONS[type][die % ACTIONS[type].length] ?? "START";
    const starts = action === "START";
    return {
      ...{ id, type, action },
      ...(id.includes("-") ? { parentId: id.slice(0, id.lastIndexOf("-")) } : {}),
      ...(isNamed ? { name: `name ${id}`, subType: "Custom" } : {}),
      ...(payload !== undefined && action !== "FAIL" ? { payload } : {}),
      ...(action === "FAIL" ? { error } : {}),
      ...(action === "RETRY" ? { nextAttemptDelaySeconds: seconds } : {}),
      ...(starts && type === "WAIT" ? { waitSeconds: seconds } : {}),
      ...(starts && type === "CALLBACK" && isNamed ? { timeoutSeconds: seconds, heartbeatTimeoutSeconds: 2 } : {}),
      ...(starts && type === "CHAINED_INVOKE" ? { functionName: "f", ...(isNamed ? { tenantId: "t" } : {}) } : {}),
      ...(type === "CONTEXT" && !starts && die === 3 ? { replayChildren: isNamed } : {}),
    };
  });

type Happening =
  | { readonly type: "updates"; readonly updates: readonly OperationUpdate[] }
  | { readonly type: "elapse"; readonly ms: number }
  | { readonly type: "callback"; readonly pick: number; readonly isHeartbeat: boolean }
  | { readonly type: "invocation"; readonly isFault: boolean }
  | { readonly type: "halt" | "resume" | "stop" };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.array(update, { maxLength: 6 }).map((updates) => ({ type: "updates" as const, updates })),
  },
  { weight: 12, arbitrary: fc.nat(5000).map((ms) => ({ type: "elapse" as const, ms })) },
  {
    weight: 12,
    arbitrary: fc.record({ type: fc.constant("callback" as const), pick: fc.nat(), isHeartbeat: fc.boolean() }),
  },
  { weight: 8, arbitrary: fc.boolean().map((isFault) => ({ type: "invocation" as const, isFault })) },
  { weight: 4, arbitrary: fc.constantFrom("halt" as const, "resume" as const).map((type) => ({ type })) },
  { weight: 1, arbitrary: fc.constant({ type: "stop" as const }) },
);

/** Records what the machine accepts; what it refuses changes nothing. */
function live(recorder: Recorder, happens: Happening): void {
  const attempt = (command: Parameters<Recorder["apply"]>[0], owner?: string): void => {
    if (recorder.refusal(command) === undefined) recorder.apply(command, owner);
  };
  if (happens.type === "updates") {
    for (const each of happens.updates) attempt({ type: "CHECKPOINT", updates: [each] }, "owner");
  } else if (happens.type === "elapse") {
    recorder.now += happens.ms;
    attempt({ type: "FIRE_TIMERS" });
  } else if (happens.type === "callback") {
    const ids = [...recorder.state.callbacks.keys()];
    const callbackId = ids[happens.pick % Math.max(ids.length, 1)] ?? "none";
    attempt({
      type: "COMPLETE_CALLBACK",
      callbackId,
      outcome: { type: happens.isHeartbeat ? "HEARTBEAT" : "SUCCEEDED" },
    });
  } else if (happens.type === "invocation") {
    const output = happens.isFault
      ? ({ status: "FAULT", error, retryAt: recorder.now + 1000 } as const)
      : ({ status: "PENDING" } as const);
    attempt({ type: "COMPLETE_INVOCATION", requestId: "r", startedAt: 1, output }, "owner");
  } else if (happens.type === "halt") {
    attempt({ type: "HALT", reason: "NON_DETERMINISM", error }, "owner");
  } else if (happens.type === "resume") {
    attempt({ type: "RESUME", version: "2" });
  } else {
    attempt({ type: "STOP", error });
  }
}

describe("a state that was restored from its snapshot", () => {
  test("is what the log comes to, and stays so with every commit that follows", () => {
    const story = fc.record({
      happenings: fc.array(happening, { maxLength: 40, size: "max" }),
      timeout: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
      at: fc.nat(),
    });
    fc.assert(
      fc.property(story, ({ happenings, timeout, at }) => {
        const recorder = Recorder.started({
          input: "{}",
          parent: { executionId: "p/1", operationId: "1" },
          ...(timeout === undefined ? {} : { executionTimeoutSeconds: timeout }),
        });
        for (const happens of happenings) live(recorder, happens);
        expectSameFrom(recorder.bodies, 1 + (at % recorder.bodies.length));
      }),
      { numRuns: 200 },
    );
  });

  test("is so at every commit of every golden history", () => {
    const logs = goldenLogs();
    expect(logs.length).toBeGreaterThan(25);
    for (const { bodies } of logs) for (let at = 1; at <= bodies.length; at += 3) expectSameFrom(bodies, at);
  });

  test("has every field that a state has", () => {
    const { state } = everything();
    const fields = Object.keys(emptyState()) as (keyof ExecutionState)[];
    const text = encodeSnapshot(state, "");
    const kept = Object.keys(JSON.parse(text.slice(text.indexOf("\n"))) as object);
    expect(kept.toSorted()).toEqual(fields.filter((field) => field !== "keepsAll").toSorted());
    // None of them is what it is in an empty state, so that a field which is not read would be seen.
    const [some, none] = [portrait(state), portrait(emptyState())] as Record<string, unknown>[];
    expect(fields.filter((field) => JSON.stringify(some?.[field]) === JSON.stringify(none?.[field]))).toEqual([
      "keepsAll",
    ]);
    expectSame(restored(state, ""), state);
    const invocation = state.invocation as unknown as Record<string, unknown>;
    expect(Object.keys(invocation).filter((field) => invocation[field] === undefined)).toEqual([
      "dueSince",
      "activeAt",
    ]);
  });
});

/** A state in which every field has something, apart from what excludes each other. */
function everything(): Recorder {
  const recorder = Recorder.started({ input: "1" });
  recorder.checkpoint(
    { id: "1", type: "CONTEXT", action: "START" },
    { id: "1-1", parentId: "1", type: "CONTEXT", action: "START" },
    { id: "2", type: "CALLBACK", action: "START", timeoutSeconds: 9 },
    { id: "3", type: "CALLBACK", action: "START" },
    { id: "4", type: "CHAINED_INVOKE", action: "START", functionName: "f" },
    { id: "5", type: "CONTEXT", action: "START" },
    { id: "5-1", parentId: "5", type: "STEP", action: "START" },
    { id: "6", type: "CONTEXT", action: "START" },
    { id: "6-1", parentId: "6", type: "CONTEXT", action: "START" },
  );
  recorder.checkpoint({ id: "5", type: "CONTEXT", action: "SUCCEED" });
  recorder.checkpoint({ id: "6", type: "CONTEXT", action: "SUCCEED", replayChildren: true });
  const [callbackId = ""] = [...recorder.state.callbacks].find(([, id]) => id === "3") ?? [];
  recorder.apply({ type: "COMPLETE_CALLBACK", callbackId, outcome: { type: "SUCCEEDED" } });
  recorder.apply(
    {
      ...{ type: "COMPLETE_INVOCATION", requestId: "r", startedAt: 1 },
      output: { status: "FAULT", error, retryAt: 2_000_000 },
    },
    "owner",
  );
  return recorder;
}

describe("a snapshot is passed over", () => {
  const { state, bodies } = everything();
  const { incarnation } = state.header;
  const last = bodies.at(-1) ?? "";
  const text = encodeSnapshot(state, last);
  const [head = "", rest = ""] = text.split("\n");

  test("unless it is whole: not with any character changed, nor cut off anywhere", () => {
    expect(decodeSnapshot(text, incarnation)?.state.seq).toBe(state.seq);
    for (let at = 0; at < text.length; at++) {
      const changed = `${text.slice(0, at)}${text[at] === "7" ? "8" : "7"}${text.slice(at + 1)}`;
      const found = decodeSnapshot(changed, incarnation);
      // What may be changed in its head is the checksum of the last commit alone: then it follows on no commit.
      expect(found?.follows(last) ?? false).toBe(false);
      expect(decodeSnapshot(text.slice(0, at), incarnation)).toBeUndefined();
    }
    for (const garbage of ["", "\n", "null\nnull", "[]\n{}", "{}", `${head}\n`, rest]) {
      expect(decodeSnapshot(garbage, incarnation), garbage).toBeUndefined();
    }
  });

  test("of another incarnation, and of another version of its own or of the log", () => {
    expect(decodeSnapshot(text, "another")).toBeUndefined();
    const parts = JSON.parse(head) as number[];
    for (const place of [0, 1]) {
      for (const change of [-1, 1]) {
        const other = parts.with(place, (parts[place] ?? 0) + change);
        expect(decodeSnapshot(`${JSON.stringify(other)}\n${rest}`, incarnation)).toBeUndefined();
      }
    }
  });

  test("that is of another commit than the one that the log has in its place", () => {
    const found = decodeSnapshot(text, incarnation);
    expect(bodies.map((body) => found?.follows(body))).toEqual(bodies.map((_, index) => index === bodies.length - 1));
  });
});

/** A change to this text raises SNAPSHOT_VERSION: an older version must not read it, nor a newer one the old text. */
test("a snapshot is written as version 3 is", () => {
  const recorder = Recorder.started();
  for (const id of ["1", "2", "3"]) {
    recorder.now += 5;
    recorder.checkpoint({ id, type: "STEP", action: "SUCCEED", payload: id, name: "s" });
  }
  recorder.checkpoint({ id: "4", type: "WAIT", action: "START", waitSeconds: 2 });
  expect(encodeSnapshot(recorder.state, recorder.bodies.at(-1) ?? "")).toMatchInlineSnapshot(`
    "[3,3,"00000000000000000000000000000001",5,734651439,3829639447]
    {"header":{"id":"order/o-1","name":"o-1","incarnation":"00000000000000000000000000000001","functionName":"order","version":"1","retentionDays":14,"status":"RUNNING","startedAt":1000000},"seq":5,"rowSeq":1,"owner":"owner","deliveries":3,"invocation":{"newsSeq":0,"heard":3,"activeAt":1000015,"failures":0},"operations":{"tables":[{"members":["type","id","status","startedAt","attempt","after","name","endedAt","delivery","result"],"columns":[{"all":"STEP"},{"values":["1","2","3"]},{"all":"SUCCEEDED"},{"steps":[1000005,5,5]},{"all":1},{"steps":[0,1,1]},{"all":"s"},{"steps":[1000005,5,5]},{"steps":[1,1,1]},{"values":["1","2","3"]}],"length":3},{"members":["id","status","startedAt","type","waitSeconds","dueAt","after"],"columns":[{"all":"4"},{"all":"STARTED"},{"all":1000015},{"all":"WAIT"},{"all":2},{"all":1002015},{"all":3}],"length":1}],"order":[0,3,1,1]},"openInvokes":[],"callbacks":[],"closedCallbacks":[],"timers":{"armed":1,"heap":[["4",1002015,0]]},"children":[],"abandoned":[],"forgotten":[]}"
  `);
});
