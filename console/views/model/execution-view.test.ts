import { describe, expect, test } from "vitest";
import { isSettled } from "perdure/engine";
import { withDurableExecution } from "perdure";
import { createMemoryHost, type MemoryHost } from "perdure/memory";
import { exampleLog as log } from "../../../test/format-example.ts";
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

/** The execution as it is once it is as it should be. */
async function viewUntil(host: MemoryHost, id: string, isSo: (view: ExecutionView) => boolean): Promise<ExecutionView> {
  const view = viewOf([]);
  for await (const { body } of host.client.watch(id, 0)) {
    view.add(body);
    if (isSo(view)) break;
  }
  return view;
}
