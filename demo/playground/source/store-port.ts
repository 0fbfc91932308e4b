/**
 * The storage as a sandboxed worker may use it: named methods, checked arguments, and of all executions those that the
 * worker was given or has started itself. Code that breaks out of its function, and speaks to the page in the engine's
 * place, still reaches nothing else.
 */

import {
  decodeForeignCommit,
  type DirectoryRow,
  type DirectoryScan,
  ExecutionStatus,
  type ExecutionStore,
  ForeignLog,
  HaltReason,
  type ReadOptions,
  type Tags,
} from "perdure/engine";
import { STORE_METHODS, type StoreMethod } from "../sandbox/protocol.ts";

/** The worker asked for what it may not have. */
export class RefusedCallError extends Error {
  override readonly name = "RefusedCallError";
}

export interface StorePortOptions {
  /** An execution is about to be started through this port. Absent for a port that may start none. */
  readonly onCreating?: (executionId: string) => void;
  /** True if an existing execution belongs to the worker: it may be one that ended before the worker began. */
  readonly isOwn?: (executionId: string) => boolean;
}

type Arguments = readonly unknown[];

export class StorePort {
  readonly #store: ExecutionStore;
  readonly #granted = new Set<string>();
  readonly #onCreating: ((executionId: string) => void) | undefined;
  readonly #isOwn: (executionId: string) => boolean;

  constructor(store: ExecutionStore, { onCreating, isOwn = () => false }: StorePortOptions = {}) {
    this.#store = store;
    this.#onCreating = onCreating;
    this.#isOwn = isOwn;
  }

  /** From now on the worker may read this execution and go on with it. */
  grant(executionId: string): void {
    this.#granted.add(executionId);
  }

  has(executionId: string): boolean {
    return this.#granted.has(executionId);
  }

  /** @throws {RefusedCallError} for anything but a right call on an execution of this port. */
  async serve(method: unknown, args: unknown): Promise<unknown> {
    const name = STORE_METHODS.find((each) => each === method);
    if (name === undefined || !Array.isArray(args)) throw new RefusedCallError("The storage has no such method here.");
    return this.#methods[name](args);
  }

