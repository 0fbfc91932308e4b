/**
 * P9: histories of every released version replay on the newest. Each file under test/golden has the writes of one
 * execution as the version that wrote them left them, and what came of it. Files are added, never changed:
 * `PERDURE_WRITE_GOLDEN=1 npm test -- p09-golden` writes those that are missing.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { fold } from "../../src/engine/machine/fold.ts";
import { historyOf } from "../../src/engine/machine/history.ts";
import { violations } from "../../src/engine/machine/invariants.ts";
import { emptyState } from "../../src/engine/machine/state.ts";
import { LOG_FORMAT_VERSION } from "../../src/engine/model/commit.ts";
import type { Failure } from "../../src/engine/model/failure.ts";
import type { Tags } from "../../src/engine/model/tags.ts";
import { placeOf } from "../../src/engine/model/operation.ts";
import { histories, type History } from "./histories.ts";
import type { Write } from "./ledger.ts";
import { beforeEnd, replay } from "./replay.ts";
import { EXECUTION_ID, World } from "./world.ts";

const folder = join(import.meta.dirname, "../golden");

/** Where the histories of a program are: a commit is written in the oldest format that has its facts. */
function folderOf({ format = 2 }: History): string {
  return `v${format}`;
}

/** What is kept of an execution beside its writes. */
interface Outcome {
  readonly status: string;
  readonly result?: string;
  readonly error?: Failure;
  readonly tags?: Tags;
  readonly startAt?: number;
  /** The history that people read: type and operation of each event. */
  readonly events: readonly string[];
  /** Operations in the order in which their results reached user code. */
  readonly deliveries: readonly string[];
}

interface Golden {
  readonly outcome: Outcome;
  readonly writes: readonly Write[];
  readonly bodies: readonly string[];
}

function outcomeOf(bodies: readonly string[]): Outcome {
  const state = emptyState({ keepsAll: true });
  const commits = bodies.map(decodeCommit);
  for (const commit of commits) {
    fold(state, commit);
    expect(violations(state)).toEqual([]);
  }
  const deliveries: { place: number; number: number; what: string }[] = [];
  for (const operation of state.operations.values()) {
    const { id, delivery: number } = operation;
    const place = placeOf(operation);
    if (number !== undefined && place !== undefined) deliveries.push({ place, number, what: id });
    if (operation.type === "CALLBACK" && operation.opened !== undefined)
      deliveries.push({ place: operation.opened, number: operation.opened, what: `${id} opened` });
  }
  deliveries.sort((a, b) => a.place - b.place || a.number - b.number);
  const { status, result, error, tags, startAt } = state.header;
  return {
    status,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error }),
    ...(tags === undefined ? {} : { tags }),
    ...(startAt === undefined ? {} : { startAt }),
    events: [...historyOf(commits)].map(({ eventType, id, name }) => [eventType, id, name].join(" ")),
    deliveries: deliveries.map(({ what }) => what),
  };
}

function read(path: string, subject: string = EXECUTION_ID): Golden {
  const [first = "", ...rest] = readFileSync(path, "utf8").trimEnd().split("\n");
  const writes = rest.map((line) => JSON.parse(line) as Write);
  const bodies = writes.flatMap((write) => ("body" in write && idOf(write) === subject ? [write.body] : []));
  return { outcome: JSON.parse(first) as Outcome, writes, bodies };
}

function idOf(write: Write): string {
  return write.type === "create" || write.type === "putRow" ? write.row.id : write.id;
}

async function write(path: string, { options, happens, subject = EXECUTION_ID }: History): Promise<void> {
  const world = new World(options);
  await happens?.(world);
  await world.run();
  const lines = [outcomeOf(world.ledger.bodies(subject)), ...world.ledger.writes];
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

if (process.env["PERDURE_WRITE_GOLDEN"] === "1") {
  for (const [name, history] of Object.entries(histories)) {
    mkdirSync(join(folder, folderOf(history)), { recursive: true });
    const path = join(folder, folderOf(history), `${name}.jsonl`);
    if (!existsSync(path)) await write(path, history);
  }
}

const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".jsonl"));

test("P9 every program has a history of the format that it is written in, the newest among them", () => {
  const names = Object.entries(histories).map(([name, history]) => `${folderOf(history)}/${name}.jsonl`);
  expect(files.toSorted()).toEqual(expect.arrayContaining(names.toSorted()));
  expect(Math.max(...Object.values(histories).map(({ format = 2 }) => format))).toBe(LOG_FORMAT_VERSION);
});

test("P9 the histories of the newest format have every kind of fact", () => {
  const kinds = new Set<string>();
  for (const { writes } of files.map((path) => read(join(folder, path)))) {
    for (const write of writes)
      if ("body" in write) for (const { kind } of decodeCommit(write.body).facts) kinds.add(kind);
  }
  // CANCELLED is what other SDKs may ask for; perdure's own half never does.
  expect([...kinds].toSorted()).toEqual(FACTS);
});

const FACTS = [
  "COPIED",
  "EXECUTION_FAILED",
  "EXECUTION_STARTED",
  "EXECUTION_STOPPED",
  "EXECUTION_SUCCEEDED",
  "EXECUTION_TIMED_OUT",
  "FAILED",
  "FORKED",
  "HALTED",
  "HEARTBEAT",
  "INVOCATION_COMPLETED",
  "PARENT_NOTIFIED",
  "PURGED",
  "READY",
  "RESUMED",
  "RETRIED",
  "REWOUND",
  "STARTED",
  "STOPPED",
  "SUCCEEDED",
  "TIMED_OUT",
];

/** What the code comes to: an execution that was stopped or timed out was still waiting. */
function expectedOutput({ status, result, error }: Outcome): unknown {
  if (status === "SUCCEEDED") return { status, result };
  return status === "FAILED" ? { status, error } : { status: "PENDING" };
}

describe.each(files.toSorted())("P9 %s", (path) => {
  const name = path.slice(path.indexOf("/") + 1, -".jsonl".length);
  const { options, happens, subject } = histories[name] as History;
  const golden = read(join(folder, path), subject);

  test("leads to the same state, history and order", () => {
    expect(outcomeOf(golden.bodies)).toEqual(golden.outcome);
  });

  test("leads the code to the same result, and nothing runs or is recorded", async () => {
    const { output, updates, ran } = await replay(beforeEnd(golden.bodies), options.functions);
    expect(output).toEqual(expectedOutput(golden.outcome));
    expect(updates).toEqual([]);
    expect(ran).toEqual([]);
  });

  if (happens !== undefined) return;
  test("goes on to the same result from wherever it stood when the new version came", async () => {
    for (let length = 1; length < golden.writes.length; length++) {
      const world = new World({ ...options, prefix: golden.writes.slice(0, length), checksInvariants: false });
      await world.run();
      expect([length, world.header?.result]).toEqual([length, golden.outcome.result]);
    }
  });
});
