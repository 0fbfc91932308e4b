import { describe, expect, test } from "vitest";
import { isSettled } from "perdure/engine";
import { withDurableExecution } from "perdure";
import { createMemoryHost, type MemoryHost } from "perdure/memory";
import { exampleLog as log } from "../../../test/format-example.ts";
import { around } from "./outline.ts";
import { type ExecutionView, firstSeqOf, operationAt, viewOf } from "./execution-view.ts";

describe("the view of a log", () => {
  const view = viewOf(log);

  test("shows operations below the contexts that they are in", () => {
    expect(view.tracks.map(({ id, depth }) => [id, depth])).toEqual([
      ["1", 0],
      ["2", 0],
      ["3", 0],
      ["3-1", 1],
      ["3-2", 1],
      ["4", 0],
    ]);
  });

  test("knows every operation as it was after any commit", () => {
    const charge = view.track("1")!;
    expect([1, 2, 3, 4].map((seq) => operationAt(charge, seq)?.status)).toEqual([
      undefined,
      "PENDING",
      "READY",
      "SUCCEEDED",
    ]);
    expect(firstSeqOf(charge)).toBe(2);
  });

  test("counts the operations that had their outcome after any commit", () => {
    for (let seq = 0; seq <= log.length; seq++) {
      const settled = view.tracks.filter((track) => {
        const operation = operationAt(track, seq);
        return operation !== undefined && isSettled(operation.status);
      });
      expect([seq, view.settledAt(seq)]).toEqual([seq, settled.length]);
    }
  });

  test("draws each attempt and the pause between them", () => {
    expect(view.track("1")?.spans.map(({ kind, from, to }) => [kind, (to ?? 0) - from])).toEqual([
      ["work", 9],
      ["pause", 2_001],
      ["work", 18],
    ]);
  });

  test("tells what each invocation took from the log", () => {
    expect(view.invocations.map(({ number, replayed }) => [number, replayed])).toEqual([
      [1, 0],
      [2, 5],
    ]);
  });

  test("offers only the callbacks that are open", () => {
    expect(viewOf(log.slice(0, 9)).openCallbacks.map(({ id }) => id)).toEqual(["3-1"]);
    expect(view.openCallbacks).toEqual([]);
  });

  test("goes through the execution's own states too", () => {
    expect([1, log.length].map((seq) => view.headerAt(seq)?.status)).toEqual(["RUNNING", "FAILED"]);
  });

  test("names the operation that the code had reached", () => {
    expect(view.newestAt(8)?.id).toBe("3-2");
    expect(view.newestAt(1)).toBeUndefined();
  });
});

describe("the view of what an operator did", () => {
  let price = "unknown";
  const order = withDurableExecution(async (_event: unknown, context) => {
    await context.step("check", async () => "checked");
    await context.wait("cool off", { seconds: 1 });
    await context.step(
      "charge",
      async () => {
        if (price === "unknown") throw new Error("no price");
        return price;
      },
      { retryStrategy: () => ({ shouldRetry: false }) },
    );
    await context.waitForCallback("approve", async () => undefined);
  });
  const host = createMemoryHost({ functions: { order } });
  const spans = (view: ExecutionView, id: string) =>
    view.track(id)?.spans.map(({ kind, to }) => [kind, to !== undefined]);

  test("of a fork has what was copied at its own time, and says that it is copied", async () => {
    price = "unknown";
    const started = await host.start(order, {}, { name: "source" });
    await expect(started.result()).rejects.toThrow("no price");
    price = "40";
    const { execution } = await host.client.fork(started.id, { name: "fork" });
    const view = await viewUntil(host, execution.id, (each) => each.openCallbacks.length > 0);
    expect(view.track("1")).toMatchObject({ isCopied: true });
    expect(view.track("3")).toMatchObject({ isCopied: false });
    expect(view.beganAt).toBe(view.track("1")?.spans[0]?.from);
    expect(view.forkedAt).toBeGreaterThan(view.beganAt + 999);
    expect(spans(view, "2")).toEqual([["wait", true]]);
    expect(view.tracks.every(({ spans: each }) => each.every(({ from }) => from >= view.beganAt))).toBe(true);
  });

  test("of one that was rewound draws what is kept once, and anew what is done again", async () => {
    price = "40";
    const { id } = await host.start(order, {}, { name: "rewound" });
    await viewUntil(host, id, (each) => each.openCallbacks.length > 0);
    await host.client.rewind(id, { operationId: "3" });
    const view = await viewUntil(host, id, (each) => each.header?.rewinds === 1 && each.openCallbacks.length > 0);
    expect(["1", "2", "3"].map((each) => spans(view, each))).toEqual([
      [["work", true]],
      [["wait", true]],
      [["work", true]],
    ]);
    expect(view.tracks.filter((each) => each.id === "3").map(({ goneSeq }) => goneSeq !== undefined)).toEqual([
      true,
      false,
    ]);
    expect(view.tracks.flatMap((each) => (each.goneSeq === undefined ? [] : each.spans)).every(({ to }) => to)).toBe(
      true,
    );
  });

  test("of one that was rewound to within a wait has the wait open again", async () => {
    const { id } = await host.start(order, {}, { name: "back-in-the-wait" });
    const before = await viewUntil(host, id, (each) => each.openCallbacks.length > 0);
    await host.client.rewind(id, { cursor: firstSeqOf(before.track("2")!) });
    const view = await viewUntil(host, id, (each) => each.header?.rewinds === 1);
    expect(spans(view, "2")).toEqual([
      ["wait", true],
      ["wait", false],
    ]);
    expect(view.unsettledAt(view.length).map((each) => each.id)).toEqual(["2"]);
  });
});

