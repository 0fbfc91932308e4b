import { expect, test } from "vitest";
import { TaskQueue } from "./task-queue.ts";

test("a task that answers at once is done when the call returns, while none is under way", () => {
  let rests = 0;
  const queue = new TaskQueue(() => rests++);
  expect(queue.add(() => "done")).toBe("done");
  expect(() =>
    queue.add(() => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect([queue.isBusy, rests]).toEqual([false, 0]);
});

test("tasks are done one after the other, in the order in which they were added, however they end", async () => {
  let rests = 0;
  const queue = new TaskQueue(() => rests++);
  const done: string[] = [];
  const task = (name: string, turns: number) => async () => {
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    done.push(name);
    if (name === "second") throw new Error(name);
    return name;
  };
  const first = queue.add(task("first", 9));
  const second = queue.add(task("second", 3));
  const third = queue.add(() => done.push("third"));
  expect([queue.isBusy, done]).toEqual([true, []]);
  await expect(second).rejects.toThrow("second");
  expect(await first).toBe("first");
  expect(await third).toBe(3);
  expect(done).toEqual(["first", "second", "third"]);
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  expect([queue.isBusy, rests]).toEqual([false, 1]);
});