  readonly #methods: Readonly<Record<StoreMethod, (args: Arguments) => unknown>> = {
    create: ([row, body]) => this.#create(...birthOf(rowOf(row), text(body))),
    append: ([id, seq, body, incarnation]) =>
      this.#store.append(this.#mine(id), number(seq, 2), commitText(body), text(incarnation)),
    read: ([id, from, options]) => this.#store.read(this.#mine(id), number(from, 1), readOptions(options)),
    putRow: ([row]) => {
      const checked = rowOf(row);
      this.#mine(checked.id);
      return this.#store.putRow(checked);
    },
    list: ([scan]) => this.#list(scanOf(scan)),
    keepSnapshot: ([id, snapshot, incarnation]) =>
      this.#store.keepSnapshot(this.#mine(id), text(snapshot), text(incarnation)),
    snapshot: ([id, incarnation]) => this.#store.snapshot(this.#mine(id), text(incarnation)),
  };

  async #create(row: DirectoryRow, body: string): Promise<"created" | "exists"> {
    if (this.#onCreating === undefined) throw new RefusedCallError("No execution is started here.");
    if ((await this.#store.read(row.id, 1, { limit: 1 })) !== undefined) return this.#known(row);
    // Before it is there: whose it is must be known whenever it can be found.
    this.#onCreating(row.id);
    const answer = await this.#store.create(row, body);
    if (answer === "exists") return this.#known(row);
    this.#granted.add(row.id);
    return answer;
  }

  /** A start by a name that was taken before gets the outcome of the earlier one, if it belongs to this worker. */
  #known({ id, name }: DirectoryRow): "exists" {
    if (this.#isOwn(id)) this.#granted.add(id);
    if (this.#granted.has(id)) return "exists";
    throw new RefusedCallError(`The name "${name}" is taken, by an execution that is not one of this code's.`);
  }

  /** A page without a row of its own says that there are no more: pages are read on until one has some. */
  async #list(scan: DirectoryScan): Promise<readonly DirectoryRow[]> {
    const mine: DirectoryRow[] = [];
    for (let after = scan.after; ; ) {
      const rows = await this.#store.list(after === undefined ? scan : { ...scan, after });
      mine.push(...rows.filter(({ id }) => this.#granted.has(id)));
      after = rows.at(-1);
      if (rows.length < scan.limit || after === undefined || mine.length >= scan.limit) {
        return mine.slice(0, scan.limit);
      }
    }
  }

  #mine(id: unknown): string {
    const known = text(id);
    if (!this.#granted.has(known)) throw new RefusedCallError("This execution is not one of this worker's.");
    return known;
  }
}

const LATEST = 8.64e15;

function text(value: unknown): string {
  if (typeof value !== "string") throw new RefusedCallError("A text was expected.");
  return value;
}

/** Of what stands in a row, in UTF-16 code units: lists show it. */
const LONGEST = 300;

function short(value: unknown): string {
  const known = text(value);
  if (known.length > LONGEST) throw new RefusedCallError("A shorter text was expected.");
  return known;
}

function number(value: unknown, least: number): number {
  if (!Number.isSafeInteger(value) || Number(value) < least) throw new RefusedCallError("A number was expected.");
  return Number(value);
}

/** Moments, ms since the epoch, that a date can be made of. */
function moment(value: unknown): number {
  const at = Number(value);
  if (typeof value !== "number" || !(Math.abs(at) <= LATEST)) throw new RefusedCallError("A time was expected.");
  return at;
}

/** A row that says something else than its log would show, and lead to, another execution. */
function birthOf(row: DirectoryRow, body: string): readonly [row: DirectoryRow, body: string] {
  const log = new ForeignLog();
  log.add(body);
  const { id, incarnation, version } = log.state.header;
  if (row.id === id && row.incarnation === incarnation && row.version === version) return [row, body];
  throw new RefusedCallError("The row is of another execution.");
}

/** A text that is no commit would keep the page from showing the execution. */
function commitText(value: unknown): string {
  const body = text(value);
  decodeForeignCommit(body);
  return body;
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw new RefusedCallError("An object was expected.");
  return value as Readonly<Record<string, unknown>>;
}

function statusOf(value: unknown): ExecutionStatus {
  const status = Object.values(ExecutionStatus).find((each) => each === value);
  if (status === undefined) throw new RefusedCallError("A status was expected.");
  return status;
}

function haltReasonOf(value: unknown): HaltReason {
  const reason = Object.values(HaltReason).find((each) => each === value);
  if (reason === undefined) throw new RefusedCallError("A reason of a halt was expected.");
  return reason;
}

/** More than an execution can have. */
const MOST_TAGS = 20;

function tagsOf(value: unknown): Tags {
  const tags = Object.entries(object(value)).map(([key, tag]) => [short(key), short(tag)]);
  if (tags.length > MOST_TAGS) throw new RefusedCallError("Fewer tags were expected.");
  return Object.fromEntries(tags);
}

function rowOf(value: unknown): DirectoryRow {
  const { id, functionName, name, version, incarnation, seq, status, startedAt, endedAt, expiresAt, halted } =
    object(value);
  const { haltReason, haltedAt, startAt, tags } = object(value);
  const row: DirectoryRow = {
    id: short(id),
    functionName: short(functionName),
    name: short(name),
    version: short(version),
    incarnation: short(incarnation),
    seq: number(seq, 0),
    status: statusOf(status),
    startedAt: moment(startedAt),
    ...(endedAt !== undefined && { endedAt: moment(endedAt) }),
    ...(expiresAt !== undefined && { expiresAt: moment(expiresAt) }),
    ...(halted === true && { halted }),
    ...(haltReason !== undefined && { haltReason: haltReasonOf(haltReason) }),
    ...(haltedAt !== undefined && { haltedAt: moment(haltedAt) }),
    ...(startAt !== undefined && { startAt: moment(startAt) }),
    ...(tags !== undefined && { tags: tagsOf(tags) }),
  };
  if (row.id !== `${row.functionName}/${row.name}`) throw new RefusedCallError("The row is of another execution.");
  return row;
}

function readOptions(value: unknown): ReadOptions | undefined {
  if (value === undefined) return undefined;
  const { incarnation, limit } = object(value);
  return {
    ...(incarnation !== undefined && { incarnation: text(incarnation) }),
    ...(limit !== undefined && { limit: number(limit, 1) }),
  };
}

function scanOf(value: unknown): DirectoryScan {
  const { functionName, status, name, reverse, after, limit } = object(value);
  return {
    limit: Math.min(number(limit, 1), MOST_ROWS),
    ...(functionName !== undefined && { functionName: text(functionName) }),
    ...(status !== undefined && { status: statusOf(status) }),
    ...(name !== undefined && { name: text(name) }),
    ...(reverse === true && { reverse }),
    ...(after !== undefined && { after: placeOf(object(after)) }),
  };
}

const MOST_ROWS = 1_001;

function placeOf({ startedAt, id }: Readonly<Record<string, unknown>>): NonNullable<DirectoryScan["after"]> {
  return { startedAt: moment(startedAt), id: text(id) };
}
