/** The simulation's checks of an operator's work, on logs made by hand. */

import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../adapters/memory/memory-store.ts";
import { encodeCommit } from "../../engine/machine/commit-codec.ts";
import type { CopiedCommit, Fact } from "../../engine/model/commit.ts";
import { Archive } from "./archive.ts";
import { type Evidence, promises } from "./promises.ts";
import type { PromiseName } from "./violations.ts";

const AT = 1_767_225_600_000;
const waits: Fact = { kind: "STARTED", id: "1", type: "WAIT", waitSeconds: 1, dueAt: AT };
const slept: Fact = { kind: "SUCCEEDED", id: "1" };
const begun: Fact = { kind: "STARTED", id: "2", type: "STEP", name: "charge" };
const charged: Fact = { kind: "SUCCEEDED", id: "2", result: '"charged"' };
const paused: Fact = { kind: "HALTED", reason: "PAUSED", error: { errorType: "ExecutionPaused", errorMessage: "" } };

class World {
  readonly #disk = new MemoryStore();
  readonly #archive = new Archive(this.#disk, () => undefined);

  /** Writes a log, of which the first commit starts the execution. */
  write(name: string, commits: readonly (readonly Fact[])[], from?: string): this {
    const incarnation = `i-${name}`;
    const input = JSON.stringify({ tag: "e0#1", acts: [] });
    const started = {
      ...({
        kind: "EXECUTION_STARTED",
        name,
        incarnation,
        functionName: "main",
        version: "1",
        retentionDays: 1,
        input,
      } as const),
      ...(from !== undefined && {
        forkedFrom: { executionId: `main/${from}`, incarnation: `i-${from}`, version: "1", cursor: 1 },
      }),
    } as const;
    const row = { id: `main/${name}`, incarnation, name, functionName: "main", version: "1" };
    const [first = [], ...others] = commits;
    const body = (facts: readonly Fact[]): string => encodeCommit({ v: 3, writer: "w", at: AT, facts });
    this.#archive.create({ ...row, seq: 1, status: "RUNNING", startedAt: AT }, body([started, ...first]), "p1");
    for (const [index, facts] of others.entries())
      this.#archive.append({ id: row.id, seq: index + 2, body: body(facts), incarnation }, "p1");
    return this;
  }

  broken(promise: PromiseName): string[] {
    const evidence = { archive: this.#archive } as Evidence;
    return promises.filter((each) => each.promise === promise).flatMap((each) => [...each.broken(evidence)]);
  }
}

describe("a pause", () => {
  test("lets what runs come to its end", () => {
    const world = new World().write("e0", [[waits], [paused], [begun], [charged], [{ kind: "RESUMED" }], [slept]]);
    expect(world.broken("PAUSE")).toEqual([]);
  });

  test("in which a timer fires or something is asked for is told of", () => {
    const asked: Fact = { kind: "STARTED", id: "2", type: "CALLBACK", callbackId: "c" };
    const world = new World().write("e0", [[waits], [paused], [slept], [asked]]);
    expect(world.broken("PAUSE")).toEqual([
      "main/e0, commit 3: SUCCEEDED 1 in a pause",
      "main/e0, commit 4: STARTED 2 in a pause",
    ]);
  });
});

describe("a fork", () => {
  const fork = (...facts: readonly Fact[]): readonly Fact[] => {
    const commits = [{ at: AT, facts }] as readonly CopiedCommit[];
    return [{ kind: "COPIED", commits }];
  };

  test("begins with what its source has", () => {
    const world = new World().write("e0", [[begun], [charged]]).write("fork1", [fork(begun, charged)], "e0");
    expect(world.broken("FORK")).toEqual([]);
  });

  test("that begins with anything else is told of", () => {
    const other: Fact = { kind: "SUCCEEDED", id: "2", result: '"refunded"' };
    const world = new World().write("e0", [[begun], [charged]]).write("fork1", [fork(begun, other)], "e0");
    expect(world.broken("FORK")).toEqual(['main/fork1 has 2 with "refunded", its source with SUCCEEDED']);
  });
});
