import { describe, expect, test } from "vitest";
import { encodeCommit, type Fact } from "perdure/engine";
import { viewOf } from "../views/model/execution-view.ts";
import { costOf } from "./cost.ts";
import { logText, operationsText, processesText, runsText } from "./cost-text.ts";
import { exampleLog } from "../../test/format-example.ts";

const example = costOf(viewOf(exampleLog));
const nothing = { operations: 0, copied: 0, attempts: 0, commits: 0, characters: 0, runs: 0, processes: [] };

test("an execution has taken what its log tells", () => {
  expect(example).toEqual({
    operations: 6,
    copied: 0,
    // Two of the charge, one each of the submission and of the shipping; waits, callbacks and contexts have none.
    attempts: 4,
    commits: exampleLog.length,
    characters: exampleLog.join("").length,
    runs: 2,
    processes: ["5f0c", "77aa"],
  });
});

test("an attempt that has not come to its end is none yet, and one that was begun again after a crash is one", () => {
  const begun = exampleLog.slice(0, 1);
  const step = { kind: "STARTED", id: "1", type: "STEP", name: "slow", subType: "Step" } as const;
  const write = (writer: string, owner: string, facts: readonly Fact[]): string =>
    encodeCommit({ v: 2, writer, owner, at: 1_790_000_000_100, facts });
  const cutOff = [...begun, write("a.1", "i-1", [step])];
  expect(costOf(viewOf(cutOff)).attempts).toBe(0);
  const again = [...cutOff, write("b.1", "i-2", [{ kind: "SUCCEEDED", id: "1" }])];
  expect(costOf(viewOf(again))).toMatchObject({ attempts: 1, runs: 2, processes: ["5f0c", "a", "b"] });
});

describe("in words", () => {
  test("one of a kind and several, operations that were copied, and large numbers", () => {
    expect(operationsText({ ...nothing, operations: 1, attempts: 1 })).toBe("1, 1 attempt");
    expect(operationsText({ ...nothing, operations: 1200, attempts: 3, copied: 2 })).toBe(
      "1,200, 3 attempts, 2 more copied",
    );
    expect(runsText({ ...nothing, runs: 1, processes: ["a"] })).toBe("1 time from the top, in 1 process");
    expect(runsText(example)).toBe("2 times from the top, in 2 processes");
  });

  test("a log in characters, and a long one in kilobytes", () => {
    expect(logText({ ...nothing, commits: 1, characters: 1 })).toBe("1 row, 1 character");
    expect(logText({ ...nothing, commits: 2, characters: 9_999 })).toBe("2 rows, 9,999 characters");
    expect(logText({ ...nothing, commits: 2, characters: 10_499 })).toBe("2 rows, 10 KB");
  });

  test("of the processes the newest three, and how many came before", () => {
    expect(processesText({ ...nothing, processes: ["0123456789", "b"] })).toBe("01234567, b");
    expect(processesText({ ...nothing, processes: ["a", "b", "c", "d", "e"] })).toBe("c, d, e, and 2 before");
  });
});
