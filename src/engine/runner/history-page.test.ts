import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCommit } from "../machine/commit-codec.ts";
import { Recorder } from "../machine/recorder.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { HistoryPage, HistoryQuery, LiveEvent } from "./client.ts";
import { Histories, PagedHistory } from "./history-page.ts";

const LARGEST = 6_291_456;

/** A log that notes how many of its commits were read. */
class ReadLog {
  readonly #events: readonly LiveEvent[];
  read = 0;

  constructor({ commits }: Recorder) {
    this.#events = commits.map((commit, index) => ({ seq: index + 1, body: encodeCommit(commit) }));
  }

  /** Of steps with results of these lengths. */
  static ofSteps(lengths: readonly number[]): ReadLog {
    const recorder = Recorder.started();
    for (const [index, length] of lengths.entries()) {
      const id = String(index + 1);
      recorder.checkpoint({ id, type: "STEP", action: "SUCCEED", payload: "x".repeat(length) });
    }
    return new ReadLog(recorder);
  }

  /** A page, and how many commits were read for it. */
  async page(history: PagedHistory, query: HistoryQuery, maxCharacters?: number): Promise<[HistoryPage, number]> {
    const before = this.read;
    const page = await history.page((from) => this.#from(from), query, maxCharacters);
    return [page, this.read - before];
  }

  async *#from(from: number): AsyncGenerator<LiveEvent> {
    for (const event of this.#events.slice(from - 1)) {
      this.read++;
      yield event;
    }
  }
}

/** All pages, one after the other, each with the number of commits that were read for it. */
async function pages(
  log: ReadLog,
  query: Omit<HistoryQuery, "after">,
  maxCharacters?: number,
): Promise<[HistoryPage, number][]> {
  const history = new PagedHistory();
  const found: [HistoryPage, number][] = [];
  let after: number | undefined;
  do {
    found.push(await log.page(history, { ...query, ...(after !== undefined && { after }) }, maxCharacters));
    after = found.at(-1)?.[0].events.at(-1)?.eventId;
  } while (found.at(-1)?.[0].more);
  return found;
}

function size(events: readonly HistoryEvent[]): number {
  return events.reduce((sum, { result = "" }) => sum + result.length, 0);
}

describe("a page of a history", () => {
  test("ends by size, whatever was asked for: results of the largest size", async () => {
    const log = ReadLog.ofSteps(Array<number>(3).fill(LARGEST));
    for (const reverse of [false, true]) {
      const [{ events, more }] = await log.page(new PagedHistory(), { limit: 1000, includeData: true, reverse });
      expect([events.length, more]).toEqual([reverse ? 1 : 2, true]);
      // Two bytes a character, and 32 MiB is what a Durable Object may be told.
      expect(size(events) * 2).toBeLessThan(17 * 1024 * 1024);
    }
    const [bare] = await log.page(new PagedHistory(), { limit: 1000, includeData: false });
    expect([bare.events.length, bare.more]).toEqual([4, false]);
  });

  test("reads no further than it must", async () => {
    const log = ReadLog.ofSteps(Array<number>(100).fill(10));
    const [{ events }, read] = await log.page(new PagedHistory(), { limit: 5, includeData: true });
    expect([events.length, read]).toEqual([5, 6]);
    const backwards = { limit: 5, after: 20, includeData: true, reverse: true };
    const [last, readBack] = await log.page(new PagedHistory(), backwards);
    expect([last.events.length, readBack]).toEqual([5, 20]);
  });

  test("has every event once over all pages, in order, from either end", async () => {
    const lengths = fc.array(fc.constantFrom(0, 10, 600, 1000, 3000), { maxLength: 9 });
    const limit = fc.integer({ min: 1, max: 8 });
    await fc.assert(
      fc.asyncProperty(lengths, limit, fc.boolean(), async (given, most, reverse) => {
        const found = await pages(ReadLog.ofSteps(given), { limit: most, includeData: true, reverse }, 2000);
        const ids = found.flatMap(([{ events }]) => events.map(({ eventId }) => eventId));
        const inOrder = Array.from({ length: given.length + 1 }, (_, index) => index + 1);
        expect(ids).toEqual(reverse ? inOrder.toReversed() : inOrder);
        for (const [{ events, more }] of found) {
          expect(events.length).toBeLessThanOrEqual(most);
          expect(events.length > 0 || !more).toBe(true);
          expect(events.length === 1 || size(events) <= 2000).toBe(true);
        }
      }),
    );
  });
});

