import type { CallbackOperation } from "../../engine/model/operation.ts";
import { type CallbackOutcome, type ClientError, ClientErrorCode } from "../../engine/runner/client.ts";
import type { Landing } from "./archive.ts";
import type { ChaosSystem } from "./chaos-system.ts";
import type { Outside } from "./outside.ts";
import type { Recorded } from "./recorded.ts";

/** An outcome of a callback that the outside was told had been taken. */
export interface Acknowledged {
  readonly recorded: Recorded;
  readonly operationId: string;
  readonly callbackId: string;
  readonly text: string;
}

interface Planned {
  readonly recorded: Recorded;
  readonly callback: CallbackOperation;
  readonly outcome: CallbackOutcome;
  readonly text: string;
}

const LONGEST_DELAY_MS = 20_000;
const DOUBLED = 0.2;
const FAILED = 0.25;
const UNANSWERED = 0.4;
const IN_FLIGHT = 0.03;
const MOST_HOPS = 4;

/**
 * Answers the callbacks that it sees in the logs: at once, when a timer falls due, in the middle of what a process
 * does, several in one microtask or a few apart, and sometimes more than one answer to a callback.
 */
export class Answers {
  readonly acknowledged: Acknowledged[] = [];
  readonly #system: ChaosSystem;
  readonly #outside: Outside;
  readonly #planned: Planned[] = [];
  #texts = 0;

  constructor(system: ChaosSystem, outside: Outside) {
    this.#system = system;
    this.#outside = outside;
  }

  get hasPlans(): boolean {
    return this.#planned.length > 0;
  }

  landed({ recorded, commit }: Landing): void {
    for (const fact of commit.facts) {
      if (fact.kind === "REWOUND") this.#planOpen(recorded);
      if (fact.kind !== "STARTED" || fact.callbackId === undefined) continue;
      const operation = recorded.state.operations.get(fact.id);
      if (operation?.type === "CALLBACK") this.#plan(recorded, operation);
    }
  }

  /** A process is in the middle of something. */
  called(): void {
    const { faults } = this.#system;
    if (this.#planned.length === 0 || !faults.happens("answer in flight", IN_FLIGHT)) return;
    // Never in the caller's own turn: no client is called back in the middle of a function.
    void Promise.resolve().then(() => this.give());
  }

  /** Gives some of the answers that are planned, one after the other and at most a few microtasks apart. */
  async give(): Promise<void> {
    const { random } = this.#system.faults;
    const given = this.#planned.splice(0, 1 + random.below(this.#planned.length));
    for (const planned of given) {
      this.#give(planned);
      for (let hops = random.below(MOST_HOPS); hops > 0; hops--) await Promise.resolve();
    }
  }

  /** Plans new answers for open callbacks: the earlier ones came in vain while the execution had ended. */
  #planOpen(recorded: Recorded): void {
    for (const id of recorded.state.callbacks.values()) {
      const operation = recorded.state.operations.get(id);
      if (operation?.type === "CALLBACK") this.#plan(recorded, operation);
    }
  }

  #plan(recorded: Recorded, callback: CallbackOperation): void {
    const { random } = this.#system.faults;
    const mayTimeOut = callback.timeoutSeconds !== undefined || callback.heartbeatTimeoutSeconds !== undefined;
    if (mayTimeOut && random.chance(UNANSWERED)) return;
    const name = nameOf(recorded, callback);
    const answers = random.chance(DOUBLED) ? 2 : 1;
    if (random.chance(0.15)) this.#add({ recorded, callback, outcome: { type: "HEARTBEAT" }, text: "a heartbeat" });
    for (let answer = 0; answer < answers; answer++) {
      const text = `answer:${recorded.tag}:${name}:${++this.#texts}`;
      const outcome: CallbackOutcome = random.chance(FAILED)
        ? { type: "FAILED", error: { errorType: "Refusal", errorMessage: text } }
        : { type: "SUCCEEDED", result: text };
      this.#add({ recorded, callback, outcome, text });
    }
  }

  /** Everything planned is given when its own time comes; what is planned later may go along. */
  #add(planned: Planned): void {
    const { world, faults } = this.#system;
    this.#planned.push(planned);
    if (faults.random.chance(0.2)) void Promise.resolve().then(() => this.give());
    world.timer(this.#timeFor(planned.recorded), () => void this.give());
  }

  /** Often when a timer of the execution falls due: late timers are then overtaken. */
  #timeFor({ state }: Recorded): number {
    const { world, faults } = this.#system;
    const { random } = faults;
    const due = state.timers.earliest?.at;
    if (due !== undefined && due > world.now() && random.chance(0.5))
      return due + random.below(random.chance(0.5) ? 1 : 200);
    return world.now() + random.below(random.chance(0.5) ? 50 : LONGEST_DELAY_MS);
  }

  #give({ recorded, callback, outcome, text }: Planned): void {
    const { callbackId, id: operationId } = callback;
    // A rewind opens what the end of an execution has closed, also while a refusal is on its way.
    let opening: number | undefined;
    this.#outside.ask({
      what: `complete ${nameOf(recorded, callback)} of ${recorded.id} with ${text}`,
      send: (client) => {
        opening = openingOf(recorded, callbackId);
        return client.completeCallback(callbackId, outcome);
      },
      done: () => {
        if (outcome.type !== "HEARTBEAT") this.acknowledged.push({ recorded, operationId, callbackId, text });
      },
      refused: (error) => {
        if (opening !== undefined && opening === openingOf(recorded, callbackId)) {
          this.#judge(error, { recorded, callback, outcome });
        }
        return true;
      },
    });
  }

  #judge({ code }: ClientError, { recorded, callback, outcome }: Omit<Planned, "text">): void {
    const operation = recorded.state.operations.get(callback.id);
    if (operation?.type !== "CALLBACK" || (code === ClientErrorCode.CALLBACK_CLOSED && this.#isOverdue(operation)))
      return;
    if (outcome.type === "HEARTBEAT" && code === ClientErrorCode.INVALID_PARAMETER) return;
    this.#system.violations.add(
      "P5",
      `callback ${operation.name} of ${recorded.id} is open, and was refused as ${code}`,
    );
  }

  #isOverdue({ timeoutAt = Infinity, heartbeatAt = Infinity }: CallbackOperation): boolean {
    const { world, scenario } = this.#system;
    return Math.min(timeoutAt, heartbeatAt) <= world.now() + scenario.skewMs;
  }
}

/** Tells the times that a callback is open from one another; undefined if it is closed. */
function openingOf({ isRemoved, state, rewinds }: Recorded, callbackId: string): number | undefined {
  return !isRemoved && state.callbacks.has(callbackId) ? rewinds.length : undefined;
}

/** The name of the act that made the callback. */
function nameOf({ state }: Recorded, { name, parentId }: CallbackOperation): string {
  const parent = parentId === undefined ? undefined : state.operations.get(parentId);
  return (parent?.subType === "WaitForCallback" ? parent.name : name) ?? "";
}