describe("a log that anybody may have written", () => {
  test("is shown up to what no execution has, and that is named", () => {
    const view = viewOf(log.slice(0, 2));
    const late = (log[2] ?? "").replace(/"at":\d+/, '"at":1e20');
    expect(() => view.add(late)).toThrow('wrong value for "at"');
    expect(view.length).toBe(2);
    expect(view.events.every(({ event }) => Number.isFinite(event.at))).toBe(true);
    view.add(log[2] ?? "");
    expect(view.length).toBe(3);
  });

  test("has times that can still be counted from", () => {
    const last = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
    const view = viewOf(log.slice(0, 6).map((body) => body.replace(/"at":\d+/g, `"at":${last}`)));
    view.add((log[6] ?? "").replace(/"at":\d+/g, `"at":${last}`));
    expect(new Date(view.nextTimer ?? Number.NaN).toISOString()).toMatch(/^\+010000|^9999/);
    expect(() => viewOf([(log[0] ?? "").replace(/"at":\d+/, `"at":${last + 1}`)])).toThrow('"at"');
  });

  test("may have redacted ids of callbacks, and those of another service", () => {
    for (const id of ["b3JkZXI-redacted-0123456789abcdef", "Ab/c+="]) {
      const view = viewOf(log.slice(0, 9).map((body) => body.replace(/"callbackId":"[^"]+"/, `"callbackId":"${id}"`)));
      expect(view.openCallbacks).toMatchObject([{ callbackId: id }]);
    }
  });

  test("is refused by name where its operations lie deeper than they do here", () => {
    expect(() => viewOf(nested(10_000))).toThrow(expect.objectContaining({ code: "LOG_LIMIT_EXCEEDED" }));
    const view = viewOf(nested(512));
    expect(view.tracks.at(-1)?.depth).toBe(511);
    const deepest = view.tracks.at(-1)!;
    expect(around(deepest, (id) => view.track(id))).toHaveLength(511);
    expect(view.nameOf(operationAt(deepest, view.length)!)).toBe("outermost");
  });
});

describe("the view of an execution that is held up", () => {
  const started = { kind: "EXECUTION_STARTED", name: "x", incarnation: "c0ffee", functionName: "f", version: "1" };
  const commit = (at: number, ...facts: readonly object[]): string =>
    JSON.stringify({ v: 3, writer: `w.${at}`, at, facts });
  const paused = { kind: "HALTED", reason: "PAUSED", error: { errorMessage: "The execution was paused." } };
  const later = viewOf([commit(0, { ...started, retentionDays: 1, startAt: 5_000 })]);

  test("goes on by itself when it begins", () => {
    expect(later.nextTimer).toBe(5_000);
  });

  test("tells each pause once, and that the last one goes on", () => {
    const log = [
      commit(0, { ...started, retentionDays: 1 }),
      ...[commit(10, paused), commit(20, { kind: "RESUMED" }), commit(30, paused)],
    ];
    expect(viewOf(log).pauses).toEqual([
      { from: 10, fromSeq: 2, to: 20, toSeq: 3 },
      { from: 30, fromSeq: 4 },
    ]);
    const halted = commit(10, { ...paused, reason: "NON_DETERMINISM" });
    expect(viewOf([log[0] ?? "", halted]).pauses).toEqual([]);
  });
});

/** A log with contexts in each other, this many deep. */
function* nested(depth: number): Generator<string> {
  yield log[0] ?? "";
  const base = { v: 2, writer: "w", owner: "o", at: 1_790_000_000_001 };
  for (let at = 1; at <= depth; at++) {
    const place = at === 1 ? { name: "outermost" } : { parentId: `c${at - 1}` };
    const fact = { kind: "STARTED", id: `c${at}`, type: "CONTEXT", subType: "RunInChildContext", ...place };
    yield JSON.stringify({ ...base, writer: `w.${at}`, facts: [fact] });
  }
}

/** The execution as it is once it is as it should be. */
async function viewUntil(host: MemoryHost, id: string, isSo: (view: ExecutionView) => boolean): Promise<ExecutionView> {
  const view = viewOf([]);
  for await (const { body } of host.client.watch(id, 0)) {
    view.add(body);
    if (isSo(view)) break;
  }
  return view;
}
