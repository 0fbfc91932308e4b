/**
 * Takes an execution back to an earlier point. The copy that the execution goes on with is made of its whole log, which
 * must not have grown by the time that the rewind is recorded: so a running execution is paused first, and the log is
 * read on whenever it has grown.
 */

import { decodeCommit } from "../machine/commit-codec.ts";
import type { RewindExecution } from "../machine/command.ts";
import { copyOf, type CopyPoint, firstTags } from "../machine/copy.ts";
import { Limits } from "../machine/limits.ts";
import type { Commit } from "../model/commit.ts";
import type { Draft } from "../model/draft.ts";
import { isPausedForRewind } from "../model/execution.ts";
import type { ExecutionStore } from "../ports/execution-store.ts";
import { ClientError, ClientErrorCode } from "./client.ts";
import type { Session } from "./session.ts";

/** How often a rewind is tried while the log goes on. */
const MOST_TRIES = 100;

export interface RewindOrder {
  readonly operationId?: string;
  readonly cursor?: number;
  /** The registered version to go on in; that of the execution when undefined. */
  readonly version: string | undefined;
}

/** @throws {ClientError} as `ExecutionClient.rewind` does; TooManyRequestsException if the log goes on too fast. */
export async function rewindTo(session: Session, store: ExecutionStore, order: RewindOrder): Promise<void> {
  const plan = { order, point: pointOf(order), commits: [] };
  // Refused before anything has changed.
  await planned(session, store, plan);
  if (session.header.status === "RUNNING")
    await session.command({ type: "PAUSE", reason: "The execution is being rewound.", isForRewind: true });
  try {
    await rewindPaused(session, store, plan);
  } catch (error) {
    await goOn(session);
    throw error;
  }
}

interface Plan {
  readonly order: RewindOrder;
  readonly point: CopyPoint;
  /** The log as far as it was read. */
  readonly commits: Commit[];
}

async function rewindPaused(session: Session, store: ExecutionStore, plan: Plan): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const command = await planned(session, store, plan);
    if (await session.command(command)) return session.carryOut({ kind: "SHOW" });
  }
  const message = `Execution ${session.id} goes on while it is rewound. Try again.`;
  throw new ClientError(ClientErrorCode.THROTTLED, message);
}

/** After a rewind that failed. Another rewind that is under way needs no pause, only more tries without one. */
async function goOn(session: Session): Promise<void> {
  if (isPausedForRewind(session.header)) await session.resume(undefined).catch(() => {});
}

async function planned(session: Session, store: ExecutionStore, plan: Plan): Promise<RewindExecution> {
  const { order, point, commits } = plan;
  await readOn(session, store, commits);
  if (point.type === "COMMIT") requireReachable(commits, point.seq);
  const copied = copyOf(commits, point, { isOwn: true });
  if (copied === undefined)
    throw new ClientError(
      ClientErrorCode.NOT_FOUND,
      `Execution ${session.id} has no operation ${order.operationId}, or it was undone.`,
    );
  requireFitting(copied);
  const seq = commits.length;
  const cursor = point.type === "COMMIT" ? point.seq : seq;
  const command: Draft<RewindExecution> = { type: "REWIND", seq, cursor, commits: copied };
  if (order.operationId !== undefined) command.operationId = order.operationId;
  if (order.version !== undefined) command.version = order.version;
  const tags = firstTags(commits);
  if (tags !== undefined) command.tags = tags;
  return command;
}

async function readOn({ id, header }: Session, store: ExecutionStore, commits: Commit[]): Promise<void> {
  const { incarnation } = header;
  for (let next: number | undefined = commits.length + 1; next !== undefined; ) {
    const page = await store.read(id, next, { incarnation });
    for (const body of page?.bodies ?? []) commits.push(decodeCommit(body));
    next = page?.next;
  }
}

function pointOf({ operationId, cursor }: RewindOrder): CopyPoint {
  if ((operationId === undefined) === (cursor === undefined)) throw invalid("Name an operation or a commit.");
  if (operationId !== undefined) return { type: "OPERATION", id: operationId };
  if (!Number.isInteger(cursor)) throw invalid(`The commit is ${cursor}; it must be a whole number.`);
  return { type: "COMMIT", seq: cursor ?? 0 };
}

/** Before the execution was rewound, the id of an operation may have been another's. */
function requireReachable(commits: readonly Commit[], cursor: number): void {
  let first = 1;
  for (const [index, { facts }] of commits.entries()) if (facts[0]?.kind === "REWOUND") first = index + 1;
  if (cursor >= first && cursor <= commits.length) return;
  throw invalid(`The commit is ${cursor}; it must be a whole number from ${first} to ${commits.length}.`);
}

function requireFitting(copied: RewindExecution["commits"]): void {
  const limit = Limits.COPY_CHARACTERS;
  const size = JSON.stringify(copied).length;
  if (size > limit) throw invalid(`What it would go on from is ${size} characters; the limit is ${limit}.`);
}

function invalid(message: string): ClientError {
  return new ClientError(ClientErrorCode.INVALID_PARAMETER, message);
}
