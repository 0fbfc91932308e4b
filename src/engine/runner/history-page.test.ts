import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCommit } from "../machine/commit-codec.ts";
import { Recorder } from "../machine/recorder.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { HistoryPage, HistoryQuery, LiveEvent } from "./client.ts";
import { historyPage } from "./history-page.ts";

const LARGEST = 6_291_456;

/** A log of steps with results of these lengths, which notes how far it was read. */
class StepLog {
  readonly #events: readonly LiveEvent[];
  read = 0;

  constructor(lengths: readonly number[]) {
    const recorder = Recorder.started();
    for (const [index, length] of lengths.entries()) {
      const id = String(index + 1);
      recorder.checkpoint({ id, type: "STEP", action: "SUCCEED", payload: "x".repeat(length) });
    }
    this.#events = recorder.commits.map((commit, index) => ({ seq: index + 1, body: encodeCommit(commit) }));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LiveEvent> {
    this.read = 0;
    for (const event of this.#events) {
      this.read++;
      yield event;
    }
  }
}

/** All pages, one after the other. */
async function pages(log: StepLog, query: Omit<HistoryQuery, "after">, maxCharacters?: number): Promise<HistoryPage[]> {
  const found: HistoryPage[] = [];
  let after: number | undefined;
  do {
    const page = await historyPage(log, { ...query, ...(after !== undefined && { after }) }, maxCharacters);
    found.push(page);
    after = page.events.at(-1)?.eventId;
  } while (found.at(-1)?.more);
  return found;
}

function size(events: readonly HistoryEvent[]): number {
  return events.reduce((sum, { result = "" }) => sum + result.length, 0);
}

describe("a page of a history", () => {
  test("ends by size, whatever was asked for: results of the largest size", async () => {
    const log = new StepLog(Array<number>(3).fill(LARGEST));
    for (const reverse of [false, true]) {
      const { events, more } = await historyPage(log, { limit: 1000, includeData: true, reverse });
      expect([events.length, more]).toEqual([reverse ? 1 : 2, true]);
      // Two bytes a character, and 32 MiB is what a Durable Object may be told.
      expect(size(events) * 2).toBeLessThan(17 * 1024 * 1024);
    }
    const bare = await historyPage(log, { limit: 1000, includeData: false });
    expect([bare.events.length, bare.more]).toEqual([4, false]);
  });

  test("reads no further than it must", async () => {
    const log = new StepLog(Array<number>(100).fill(10));
    expect((await historyPage(log, { limit: 5, includeData: true })).events).toHaveLength(5);
    expect(log.read).toBe(6);
    expect((await historyPage(log, { limit: 5, after: 20, includeData: true, reverse: true })).events).toHaveLength(5);
    expect(log.read).toBe(20);
  });

  test("has every event once over all pages, in order, from either end", async () => {
    const lengths = fc.array(fc.constantFrom(0, 10, 600, 1000, 3000), { maxLength: 9 });
    const limit = fc.integer({ min: 1, max: 8 });
    await fc.assert(
      fc.asyncProperty(lengths, limit, fc.boolean(), async (given, most, reverse) => {
        const found = await pages(new StepLog(given), { limit: most, includeData: true, reverse }, 2000);
        const ids = found.flatMap(({ events }) => events.map(({ eventId }) => eventId));
        const inOrder = Array.from({ length: given.length + 1 }, (_, index) => index + 1);
        expect(ids).toEqual(reverse ? inOrder.toReversed() : inOrder);
        for (const { events, more } of found) {
          expect(events.length).toBeLessThanOrEqual(most);
          expect(events.length > 0 || !more).toBe(true);
          expect(events.length === 1 || size(events) <= 2000).toBe(true);
        }
      }),
    );
  });
});
