import { expect, test } from "vitest";
import type { Operation } from "../engine/model/operation.ts";
import { updatedOperations } from "./updated-operations.ts";

const common = { startedAt: 0, after: 0 } as const;
const wait = (id: string, delivery: number): Operation => ({
  ...{ ...common, id, type: "WAIT", status: "SUCCEEDED", waitSeconds: 1, dueAt: 1 },
  delivery,
});
const step = (id: string, status: "READY" | "STARTED" | "SUCCEEDED", delivery?: number): Operation => ({
  ...{ ...common, id, type: "STEP", status, attempt: 1 },
  ...(delivery !== undefined && { delivery }),
});

test("what has come from outside since the invocation before is updated, and a retry that has become due", () => {
  const journal = [
    wait("1", 1),
    step("2", "SUCCEEDED", 2),
    wait("3", 3),
    step("4", "SUCCEEDED", 4),
    step("5", "READY"),
    step("6", "STARTED"),
  ];
  expect(updatedOperations({ journal, heard: 2 }).map(({ id }) => id)).toEqual(["3", "5"]);
});
