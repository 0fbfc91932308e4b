import { expect, test } from "vitest";
import { CodeLog, LOG_LEVELS, type Said } from "./code-log.ts";

function listening(): { log: CodeLog; console: Pick<Console, (typeof LOG_LEVELS)[number]>; said: Said[] } {
  const said: Said[] = [];
  const console = Object.fromEntries(LOG_LEVELS.map((level) => [level, () => undefined])) as never;
  const log = new CodeLog();
  log.listenTo(console, (each) => said.push(each));
  return { log, console, said };
}

test("knows which of several running functions spoke, also after it has waited", async () => {
  const { log, console, said } = listening();
  const speak = async (name: string, pauses: number): Promise<void> => {
    console.log(`${name} begins`);
    for (let pause = 0; pause < pauses; pause++) await new Promise((next) => setTimeout(next, 1));
    console.info(`${name} ends`);
  };
  const places = ["1", "2"].map((id) => ({ executionId: "e", id }));
  await Promise.all(places.map((place) => log.at(place, async () => speak(place.id, 3))()));
  console.warn("nobody");
  expect(said.map(({ text, place }) => [text, place?.id])).toEqual([
    ["1 begins", "1"],
    ["2 begins", "2"],
    ["1 ends", "1"],
    ["2 ends", "2"],
    ["nobody", undefined],
  ]);
});

test("is the operation within the handler that spoke, and the handler again after it", async () => {
  const { log, console, said } = listening();
  const step = log.at({ executionId: "e", id: "1" }, async () => console.log("step"));
  await log.at({ executionId: "e" }, async () => {
    console.log("before");
    await step();
    console.log("after");
  })();
  expect(said.map(({ text, place }) => [text, place?.id])).toEqual([
    ["before", undefined],
    ["step", "1"],
    ["after", undefined],
  ]);
  expect(said.every(({ place }) => place?.executionId === "e")).toBe(true);
});

test("tells of a logger's line its message, and of everything else a text", () => {
  const { console, said } = listening();
  console.info(JSON.stringify({ requestId: "r", level: "INFO", executionArn: "a", message: "asked" }));
  console.log("a", { b: 1 }, undefined, 7n);
  console.error("x".repeat(30_000));
  expect(said.slice(0, 2).map(({ text }) => text)).toEqual(["asked", 'a {"b":1} undefined 7']);
  expect(said[2]?.text).toMatch(/ … \(10000 more characters\)$/);
});
