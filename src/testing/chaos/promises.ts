/** The promises by name, each asked of what is left when everything is over. */

import type { Archive } from "./archive.ts";
import type { Acknowledged } from "./answers.ts";
import type { Act } from "./act.ts";
import { mismatch } from "./expectation.ts";
import type { Recorded } from "./recorded.ts";
import type { PromiseName } from "./violations.ts";
import { brokenPromises } from "../run-checks.ts";
import type { MemoryStore } from "../../adapters/memory/memory-store.ts";
import type { Fact } from "../../engine/model/commit.ts";
import { isSettled } from "../../engine/model/operation.ts";

const DAY_MS = 86_400_000;

/** The remains of a finished run. */
export interface Evidence {
  readonly archive: Archive;
  readonly disk: MemoryStore;
  readonly acknowledged: readonly Acknowledged[];
  /** Tags whose start was acknowledged. */
  readonly started: ReadonlySet<string>;
  /** Names that were asked to stop. */
  readonly stopped: ReadonlySet<string>;
  readonly programs: ReadonlyMap<string, readonly Act[]>;
  readonly timesOut: boolean;
  /** The number of outside events that may cost commits: faults, processes, wakes. */
  readonly events: number;
}

/** A promise, and what breaks it, in words. */
export interface Promised {
  readonly promise: PromiseName;
  readonly broken: (evidence: Evidence) => Iterable<string>;
}

export const promises: readonly Promised[] = [
  { promise: "P4", broken: ({ archive }) => archive.all.flatMap(returningOwners) },
  { promise: "P5", broken: ({ acknowledged }) => lostAnswers(acknowledged) },
  { promise: "P8", broken: ({ archive }) => archive.all.flatMap(wrongStates) },
  { promise: "P10", broken: (evidence) => evidence.archive.all.flatMap((one) => tooManyCommits(one, evidence.events)) },
  { promise: "P14", broken: ({ archive }) => archive.all.flatMap(breaches) },
  {
    promise: "P15",
    broken: (evidence) => evidence.archive.all.flatMap((recorded) => wrongOutcome(recorded, evidence)),
  },
  { promise: "PAUSE", broken: ({ archive }) => archive.all.flatMap(begunWhilePaused) },
  { promise: "FORK", broken: ({ archive }) => archive.all.flatMap((fork) => wrongCopies(fork, archive)) },
  { promise: "START", broken: lostStarts },
  { promise: "DIRECTORY", broken: wrongRows },
];

/** An owner that another one has replaced never writes again. */
function returningOwners({ id, commits }: Recorded): string[] {
  const broken: string[] = [];
  const replaced = new Set<string>();
  let current: string | undefined;
  for (const [index, { owner }] of commits.entries()) {
    if (owner === undefined || owner === current) continue;
    if (replaced.has(owner)) broken.push(`${id}: commit ${index + 1} is by an owner that was replaced`);
    if (current !== undefined) replaced.add(current);
    current = owner;
  }
  return broken;
}

function wrongStates(recorded: Recorded): string[] {
  return recorded.corruption === undefined ? brokenPromises(recorded) : [recorded.corruption];
}

function* lostAnswers(acknowledged: readonly Acknowledged[]): Generator<string> {
  for (const { recorded, operationId, callbackId, text } of acknowledged) {
    const operation = recorded.state.operations.get(operationId);
    // A callback that was opened behind the point to which the execution was taken back is closed, its answer undone.
    const isUndone =
      recorded.rewinds.length > 0 && !(operation?.type === "CALLBACK" && operation.callbackId === callbackId);
    if (isUndone) continue;
    const found = operation?.error?.errorMessage ?? operation?.result;
    if (operation === undefined || !isSettled(operation.status) || found !== text)
      yield `${recorded.id}: "${text}" was acknowledged, the log says ${operation?.status} ${found}`;
  }
}

/** Far above what any program needs, and far below what two that take turns without getting anywhere write. */
function tooManyCommits({ id, commits, state, undone }: Recorded, events: number): string[] {
  const operations = state.operations.size + undone;
  const most = 30 + 12 * operations + 4 * events;
  return commits.length > most ? [`${id} has ${commits.length} commits for ${operations} operations`] : [];
}

function breaches({ id, commits }: Recorded): string[] {
  return commits.flatMap(({ facts }) =>
    facts.flatMap((fact) =>
      fact.kind === "HALTED" && fact.reason === "NON_DETERMINISM"
        ? [`${id} was halted: ${fact.error.errorMessage}`]
        : [],
    ),
  );
}

