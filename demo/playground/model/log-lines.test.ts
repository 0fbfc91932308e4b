import { expect, test } from "vitest";
import { LogLines } from "./log-lines.ts";

const line = (text: string, id?: string) => ({
  ...({ executionId: "f/a", level: "log", text, at: 0 } as const),
  ...(id !== undefined && { id }),
});

test("stand with their operation, and with those around it", () => {
  const lines = new LogLines();
  for (const each of [line("handler"), line("one", "1"), line("inner", "2-1"), line("other", "21")]) lines.say(each);
  const texts = (id?: string) => lines.of("f/a", id).map(({ text }) => text);
  expect(texts("1")).toEqual(["one"]);
  expect(texts("2")).toEqual(["inner"]);
  expect(texts()).toEqual(["handler", "one", "inner", "other"]);
});

test("are kept as far as they are the newest", () => {
  const lines = new LogLines();
  for (let count = 0; count < 600; count++) lines.say(line(String(count)));
  expect(lines.of("f/a")).toHaveLength(500);
  expect(lines.of("f/a").at(-1)?.text).toBe("599");
});