describe("what a page of a history reads", () => {
  const steps = 5000;
  const limit = 100;
  /** From the place before it, and one commit more to know whether there are more events. */
  const most = limit + 128 + 1;

  test("does not depend on where it lies", async () => {
    const found = await pages(ReadLog.ofSteps(Array<number>(steps).fill(1)), { limit, includeData: true });
    expect(found.length).toBe(Math.ceil((steps + 1) / limit));
    expect(Math.max(...found.map(([, read]) => read))).toBeLessThanOrEqual(most);
  });

  test("is the log for the last page, the first time, and then as little for those before it", async () => {
    const log = ReadLog.ofSteps(Array<number>(steps).fill(1));
    const [first, ...rest] = await pages(log, { limit, includeData: true, reverse: true });
    expect(first?.[1]).toBe(steps + 1);
    expect(Math.max(...rest.map(([, read]) => read))).toBeLessThanOrEqual(most);
  });

  test("is the log once for many that are asked for at the same time", async () => {
    const log = ReadLog.ofSteps(Array<number>(steps).fill(1));
    const history = new PagedHistory();
    const queries = Array.from({ length: 50 }, (_, index) => ({ limit: 10, after: steps - index, includeData: false }));
    await Promise.all(
      queries.flatMap((query) => [log.page(history, query), log.page(history, { ...query, reverse: true })]),
    );
    expect(log.read).toBeLessThan(steps + 100 * (10 + 128 + 128));
  });
});

/** Operations of all kinds that stay open for long, are retried, and end out of order. */
function longLog(): Recorder {
  const recorder = Recorder.started({ input: "1" });
  recorder.checkpoint({ id: "0", type: "CONTEXT", action: "START", name: "around" });
  for (let index = 1; index <= 300; index++) {
    const inside = { parentId: "0", name: `name ${index}` };
    recorder.now += 700;
    recorder.checkpoint(
      { id: `0-${index}`, type: "STEP", action: "RETRY", nextAttemptDelaySeconds: 1 + (index % 40), ...inside },
      { id: `w${index}`, type: "WAIT", action: "START", waitSeconds: 1 + (index % 90), ...inside },
    );
    recorder.apply({ type: "FIRE_TIMERS" });
    const ready = [...recorder.state.operations.values()].find(({ status }) => status === "READY");
    if (ready !== undefined)
      recorder.checkpoint({
        id: ready.id,
        type: "STEP",
        action: index % 3 ? "RETRY" : "FAIL",
        nextAttemptDelaySeconds: 30,
        parentId: "0",
      });
  }
  return recorder;
}

test("a page says the same whatever pages were read before it", async () => {
  const recorder = longLog();
  const log = new ReadLog(recorder);
  const { history: all } = recorder;
  expect(all.length).toBeGreaterThan(1000);
  const query = fc.record({
    after: fc.option(fc.nat(all.length + 5), { nil: undefined }),
    limit: fc.integer({ min: 1, max: 300 }),
    reverse: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(query, { minLength: 1, maxLength: 6 }), async (queries) => {
      const history = new PagedHistory();
      for (const { after, limit, reverse } of queries) {
        const [page] = await log.page(history, {
          ...{ limit, reverse, includeData: true },
          ...(after !== undefined && { after }),
        });
        const rest = reverse
          ? all.toReversed().filter(({ eventId }) => eventId < (after ?? Infinity))
          : all.filter(({ eventId }) => eventId > (after ?? 0));
        expect(page).toStrictEqual({ events: rest.slice(0, limit), more: rest.length > limit });
      }
    }),
    { numRuns: 60 },
  );
});

test("what is known of a history is known of one incarnation, and of the executions that were asked about last", () => {
  const histories = new Histories();
  const first = histories.of("f/a", "1");
  expect(histories.of("f/a", "1")).toBe(first);
  expect(histories.of("f/a", "2")).not.toBe(first);
  const kept = histories.of("f/b", "1");
  for (let index = 0; index < 15; index++) histories.of(`f/${index}`, "1");
  expect(histories.of("f/b", "1")).toBe(kept);
  for (let index = 0; index < 16; index++) histories.of(`f/${index}`, "1");
  expect(histories.of("f/b", "1")).not.toBe(kept);
});
