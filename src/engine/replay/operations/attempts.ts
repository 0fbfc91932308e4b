/**
 * A user function that is tried until it has an outcome: the life that steps and conditions share. They differ in what
 * one attempt means, which is the `body`.
 *
 * START is written with the next thing that is written anyway, unless the function must run at most once per attempt:
 * then it runs only after its START is recorded.
 */

import type { Failure } from "../../model/failure.ts";
import type { Operation, StepOperation } from "../../model/operation.ts";
import type { MaybePromise } from "../../ports/maybe-promise.ts";
import type { Handover, Taker } from "../delivery.ts";
import { StepInterruptedError } from "../faults.ts";
import type { Opening } from "../opening.ts";
import type { Scope } from "../scope.ts";
import { afterCaller } from "./settle.ts";

/** What one attempt came to. */
export type Verdict =
  | { readonly type: "succeed"; readonly payload: string | undefined }
  | { readonly type: "fail"; readonly error: Failure }
  | {
      readonly type: "retry";
      readonly delaySeconds: number;
      readonly error?: Failure;
      readonly payload?: string | undefined;
    }
  /** The retry strategy itself threw: the caller gets that error and nothing is recorded. */
  | { readonly type: "broken"; readonly error: unknown };

export interface AttemptBody {
  readonly atMostOnce: boolean;
  /** Runs attempt `attempt` (from 1) and says once what it came to. */
  run(attempt: number, decide: (verdict: Verdict) => void): void;
  /** What an attempt that was cut off came to. */
  interrupted(error: StepInterruptedError, attempt: number): Verdict;
  prepare(operation: Operation): MaybePromise<Handover>;
  reject(error: unknown): void;
}

export class Attempts implements Taker {
  readonly scope: Scope;
  readonly #opening: Opening;
  readonly #body: AttemptBody;
  #attempt = 1;
  #awaitsStart = false;

  constructor(opening: Opening, body: AttemptBody) {
    this.scope = opening.scope;
    this.#opening = opening;
    this.#body = body;
  }

  /** Goes on from what is recorded. */
  begin(): void {
    const stored = this.#opening.stored as StepOperation | undefined;
    this.scope.invocation.delivery.register(this.#opening.key, this);
    this.scope.invocation.schedule();
    if (this.#opening.isSettled || this.scope.isRebuilding) return;
    this.#attempt = (stored?.attempt ?? 0) + 1;
    if (stored === undefined || stored.status === "READY") this.#start();
    else if (stored.status === "STARTED" && this.#body.atMostOnce)
      this.#conclude(this.#body.interrupted(new StepInterruptedError(), this.#attempt));
    else if (stored.status === "STARTED") this.#execute();
  }

  prepare(operation: Operation): MaybePromise<Handover> {
    return this.#body.prepare(operation);
  }

  progress(operation: Operation): void {
    if (this.scope.isClosed) return;
    if (this.#awaitsStart) {
      this.#awaitsStart = false;
      this.#execute();
    } else if (operation.status === "READY") {
      this.#attempt = (operation as StepOperation).attempt + 1;
      this.#start();
    }
  }

  #start(): void {
    const { atMostOnce } = this.#body;
    this.scope.invocation.record(this.#opening.update("START"), atMostOnce);
    if (atMostOnce) this.#awaitsStart = true;
    else this.#execute();
  }

  #execute(): void {
    const { host } = this.scope.invocation;
    this.scope.startExecuting();
    const body = (): void =>
      this.#body.run(this.#attempt, (verdict) => {
        this.#conclude(verdict);
        this.scope.stopExecuting();
      });
    // One step behind contexts: what they start is recorded first.
    afterCaller(() => afterCaller(() => host.ambient.run(this, body)));
  }

  #conclude(verdict: Verdict): void {
    if (this.scope.isClosed) return;
    const { invocation } = this.scope;
    if (verdict.type === "broken") return this.#body.reject(verdict.error);
    if (verdict.type === "succeed")
      return invocation.record(this.#opening.update("SUCCEED", present("payload", verdict.payload)), true);
    if (verdict.type === "fail") return invocation.record(this.#opening.update("FAIL", { error: verdict.error }), true);
    const outcome = verdict.error === undefined ? present("payload", verdict.payload) : { error: verdict.error };
    invocation.record(
      this.#opening.update("RETRY", { nextAttemptDelaySeconds: verdict.delaySeconds, ...outcome }),
      true,
    );
  }

  /** Where the function that runs stands: for loggers, and to report a context that is used inside it. */
  get position(): string {
    return this.#opening.position;
  }

  get name(): string | undefined {
    return this.#opening.call.name;
  }

  get attempt(): number {
    return this.#attempt;
  }
}

function present(key: "payload", value: string | undefined): { payload?: string } {
  return value === undefined ? {} : { [key]: value };
}
