import { expect, test } from "vitest";
import { readMessage } from "./from-worker.ts";
import type { FromWorker } from "./protocol.ts";

const place = { executionId: "f/a", id: "1-2" };
const said = { type: "said", ...place, level: "info", text: "hello", at: 1, line: 3 } as const;

const messages: readonly FromWorker[] = [
  said,
  { type: "said", executionId: "f/a", level: "error", text: "", at: 0 },
  { type: "threw", ...place, stack: "Error: x\n  at y", line: 1 },
  { type: "ready", functions: [{ name: "f", file: "f.ts" }], failures: [{ file: "g.ts", message: "no", line: 2 }] },
  { type: "store", call: 1, method: "read", args: ["f/a", 1] },
  { type: "answer", call: 1, value: { matches: true } },
  { type: "failure", call: 1, message: "no" },
  { type: "began", executionId: "f/a", seq: 0 },
  { type: "reached", ...place, method: "step", name: "charge", line: 7 },
  { type: "reached", ...place, method: "wait" },
  { type: "ran", ...place },
  { type: "trouble", executionId: "f/a", message: "the disk is full" },
];

test("takes what the engine says, as it is", () => {
  for (const message of messages) expect(readMessage(message)).toEqual(message);
});

/** As renderers know elements. A copy from another thread keeps the member that is undefined. */
const element = { type: "b", props: { children: "from the worker" }, constructor: undefined };

test("no text, name or number of a message can be anything else", () => {
  for (const message of messages) {
    for (const [field, value] of Object.entries(message)) {
      if (["args", "value", "method"].includes(field) && message.type !== "reached") continue;
      for (const wrong of [element, null, [element], Number.NaN, true]) {
        expect([field, value, readMessage({ ...message, [field]: wrong })]).toEqual([field, value, undefined]);
      }
    }
  }
  const wrongItems = [element, [[element]], [{ name: element, file: "f.ts" }], [{ file: "g.ts", message: element }]];
  for (const items of wrongItems) {
    expect(readMessage({ type: "ready", functions: items, failures: [] })).toBeUndefined();
    expect(readMessage({ type: "ready", functions: [], failures: items })).toBeUndefined();
  }
});

test("passes over what the engine does not say, also by a name that every object has", () => {
  const types = ["open", "", "constructor", "__proto__", "toString", 7, element, undefined];
  for (const type of types) expect(readMessage({ ...said, type })).toBeUndefined();
  for (const data of ["said", 7, null, undefined]) expect(readMessage(data)).toBeUndefined();
});

test("keeps nothing that came along, cuts long texts, and takes no long name", () => {
  expect(readMessage({ ...said, more: element })).toEqual(said);
  expect(readMessage({ ...said, text: "x".repeat(1_000_000) })).toEqual({ ...said, text: "x".repeat(20_000) });
  expect(readMessage({ ...said, executionId: "x".repeat(1_000_000) })).toBeUndefined();
  expect(readMessage({ ...said, at: 1e20 })).toBeUndefined();
  expect(
    readMessage({ type: "ready", functions: Array(100_000).fill({ name: "f", file: "f.ts" }), failures: [] }),
  ).toBe(undefined);
});
