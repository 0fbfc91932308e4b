import type { MemoryStore } from "../../adapters/memory/memory-store.ts";
import type {
  DirectoryRow,
  DirectoryScan,
  ExecutionStore,
  LogPage,
  ReadOptions,
} from "../../engine/ports/execution-store.ts";
import { chain, type MaybePromise } from "../../engine/ports/maybe-promise.ts";
import type { AppendAnswer, Archive } from "./archive.ts";
import type { Gate } from "./gate.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Link, LinkRequest } from "./link.ts";
import type { Recorded } from "./recorded.ts";

export interface RemoteStoreOptions {
  /** The process that this is the store of. */
  readonly process: string;
  readonly disk: MemoryStore;
  readonly archive: Archive;
  readonly gate: Gate;
  readonly link: Link;
  readonly knowledge: Knowledge;
  /** Told of each call before it is made: the outside may act in the middle of what the process does. */
  readonly onCall: () => void;
}

const ROW_RISK = 5;

/** The one disk as one process sees it: late, out of order, and not always. */
export class RemoteStore implements ExecutionStore {
  readonly #options: RemoteStoreOptions;
  /** Logs of which a page has been read that was not the last. */
  readonly #beingRead = new Map<string, Recorded>();

  constructor(options: RemoteStoreOptions) {
    this.#options = options;
  }

  create(row: DirectoryRow, body: string): MaybePromise<"created" | "exists"> {
    const { archive, process } = this.#options;
    const kept = { ...row };
    const created = this.#write(() => archive.create(kept, body, process));
    return chain(created, (answer) => {
      if (answer === "created") this.#options.knowledge.learn(row.incarnation, 1);
      return answer;
    });
  }

  append(id: string, seq: number, body: string, incarnation: string): MaybePromise<AppendAnswer> {
    const { archive, knowledge, process } = this.#options;
    const appended = this.#write(() => archive.append({ id, seq, body, incarnation }, process));
    return chain(appended, (answer) => {
      if (answer === "appended") knowledge.learn(archive.current(id)?.incarnation ?? incarnation, seq);
      return answer;
    });
  }

  read(id: string, from: number, options?: ReadOptions): MaybePromise<LogPage | undefined> {
    const { archive, disk } = this.#options;
    let found: Recorded | undefined;
    const page = this.#call("read", { changes: false }, () => {
      found = archive.current(id);
      return disk.read(id, from, options);
    });
    return chain(page, (answer) => {
      // A log of several pages is known when the last one is, and one that is gone on the way had ended.
      if (answer === undefined) this.#learn(id, undefined, 0);
      else if (answer.next === undefined) this.#learn(id, found, from - 1 + answer.bodies.length);
      else if (found !== undefined) this.#beingRead.set(id, found);
      return answer;
    });
  }

  #learn(id: string, found: Recorded | undefined, seq: number): void {
    const begun = this.#beingRead.get(id);
    this.#beingRead.delete(id);
    const { knowledge } = this.#options;
    if (found !== undefined) knowledge.learn(found.incarnation, seq);
    if (begun !== undefined && begun !== found) knowledge.learn(begun.incarnation, begun.log.length);
  }

  putRow(row: DirectoryRow): MaybePromise<void> {
    const kept = { ...row };
    // There are few of them for each execution, and what comes of two that overtake each other is seen at the end only.
    return this.#call("row", { changes: true, risk: ROW_RISK }, () => this.#options.disk.putRow(kept));
  }

  list(scan: DirectoryScan): MaybePromise<readonly DirectoryRow[]> {
    return this.#call("read", { changes: false }, () => this.#options.disk.list(scan));
  }

  expired(now: number, limit: number): MaybePromise<readonly DirectoryRow[]> {
    return this.#call("read", { changes: false }, () => this.#options.disk.expired(now, limit));
  }

  keepSnapshot(id: string, snapshot: string, incarnation: string): MaybePromise<void> {
    return this.#write(() => this.#options.disk.keepSnapshot(id, snapshot, incarnation));
  }

  snapshot(id: string, incarnation: string): MaybePromise<string | undefined> {
    return this.#call("read", { changes: false }, () => this.#options.disk.snapshot(id, incarnation));
  }

  remove(id: string, incarnation: string): MaybePromise<void> {
    return this.#write(() => this.#options.archive.remove(id, incarnation));
  }

  #write<T>(run: () => MaybePromise<T>): MaybePromise<T> {
    return this.#call("write", { changes: true }, run);
  }

  #call<T>(what: string, kind: Pick<LinkRequest<T>, "changes" | "risk">, run: () => MaybePromise<T>): MaybePromise<T> {
    const { gate, link, onCall } = this.#options;
    onCall();
    return gate.call(() => (kind.changes && link.isFull ? link.refuseFull<T>() : link.send({ what, ...kind, run })));
  }
}
