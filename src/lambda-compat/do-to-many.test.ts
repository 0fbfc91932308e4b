import { expect, test } from "vitest";
import { doToMany, type ManyOptions, type ManyProgress, type Outcome } from "./do-to-many.ts";

const all = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const done = (items: readonly number[]): readonly Outcome<number>[] => items.map((item) => ({ item, status: "DONE" }));
const isBusy = (error: unknown): boolean => error instanceof Error && error.message === "busy";

function begin(
  count: number,
  send: ManyOptions<number>["send"],
  more: Partial<ManyOptions<number>> = {},
): Promise<ManyProgress<number>> {
  const options = { onProgress: () => undefined, isPassing: isBusy, partSize: () => 10, pauseMs: 0 };
  return doToMany(all(count), { ...options, send, ...more });
}

test("parts are sent one after the other, and each that was answered is told", async () => {
  const parts: number[] = [];
  const seen: number[] = [];
  const send = async (part: readonly number[]): Promise<readonly Outcome<number>[]> => {
    parts.push(part.length);
    return done(part);
  };
  const last = await begin(25, send, { onProgress: (progress) => seen.push(progress.done) });
  expect([parts, seen]).toEqual([
    [10, 10, 5],
    [0, 10, 20, 25, 25],
  ]);
  expect(last).toEqual({ total: 25, done: 25, unchanged: 0, failures: [], left: [], isOver: true });
});

test("what fails is told, what was so already is counted by itself, and the others go on", async () => {
  const refused = new Error("not this one");
  const last = await begin(12, async (part) =>
    part.map((item) => {
      if (item % 5 === 0) return { item, status: "FAILED", error: refused };
      return { item, status: item === 12 ? "UNCHANGED" : "DONE" };
    }),
  );
  expect(last).toMatchObject({
    done: 9,
    unchanged: 1,
    left: [],
    failures: [{ item: 5, error: refused }, { item: 10 }],
  });
});

test("those of a part that were refused for now are asked again, and no others", async () => {
  const asked: (readonly number[])[] = [];
  const last = await begin(4, async (part) => {
    asked.push(part);
    return part.map((item) => {
      const isLate = item > 2 && asked.length < item;
      return isLate ? { item, status: "FAILED", error: new Error("busy") } : { item, status: "DONE" };
    });
  });
  expect(asked).toEqual([[1, 2, 3, 4], [3, 4], [3, 4], [4]]);
  expect(last).toMatchObject({ done: 4, failures: [] });
});

test("one that is refused for now each time fails in the end", async () => {
  let calls = 0;
  const last = await begin(1, async ([item = 0]) => {
    calls++;
    return [{ item, status: "FAILED", error: new Error("busy") }];
  });
  expect([calls, last.failures.length, last.left]).toEqual([6, 1, []]);
});

test("a part whose answer was lost is sent again", async () => {
  let calls = 0;
  const last = await begin(20, async (part) => {
    if (++calls % 2 === 1) throw new Error("busy");
    return done(part);
  });
  expect([calls, last.done]).toEqual([4, 20]);
});

test.for([
  ["a refusal of the whole call", "you may not", 2],
  ["an answer that never comes", "busy", 7],
])("%s ends it, and tells of which ones nothing is known", async ([, message, calls]) => {
  let count = 0;
  const last = await begin(30, async (part) => {
    if (++count > 1) throw new Error(String(message));
    return done(part);
  });
  expect(last).toMatchObject({ done: 10, failures: [], isOver: true, broken: { message } });
  expect([count, last.left]).toEqual([calls, all(30).slice(10)]);
});

test("a host that never tells of one ends it too", async () => {
  const last = await begin(3, async (part) => done(part.filter((item) => item !== 2)));
  expect(last).toMatchObject({ done: 2, left: [2], broken: { message: expect.stringContaining("1 of them") } });
});

test("once it is called off no further part is sent, and what was told of the last one counts", async () => {
  const abort = new AbortController();
  let calls = 0;
  const send = async (part: readonly number[]): Promise<readonly Outcome<number>[]> => {
    if (++calls < 2) return done(part);
    abort.abort();
    return done(part.slice(0, 3));
  };
  const last = await begin(50, send, { signal: abort.signal });
  expect([calls, last.done, last.left.length, last.broken]).toEqual([2, 13, 37, undefined]);
});
