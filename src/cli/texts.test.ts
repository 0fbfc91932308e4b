import { expect, test } from "vitest";
import { isoTime, readable } from "./texts.ts";

test("times of answers read as ISO 8601 has them, wherever they stand", () => {
  const answer = { StartTimestamp: 1.5, Events: [{ EventTimestamp: 0, EventId: 1 }] };
  expect(readable(answer)).toEqual({
    StartTimestamp: "1970-01-01T00:00:01.500Z",
    Events: [{ EventTimestamp: "1970-01-01T00:00:00.000Z", EventId: 1 }],
  });
});

test("what no date can be made of is told as it was answered", () => {
  expect(readable({ StartTimestamp: 1e20, EndTimestamp: "soon" })).toEqual({
    StartTimestamp: 1e20,
    EndTimestamp: "soon",
  });
  expect(isoTime(-1e20)).toBe(-1e20);
});
