/**
 * The invocations of one call of a Lambda function, which must end before the call does. One that leaves ends as if it
 * had suspended with something left to look at, and goes on in another call from what is recorded.
 *
 * 1. An invocation that may still finish a step is given the time for it: first one leaves when it has recorded
 *    something and no step of it is known to run, later in any case. A step that is cut off runs again.
 * 2. Of an invocation that has left nothing is recorded any more but its end.
 */

import type { Operation } from "../../engine/model/operation.ts";
import type { OperationUpdate } from "../../engine/model/update.ts";
import { chain, type MaybePromise } from "../../engine/ports/maybe-promise.ts";
import type {
  DurableFunction,
  FunctionOutput,
  FunctionVersions,
  InvocationRequest,
  RegisteredFunction,
  RunningInvocation,
} from "../../engine/runner/function.ts";

export class Departures {
  readonly #onBegun: (request: InvocationRequest) => void;
  readonly #running = new Set<Departure>();
  #phase: "STAY" | "AFTER_STEPS" | "NOW" = "STAY";

  /** `onBegun` is told of each invocation before its function is called. */
  constructor(onBegun: (request: InvocationRequest) => void) {
    this.#onBegun = onBegun;
  }

  /** Nothing begins any more. */
  get areDue(): boolean {
    return this.#phase !== "STAY";
  }

  /** From now on an invocation leaves when it has recorded something, unless a step of it is known to run. */
  leaveAfterSteps(): void {
    this.#phase = "AFTER_STEPS";
  }

  /** Every invocation leaves. */
  leaveNow(): void {
    this.#phase = "NOW";
    for (const departure of [...this.#running]) departure.leave();
  }

  /** The functions, so that their invocations leave when they are told to. */
  ofFunctions(functions: ReadonlyMap<string, FunctionVersions>): ReadonlyMap<string, FunctionVersions> {
    return new Map(
      [...functions].map(([name, { latest, versions }]) => [
        name,
        { latest, versions: new Map([...versions].map(([version, target]) => [version, this.#leaving(target)])) },
      ]),
    );
  }

  #leaving(target: RegisteredFunction): RegisteredFunction {
    return target.kind === "plain" ? target : { kind: "durable", invoke: (request) => this.#invoke(target, request) };
  }

  #invoke(target: DurableFunction, request: InvocationRequest): RunningInvocation {
    this.#onBegun(request);
    const departure = new Departure(target, request, () => this.#phase === "AFTER_STEPS");
    this.#running.add(departure);
    void departure.output.then(() => this.#running.delete(departure));
    return departure;
  }
}

const LEFT: FunctionOutput = { status: "PENDING", again: true };

class Departure implements RunningInvocation {
  readonly output: Promise<FunctionOutput>;
  readonly #isDue: () => boolean;
  readonly #request: InvocationRequest;
  readonly #running: RunningInvocation;
  /** Steps that are recorded as begun and not as ended. */
  readonly #steps = new Set<string>();
  #end: (output: FunctionOutput) => void = () => undefined;

  constructor(target: DurableFunction, request: InvocationRequest, isDue: () => boolean) {
    this.#isDue = isDue;
    this.#request = request;
    this.output = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#running = target.invoke({ ...request, client: { checkpoint: (updates) => this.#checkpoint(updates) } });
    void this.#running.output.then((output) => this.#end(output));
  }

  absorb(operations: readonly Operation[]): boolean {
    return this.#running.absorb(operations);
  }

  leaveOff(): boolean {
    return this.#running.leaveOff();
  }

  abandon(): void {
    this.#running.abandon();
  }

  leave(): void {
    this.#end(LEFT);
    this.#running.abandon();
  }

  #checkpoint(updates: readonly OperationUpdate[]): MaybePromise<readonly Operation[]> {
    for (const { id, type, action } of updates) {
      if (type !== "STEP") continue;
      if (action === "START") this.#steps.add(id);
      else this.#steps.delete(id);
    }
    return chain(this.#request.client.checkpoint(updates), (operations) => {
      if (this.#isDue() && this.#steps.size === 0) this.leave();
      return operations;
    });
  }
}
