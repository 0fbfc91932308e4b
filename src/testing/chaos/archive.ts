import type { MemoryStore } from "../../adapters/memory/memory-store.ts";
import type { Commit } from "../../engine/model/commit.ts";
import type { DirectoryRow } from "../../engine/ports/execution-store.ts";
import { Recorded } from "./recorded.ts";

export interface Landing {
  readonly recorded: Recorded;
  readonly commit: Commit;
  /** The process that wrote it, which may be gone by now. */
  readonly process: string;
}

/**
 * Everything that was ever written, removed logs included. It stands right before the disk and sees each write as it
 * lands, whoever has given up on it meanwhile.
 */
export class Archive {
  readonly #disk: MemoryStore;
  readonly #byIncarnation = new Map<string, Recorded>();
  readonly #onLanding: (landing: Landing) => void;

  constructor(disk: MemoryStore, onLanding: (landing: Landing) => void) {
    this.#disk = disk;
    this.#onLanding = onLanding;
  }

  get all(): readonly Recorded[] {
    return [...this.#byIncarnation.values()];
  }

  /** The incarnation that has the id now. */
  current(id: string): Recorded | undefined {
    const row = this.#disk.row(id);
    return row === undefined ? undefined : this.#byIncarnation.get(row.incarnation);
  }

  /** True if a fork, of this execution or of one of its forks, has the same program. */
  isForked({ tag }: Recorded): boolean {
    return this.all.some((other) => other.state.header.forkedFrom !== undefined && other.tag === tag);
  }

  of(incarnation: string): Recorded | undefined {
    return this.#byIncarnation.get(incarnation);
  }

  create(row: DirectoryRow, body: string, process: string): "created" | "exists" {
    const answer = this.#disk.create(row, body);
    if (answer === "created") {
      const recorded = new Recorded(row.id, row.incarnation);
      this.#byIncarnation.set(row.incarnation, recorded);
      this.#land(recorded, body, process);
    }
    return answer;
  }

  append(commit: { id: string; seq: number; body: string; incarnation: string }, process: string): AppendAnswer {
    const { id, seq, body, incarnation } = commit;
    const before = this.current(id);
    const answer = this.#disk.append(id, seq, body, incarnation);
    // By what is on the disk, not by what the writer says: a mistaken writer is to be seen.
    if (answer === "appended" && before !== undefined) this.#land(before, body, process);
    return answer;
  }

  remove(id: string, incarnation: string): void {
    const before = this.current(id);
    this.#disk.remove(id, incarnation);
    if (before !== undefined && this.#disk.row(id) === undefined) before.isRemoved = true;
  }

  #land(recorded: Recorded, body: string, process: string): void {
    const commit = recorded.land(body, process);
    this.#onLanding({ recorded, commit, process });
  }
}

export type AppendAnswer = "appended" | "taken" | "gone";
