import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CallSites } from "./call-sites.ts";
import { isReplayed, runAt } from "../../../console/views/model/code-run.ts";
import { viewOf } from "../../../console/views/model/execution-view.ts";

/** The examples of the log's format: an order that is tried twice, waits, asks, and fails to ship. */
const [, block = ""] = /```jsonl\n(.*?)```/s.exec(readFileSync("docs/log-format.md", "utf8")) ?? [];
const log = block.trim().split("\n");
const waiting = viewOf(log.slice(0, 9));

describe("the run of the code", () => {
  test("is the one that the log tells of", () => {
    const view = viewOf(log);
    expect(runAt(view, 4)).toMatchObject({ number: 1, replayed: 0 });
    expect(runAt(view, view.length)).toMatchObject({ number: 2, replayed: 5 });
    expect(isReplayed(view, "1", runAt(view, view.length))).toBe(true);
    expect(isReplayed(view, "4", runAt(view, view.length))).toBe(false);
  });

  test("is a new one as soon as the worker tells of it, before it has recorded anything", () => {
    const sites = new CallSites();
    sites.begin("order", { seq: 9, at: 0 });
    const run = () => runAt(waiting, 9, sites.current("order"));
    expect(run()).toMatchObject({ number: 2, seq: 9, replayed: 0 });
    expect(isReplayed(waiting, "1", run())).toBe(false);
    sites.reach("order", "1", { site: { method: "step" }, isRecorded: true });
    expect(run()?.replayed).toBe(1);
    expect(isReplayed(waiting, "1", run())).toBe(true);
  });

  test("has replayed what lies in an operation that it called, if the engine called it", () => {
    const sites = new CallSites();
    sites.begin("order", { seq: 9, at: 0 });
    for (const id of ["1", "2", "3"]) sites.reach("order", id, { site: { method: "any" }, isRecorded: true });
    const run = runAt(waiting, 9, sites.current("order"));
    expect(waiting.track("3")?.versions.at(-1)?.operation.subType).toBe("WaitForCallback");
    expect(isReplayed(waiting, "3-2", run)).toBe(true);
    expect(isReplayed(waiting, "3-1", run)).toBe(false);
  });

  test("has replayed nothing behind the place where the code was stopped", () => {
    const view = viewOf(log);
    const run = runAt(view, view.length);
    const replayed = (partedAt?: string) =>
      view.tracks.map(({ id }) => id).filter((id) => isReplayed(view, id, run, partedAt));
    expect(replayed()).toEqual(["1", "2", "3-1", "3-2"]);
    expect(replayed("2")).toEqual(["1"]);
    const sites = new CallSites();
    sites.begin("order", { seq: 11, at: 0 });
    for (const id of ["1", "2"]) sites.reach("order", id, { site: { method: "any" }, isRecorded: true });
    const inMemory = runAt(view, view.length, sites.current("order"));
    expect(view.tracks.map(({ id }) => id).filter((id) => isReplayed(view, id, inMemory, "2"))).toEqual(["1"]);
  });

  test("began when the worker said so, not when it first recorded something", () => {
    const sites = new CallSites();
    const view = viewOf(log);
    sites.begin("order", { seq: 11, at: 1_790_000_500_001 });
    expect(runAt(view, view.length, sites.current("order"))).toMatchObject({ number: 2, at: 1_790_000_500_001 });
    expect(runAt(view, view.length)).toMatchObject({ number: 2, at: 1_790_000_500_030 });
  });

  test("does again what the one before it began and did not end", () => {
    const cut = [
      ...log.slice(0, 1),
      '{"v":1,"writer":"a.1","owner":"i-1","at":1790000000100,"facts":[{"kind":"STARTED","id":"1","type":"STEP","name":"charge","subType":"Step"}]}',
      '{"v":1,"writer":"b.1","owner":"i-2","at":1790000009000,"facts":[{"kind":"SUCCEEDED","id":"1"}]}',
    ];
    expect(viewOf(cut).track("1")?.spans).toMatchObject([{ kind: "work", wasCutOff: true }]);
    expect(
      viewOf(log)
        .track("1")
        ?.spans.some(({ wasCutOff }) => wasCutOff),
    ).toBe(false);
  });

  test("is over when the worker is gone", () => {
    const sites = new CallSites();
    sites.begin("order", { seq: 9, at: 0 });
    sites.end();
    expect(runAt(waiting, 9, sites.current("order"))?.number).toBe(1);
  });
});
