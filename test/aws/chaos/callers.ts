/** What the outside wants: starts, some of them twice, stops, and answers to the callbacks that it sees in the logs. */

import type { CallbackOutcome } from "../../../src/engine/runner/client.ts";
import type { Act, Program } from "../../../src/testing/chaos/act.ts";
import type { Acknowledged } from "../../../src/testing/chaos/answers.ts";
import type { Landing } from "../../../src/testing/chaos/archive.ts";
import { type Approachable, Outside } from "../../../src/testing/chaos/outside.ts";
import { RandomActs } from "../../../src/testing/chaos/random-act.ts";
import type { Recorded } from "../../../src/testing/chaos/recorded.ts";

const LONGEST_BEFORE_START_MS = 3000;
const LONGEST_BEFORE_STOP_MS = 20_000;
const LONGEST_BEFORE_ANSWER_MS = 5000;
const LONGEST_STEP_MS = 2000;
const STARTED_TWICE = 0.3;
const STOPPED = 0.1;
const UNANSWERED = 0.4;
const FAILED = 0.25;
const DOUBLED = 0.2;

export class Callers {
  readonly programs: Map<string, readonly Act[]> = new Map();
  readonly started: Set<string> = new Set();
  readonly stopped: Set<string> = new Set();
  readonly acknowledged: Acknowledged[] = [];
  readonly #system: Approachable;
  readonly #outside: Outside;
  /** Part of each tag, and so of every value. */
  readonly #ballast: string;
  #later = 0;
  #texts = 0;

  constructor(system: Approachable, { ballast = "" }: { readonly ballast?: string } = {}) {
    this.#system = system;
    this.#ballast = ballast;
    this.#outside = new Outside(system);
  }

  /** What it has asked for and not been answered, in words. */
  get unanswered(): readonly string[] {
    return this.#outside.unanswered;
  }

  get hasPlans(): boolean {
    return this.#later > 0 || this.unanswered.length > 0;
  }

  /** One execution that performs these acts, at once. */
  start(acts: readonly Act[]): void {
    this.#start("e0", this.#program("e0", acts));
  }

  begin(executions: number): void {
    const { random } = this.#system.faults;
    for (let index = 0; index < executions; index++) {
      const name = `e${index}`;
      const program = this.#program(name, withinOneCall(new RandomActs(random).acts()));
      this.#in(LONGEST_BEFORE_START_MS, () => this.#start(name, program));
      if (random.chance(STARTED_TWICE)) this.#in(2 * LONGEST_BEFORE_START_MS, () => this.#start(name, program));
      if (random.chance(STOPPED)) this.#in(LONGEST_BEFORE_STOP_MS, () => this.#stop(name));
    }
  }

  landed({ recorded, commit }: Landing): void {
    for (const fact of commit.facts) {
      if (fact.kind === "STARTED" && fact.callbackId !== undefined) this.#answer(recorded, fact.id, fact.callbackId);
    }
  }

  #program(name: string, acts: readonly Act[]): Program {
    const program = { tag: `${name}#1${this.#ballast}`, acts };
    this.programs.set(program.tag, acts);
    return program;
  }

  #start(name: string, program: Program): void {
    this.#outside.ask({
      what: `start ${name}`,
      send: (client) => client.start({ functionName: "main", name, input: JSON.stringify(program) }),
      done: () => void this.started.add(program.tag),
      refused: () => false,
    });
  }

  #stop(name: string): void {
    this.stopped.add(name);
    this.#outside.ask({
      what: `stop ${name}`,
      send: (client) => client.stop(`main/${name}`),
      done: () => undefined,
      // It is not there yet.
      refused: () => false,
    });
  }

  #answer(recorded: Recorded, operationId: string, callbackId: string): void {
    const { random } = this.#system.faults;
    const operation = recorded.state.operations.get(operationId);
    if (operation?.type !== "CALLBACK") return;
    const mayTimeOut = operation.timeoutSeconds !== undefined || operation.heartbeatTimeoutSeconds !== undefined;
    if (mayTimeOut && random.chance(UNANSWERED)) return;
    const name = nameOf(recorded, operation);
    for (let answers = random.chance(DOUBLED) ? 2 : 1; answers > 0; answers--) {
      const text = `answer:${recorded.tag}:${name}:${++this.#texts}`;
      const outcome: CallbackOutcome = random.chance(FAILED)
        ? { type: "FAILED", error: { errorType: "Refusal", errorMessage: text } }
        : { type: "SUCCEEDED", result: text };
      this.#in(LONGEST_BEFORE_ANSWER_MS, () =>
        this.#outside.ask({
          what: `complete ${name} of ${recorded.id} with ${text}`,
          send: (client) => client.completeCallback(callbackId, outcome),
          done: () => void this.acknowledged.push({ recorded, operationId, callbackId, text }),
          refused: () => true,
        }),
      );
    }
  }

  #in(longestMs: number, task: () => void): void {
    const { world, faults } = this.#system;
    this.#later++;
    world.timer(world.now() + faults.random.below(longestMs), () => {
      this.#later--;
      task();
    });
  }
}

/** A step has to end within one call of the function. */
function withinOneCall(acts: readonly Act[]): readonly Act[] {
  const shortened = (key: string, value: unknown): unknown =>
    key === "takesMs" ? Math.min(value as number, LONGEST_STEP_MS) : value;
  return JSON.parse(JSON.stringify(acts), shortened) as readonly Act[];
}

/** The name of the act that made the callback. */
function nameOf({ state }: Recorded, { name, parentId }: { name?: string; parentId?: string }): string {
  const parent = parentId === undefined ? undefined : state.operations.get(parentId);
  return (parent?.subType === "WaitForCallback" ? parent.name : name) ?? "";
}