function wrongOutcome({ id, tag, state, rewinds }: Recorded, evidence: Evidence): string[] {
  const { programs, stopped, timesOut } = evidence;
  const { status, result, error, name, parent, forkedFrom } = state.header;
  // A callee's value is part of its caller's.
  if (status === "RUNNING" || parent !== undefined) return [];
  if (status === "STOPPED" && stopped.has(name)) return [];
  if (status === "TIMED_OUT" && timesOut) return [];
  const acts = programs.get(tag);
  // The program of a callee is part of its caller's.
  if (status === "SUCCEEDED" && acts === undefined && forkedFrom !== undefined) return [];
  if (status !== "SUCCEEDED" || acts === undefined)
    return timesOut && status === "FAILED" ? [] : [`${id} as ${tag} ended as ${status} ${error?.errorMessage ?? ""}`];
  // Rewound, it has a timeout of its own again; a callee's may be over.
  if (timesOut && rewinds.length > 0) return [];
  const wrong = mismatch(acts, result === undefined ? undefined : JSON.parse(result), tag);
  return wrong === undefined ? [] : [`${id} as ${tag}: ${wrong}`];
}

/**
 * Finds operations that began during a pause. Running functions come to their end then; no timer fires, and nothing
 * else begins.
 */
function begunWhilePaused(recorded: Recorded): string[] {
  const { id, commits } = recorded;
  return commits.flatMap(({ facts }, index) =>
    recorded.isPausedAt(index)
      ? beginnings(recorded, facts).map((what) => `${id}, commit ${index + 1}: ${what} in a pause`)
      : [],
  );
}

/** Contexts are the places of outcomes, and a step's function may have begun before the pause: `Chronicle` sees if not. */
const MAY_BE_RECORDED: readonly (string | undefined)[] = ["CONTEXT", "STEP"];

function beginnings({ state: { operations } }: Recorded, facts: readonly Fact[]): string[] {
  return facts.flatMap((fact) => {
    if (!("id" in fact)) return [];
    const ends = facts.some((other) => "id" in other && other.id === fact.id && other.kind !== "STARTED");
    const begins = fact.kind === "STARTED" && "type" in fact && !MAY_BE_RECORDED.includes(fact.type) && !ends;
    const type = operations.get(fact.id)?.type;
    // That of an invoke is its callee's, which is not paused.
    const timesOut = fact.kind === "TIMED_OUT" && type !== "CHAINED_INVOKE";
    const fires = fact.kind === "READY" || timesOut || (type === "WAIT" && fact.kind === "SUCCEEDED");
    return begins || fires ? [`${fact.kind} ${fact.id}`] : [];
  });
}

/** Finds operations of a fork that differ from those of its source, unless the source has rewound them since. */
function wrongCopies({ id, commits, state }: Recorded, archive: Archive): string[] {
  const { forkedFrom } = state.header;
  const source = forkedFrom === undefined ? undefined : archive.of(forkedFrom.incarnation);
  if (source === undefined || source.rewinds.length > 0) return [];
  const copied = (commits[0]?.facts ?? []).flatMap((fact) => (fact.kind === "COPIED" ? fact.commits : []));
  return copied
    .flatMap(({ facts }) => facts)
    .flatMap((fact) => {
      if (fact.kind !== "SUCCEEDED") return [];
      const found = source.state.operations.get(fact.id);
      const isSame = found?.status === "SUCCEEDED" && found.result === fact.result;
      return isSame ? [] : [`${id} has ${fact.id} with ${fact.result}, its source with ${found?.status}`];
    });
}

function* lostStarts({ archive, started }: Evidence): Generator<string> {
  const tags = new Set(archive.all.map(({ tag }) => tag));
  for (const tag of started) if (!tags.has(tag)) yield `the start of ${tag} was acknowledged and is lost`;
}

function* wrongRows({ archive, disk }: Evidence): Generator<string> {
  for (const recorded of archive.all) {
    const { id, incarnation, state, isRemoved } = recorded;
    const row = disk.row(id);
    if (isRemoved || row?.incarnation !== incarnation) continue;
    const { status, version, endedAt, halt, retentionDays } = state.header;
    const expiresAt = endedAt === undefined ? undefined : endedAt + retentionDays * DAY_MS;
    const expected = { status, version, endedAt, expiresAt, halted: halt === undefined ? undefined : true };
    const found = {
      status: row.status,
      version: row.version,
      endedAt: row.endedAt,
      expiresAt: row.expiresAt,
      halted: row.halted || undefined,
    };
    if (JSON.stringify(found) !== JSON.stringify(expected))
      yield `${id}: the row says ${JSON.stringify(found)}, the log ${JSON.stringify(expected)}`;
  }
}
