import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CallSites } from "./call-sites.ts";
import { isReplayed, runAt } from "./code-run.ts";
import { viewOf } from "./execution-view.ts";

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

  test("is over when the worker is gone", () => {
    const sites = new CallSites();
    sites.begin("order", { seq: 9, at: 0 });
    sites.end();
    expect(runAt(waiting, 9, sites.current("order"))?.number).toBe(1);
  });
});
