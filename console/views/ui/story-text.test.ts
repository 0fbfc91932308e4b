import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runAt } from "../model/code-run.ts";
import { viewOf } from "../model/execution-view.ts";
import { type Scene, storyOf } from "./story-text.ts";

/** The examples of the log's format: an order that is tried twice, waits, asks, and fails to ship. */
const [, block = ""] = /```jsonl\n(.*?)```/s.exec(readFileSync("docs/log-format.md", "utf8")) ?? [];
const log = block.trim().split("\n");

function sceneAt(seq: number, change: Partial<Scene> = {}): Scene {
  const view = viewOf(log.slice(0, seq));
  const now = view.commits.at(-1)?.at ?? 0;
  return {
    view,
    seq,
    isLive: true,
    now,
    run: runAt(view, seq),
    process: "running",
    hasCode: true,

    ...change,
  };
}

describe("the story", () => {
  test("says that nothing runs, and what it waits for and how long", () => {
    expect(storyOf(sceneAt(2))).toEqual(["Nothing runs. It waits to try “charge” again, in 2 s."]);
  });

  test("counts down with the clock", () => {
    const { now } = sceneAt(2);
    expect(storyOf(sceneAt(2, { now: now + 1_500 }))).toEqual([
      "Nothing runs. It waits to try “charge” again, in 1 s.",
    ]);
  });

  test("names the question that an answer is awaited for, not its parts", () => {
    expect(storyOf(sceneAt(9))[0]).toMatch(/^Nothing runs\. It waits for an answer to “approval”/);
  });

  test("says how it ended, and what the last run took from the log", () => {
    const [end, replay] = storyOf(sceneAt(log.length));
    expect(end).toMatch(/^Failed: /);
    expect(replay).toBe("In run 2 of the code, 5 results came from the log: marked ↺, and not done again.");
  });

  test("says that the worker is gone, or has no such code", () => {
    expect(storyOf(sceneAt(4, { process: "killed" }))[0]).toMatch(/^The worker is gone.* 1 finished operation\./);
    expect(storyOf(sceneAt(4, { hasCode: false }))[0]).toMatch(/^Nothing runs: the worker has no function/);
  });

  test("tells at an earlier commit what it recorded, and what was new up to there", () => {
    const view = viewOf(log);
    const earlier = (seq: number): readonly string[] =>
      storyOf({ ...sceneAt(log.length), view, seq, isLive: false, run: runAt(view, seq) });
    expect(earlier(2)[0]).toMatch(/^Commit 2, at .*: “charge” failed \(try later\), and is tried again in 2 s\.$/);
    expect(earlier(4)).toEqual([
      expect.stringMatching(/^Commit 4, at .*: “charge” succeeded/),
      "Up to here, in run 1 of the code: 1 result, all new.",
    ]);
    expect(earlier(log.length)[1]).toMatch(/^Up to here, in run 2 of the code: 5 from the log \(↺\), \d new\.$/);
  });

  test("says when a scheduled execution begins, and that one is paused", () => {
    const started = { kind: "EXECUTION_STARTED", name: "x", incarnation: "c0ffee", functionName: "f", version: "1" };
    const facts = [{ ...started, retentionDays: 1, startAt: 7_200_000 }];
    const first = JSON.stringify({ v: 3, writer: "w.1", at: 0, facts });
    const pause = { kind: "HALTED", reason: "PAUSED", error: { errorMessage: "The execution was paused." } };
    const second = JSON.stringify({ v: 3, writer: "w.2", at: 10, facts: [pause] });
    const scene = { ...sceneAt(1, { view: viewOf([first]), now: 0 }) };
    expect(storyOf(scene)[0]).toMatch(/^Nothing runs\. It is scheduled to begin in 2 h, on .*1970/);
    expect(storyOf({ ...scene, now: 7_200_000 })).toEqual(["The code runs."]);
    const view = viewOf([first, second]);
    expect(storyOf({ ...scene, view, seq: 2 })[0]).toMatch(/^Paused\./);
    expect(storyOf({ ...scene, view, seq: 2, isLive: false })[0]).toMatch(
      /^Commit 2, at .*: the execution was paused\.$/,
    );
  });
});
