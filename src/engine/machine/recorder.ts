/** An execution without a store: decides, encodes, decodes and folds, as a runner does. For tests of the machine. */

import type { Commit, Fact } from "../model/commit.ts";
import { formatOf } from "../model/commit.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { Operation } from "../model/operation.ts";
import type { OperationUpdate } from "../model/update.ts";
import type { Command, Decision, MachineRejection, StartExecution } from "./command.ts";
import { decodeCommit, encodeCommit } from "./commit-codec.ts";
import { decide } from "./decide.ts";
import { fold } from "./fold.ts";
import { historyOf } from "./history.ts";
import type { ExecutionState } from "./state.ts";
import { emptyState } from "./state.ts";

export class Recorder {
  readonly state: ExecutionState;
  /** The log, as a store would hold it. */
  readonly bodies: string[] = [];
  /** Milliseconds since the epoch; the test moves it. */
  now = 1_000_000;
  #ids = 0;

  constructor(options: { keepsAll?: boolean } = {}) {
    this.state = emptyState(options);
  }

  /** A recorder whose execution has started. */
  static started(command: Partial<StartExecution> = {}, options: { keepsAll?: boolean } = {}): Recorder {
    const recorder = new Recorder(options);
    recorder.apply({
      type: "START_EXECUTION",
      functionName: "order",
      name: "o-1",
      version: "1",
      retentionDays: 14,
      ...command,
    });
    return recorder;
  }

  decide(command: Command): Decision {
    return decide(this.state, command, { now: this.now, randomId: () => this.#randomId() });
  }

  /** Records a command that the machine accepts; without facts nothing is written. */
  apply(command: Command, owner?: string): Operation[] {
    const decision = this.decide(command);
    if ("rejected" in decision) throw new Error(`${decision.rejected.code}: ${decision.rejected.message}`);
    return decision.facts.length === 0 ? [] : this.append(decision.facts, owner);
  }

  /** Records an invocation's updates. */
  checkpoint(...updates: readonly OperationUpdate[]): Operation[] {
    return this.apply({ type: "CHECKPOINT", updates }, "owner");
  }

  /** Why the machine refuses a command. */
  refusal(command: Command): MachineRejection | undefined {
    const decision = this.decide(command);
    return "rejected" in decision ? decision.rejected : undefined;
  }

  /** Writes facts without asking the machine. */
  append(facts: readonly Fact[], owner?: string): Operation[] {
    const writer = `writer.${this.bodies.length}`;
    const commit: Commit = {
      v: formatOf(facts),
      writer,
      ...(owner !== undefined && { owner }),
      at: this.now,
      facts,
    };
    const body = encodeCommit(commit);
    const changed = fold(this.state, decodeCommit(body));
    this.bodies.push(body);
    return changed;
  }

  get commits(): Commit[] {
    return this.bodies.map(decodeCommit);
  }

  get history(): HistoryEvent[] {
    return [...historyOf(this.commits)];
  }

  /** The state that a reader of the log comes to. */
  refold(options: { keepsAll?: boolean } = {}): ExecutionState {
    const state = emptyState(options);
    for (const commit of this.commits) fold(state, commit);
    return state;
  }

  #randomId(): string {
    return (++this.#ids).toString(16).padStart(32, "0");
  }
}
