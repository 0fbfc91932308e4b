import { expect, test } from "vitest";
import { type BulkProgress, doToAll } from "./bulk.ts";

const never = (): boolean => false;

test("what fails is told, and the others go on", async () => {
  const seen: BulkProgress<number>[] = [];
  const last = await doToAll(
    [1, 2, 3, 4, 5],
    async (item) => {
      if (item % 2 === 0) throw new Error(`not ${item}`);
    },
    { onProgress: (progress) => seen.push(progress), signal: new AbortController().signal, isPassing: never },
  );
  expect(last).toMatchObject({ total: 5, done: 5, isOver: true });
  expect(last.failures.map(({ item }) => item).toSorted((a, b) => a - b)).toEqual([2, 4]);
  expect(seen.map(({ done }) => done)).toEqual([0, 1, 2, 3, 4, 5, 5]);
});

test("so many are under way at a time, and none is begun after it was called off", async () => {
  const abort = new AbortController();
  let [running, most, begun] = [0, 0, 0];
  const items = Array.from({ length: 50 }, (_, index) => index);
  const deed = async (): Promise<void> => {
    begun++;
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    if (begun >= 10) abort.abort();
  };
  await doToAll(items, deed, { onProgress: () => undefined, signal: abort.signal, isPassing: never, atATime: 3 });
  expect(most).toBe(3);
  expect(begun).toBeLessThanOrEqual(12);
});

test("what was refused for now is tried again", async () => {
  let tries = 0;
  const options = { onProgress: () => undefined, signal: new AbortController().signal, pauseMs: 0 };
  const deed = async (): Promise<void> => {
    if (++tries < 4) throw new Error("busy");
  };
  const last = await doToAll([1], deed, { ...options, isPassing: () => true });
  expect(last.failures).toEqual([]);
  expect(tries).toBe(4);
});
