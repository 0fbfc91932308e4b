import { expect, onTestFinished, test } from "vitest";
import { type Change, ChangeFeed } from "./change-feed.ts";

interface Site {
  readonly feed: ChangeFeed;
  /** What another tab has heard so far. */
  readonly heard: () => Promise<readonly Change[]>;
  readonly advance: (ms: number) => void;
}

function site(): Site {
  let now = 1000;
  const timers: { at: number; fire: () => void }[] = [];
  const host = {
    now: () => now,
    timer(at: number, fire: () => void) {
      const timer = { at, fire };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  };
  const name = crypto.randomUUID();
  const [feed, other] = [new ChangeFeed(name, host), new ChangeFeed(name, host)];
  const heard: Change[] = [];
  for (const each of [feed, other]) {
    each.open();
    onTestFinished(() => each.close());
  }
  other.subscribe((change, from) => from === "elsewhere" && change.kind !== "hello" && heard.push(change));
  return {
    feed,
    async heard() {
      // Messages of one channel come in order: what was told before the last one has been heard with it.
      const last: Change = { kind: "resume", id: crypto.randomUUID() };
      feed.announce(last);
      await expect.poll(() => heard.at(-1)).toEqual(last);
      heard.pop();
      return heard;
    },
    advance(ms) {
      now += ms;
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.fire();
      }
    },
  };
}

function commit(id: string, seq: number): Change {
  return { kind: "commit", id, seq };
}

test("tells this tab of every commit, and others of the first and, a little later, of the newest", async () => {
  const { feed, heard, advance } = site();
  const here: Change[] = [];
  feed.subscribe((change, from) => from === "here" && change.kind === "commit" && here.push(change));
  for (let seq = 1; seq <= 10; seq++) feed.announce(commit("a", seq));
  feed.announce(commit("b", 1));
  expect(here).toHaveLength(11);
  expect(await heard()).toEqual([commit("a", 1), commit("b", 1)]);
  advance(50);
  expect(await heard()).toEqual([commit("a", 1), commit("b", 1), commit("a", 10)]);
  advance(50);
  feed.announce(commit("a", 11));
  feed.announce(commit("a", 12));
  expect((await heard()).slice(3)).toEqual([commit("a", 11)]);
});

test("tells others of the last commit when this tab goes away", async () => {
  const { feed, heard } = site();
  feed.announce(commit("a", 1));
  feed.announce(commit("a", 2));
  feed.close();
  feed.open();
  expect(await heard()).toEqual([commit("a", 1), commit("a", 2)]);
});

test("tells others of what is no commit in its place behind the commits before it", async () => {
  const { feed, heard, advance } = site();
  const pause: Change = { kind: "pause", id: "a", pause: undefined };
  for (const change of [commit("a", 1), commit("a", 2), pause, commit("a", 3)]) feed.announce(change);
  advance(100);
  expect(await heard()).toEqual([commit("a", 1), commit("a", 2), pause, commit("a", 3)]);
});

test("a clock that was set back keeps no commit from being told", async () => {
  const { feed, heard, advance } = site();
  feed.announce(commit("a", 1));
  advance(-3_600_000);
  feed.announce(commit("a", 2));
  expect(await heard()).toEqual([commit("a", 1), commit("a", 2)]);
});
