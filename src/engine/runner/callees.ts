/**
 * The functions that one execution invokes: durable ones are started as executions of their own, plain ones are called
 * here. The calls to make follow from the state alone (see `planOf`); this class knows the calls made already.
 *
 * 1. An operation's function is under way at most once at a time in this process, and is not called again by this
 *    process once it has come to an outcome, even if the outcome cannot be recorded at once.
 * 2. A callee's execution is this operation's if its parent says so. An execution of the callee's name that was started
 *    otherwise fails the invoke.
 */

import { type ExecutionHeader, isSameParent, type ParentReference } from "../model/execution.ts";
import type { Failure } from "../model/failure.ts";
import type { ChainedInvokeOperation, Operation } from "../model/operation.ts";
import { ClientError, ClientErrorCode, type InvokeOutcome, type StartRequest } from "./client.ts";
import { callPlain, type PlainFunction } from "./function.ts";
import { childName, splitTarget } from "./invoke-target.ts";
import type { Retries } from "./retries.ts";
import type { RunnerSetup } from "./setup.ts";

export interface CalleesOptions {
  readonly setup: RunnerSetup;
  readonly retries: Retries;
  /** The execution that invokes. */
  readonly caller: () => ExecutionHeader;
  /** Called when a call has come to an end, or is to be tried again later. */
  readonly onChange: () => void;
}

export class Callees {
  readonly #options: CalleesOptions;
  /** By operation id; see `Here.sent`. */
  readonly #sent = new Map<string, number>();
  /** The outcomes of plain functions that run, or whose outcome could not be recorded yet; by `callOf`. */
  readonly #outcomes = new Map<string, Promise<InvokeOutcome>>();
  #underWay = 0;
  /** The execution's rewinds when the calls in `#sent` were made. */
  #rewinds: number | undefined;

  constructor(options: CalleesOptions) {
    this.#options = options;
  }

  get sent(): ReadonlyMap<string, number> {
    this.#followRewinds();
    return this.#sent;
  }

  /** True while a call has not come to an answer. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** Forgets the invokes among these operations that have their outcome. */
  noteOutcomes(changed: readonly Operation[]): void {
    for (const operation of changed) {
      if (operation.type !== "CHAINED_INVOKE" || operation.status === "STARTED") continue;
      this.#sent.delete(operation.id);
      this.#outcomes.delete(callOf(operation));
    }
  }

  call(operation: ChainedInvokeOperation): void {
    this.#sent.set(operation.id, Number.POSITIVE_INFINITY);
    this.#underWay++;
    this.#options.setup.host.background(this.#call(operation));
  }

  /**
   * After the execution was rewound an id may mean another call, and a callee that has told its outcome may have to
   * tell it again: every open invoke is sent anew. To start a callee's execution twice is harmless (see `#start`), and
   * a plain function that is under way for the same call is not called a second time.
   */
  #followRewinds(): void {
    const { rewinds } = this.#options.caller();
    if (this.#rewinds === rewinds) return;
    this.#rewinds = rewinds;
    this.#sent.clear();
  }

  async #call(operation: ChainedInvokeOperation): Promise<void> {
    const { setup, retries, caller, onChange } = this.#options;
    const { id: executionId, incarnation, rewinds } = caller();
    const what = `callee ${operation.id}`;
    try {
      const parent: ParentReference = { executionId, incarnation, operationId: operation.id, ...epochOf(operation) };
      await this.#carryOut(operation, parent);
      retries.succeeded(what);
    } catch (error) {
      setup.onError(executionId, error);
      if (caller().rewinds === rewinds) this.#sent.set(operation.id, retries.failed(what, setup.host.now()));
    } finally {
      this.#underWay--;
      onChange();
    }
  }

  /** A plain function's outcome is recorded here; a durable callee tells its own when it ends. */
  async #carryOut(operation: ChainedInvokeOperation, parent: ParentReference): Promise<void> {
    const { functions } = this.#options.setup;
    const target = splitTarget(operation.functionName);
    const version = functions.resolve(target.name, target.version);
    if (version === undefined) return this.#complete(parent, this.#unknown(operation));
    const found = functions.find(target.name, version);
    if (found?.kind === "plain") return this.#callPlain(found, { name: target.name, operation, parent });
    const { input, tenantId } = operation;
    const refusal = await this.#start({
      functionName: target.name,
      version,
      name: childName(parent.incarnation ?? "", operation.id, parent.rewinds),
      parent,
      ...(input === undefined ? {} : { input }),
      ...(tenantId === undefined ? {} : { tenantId }),
    });
    if (refusal !== undefined) await this.#complete(parent, { status: "FAILED", error: refusal });
  }

  async #callPlain(found: PlainFunction, { name, operation, parent }: PlainCall): Promise<void> {
    const call = callOf(operation);
    // Invariant 1: a call under way, or whose outcome is not recorded yet, is not made again.
    const outcome = this.#outcomes.get(call) ?? callPlain(found, operation, name);
    this.#outcomes.set(call, outcome);
    await this.#complete(parent, await outcome);
    if (this.#outcomes.get(call) === outcome) this.#outcomes.delete(call);
  }

  async #complete(parent: ParentReference, outcome: InvokeOutcome): Promise<void> {
    await this.#options.setup.local().completeInvoke(parent, outcome);
  }

  /** Where processes share executions another process may have the function: the invoke stays open for a lease. */
  #unknown({ functionName, startedAt }: ChainedInvokeOperation): InvokeOutcome {
    const { host, watchdogMs = 0 } = this.#options.setup;
    const error = noFunction(functionName);
    if (host.now() < startedAt + watchdogMs) throw new ClientError(ClientErrorCode.NOT_FOUND, error.errorMessage);
    return { status: "FAILED", error };
  }

  /** Starting a callee twice is harmless: its name follows from the operation. Answers why no callee can be started. */
  async #start(request: StartRequest & { readonly name: string }): Promise<Failure | undefined> {
    const peers = this.#options.setup.peers();
    try {
      const { execution } = await peers.start(request);
      // Invariant 2: the name alone does not say who started the execution.
      return belongsTo(execution, request) ? undefined : nameTaken(request);
    } catch (error) {
      if (!(error instanceof ClientError) || PASSING.includes(error.code)) throw error;
      if (error.code !== ClientErrorCode.ALREADY_STARTED) return { errorType: error.code, errorMessage: error.message };
      // An earlier try may have started the callee, in the newest version of that time.
      const execution = await peers.describe(`${request.functionName}/${request.name}`);
      return belongsTo(execution, request) ? undefined : nameTaken(request);
    }
  }
}

interface PlainCall {
  /** The function's name, without its version. */
  readonly name: string;
  readonly operation: ChainedInvokeOperation;
  /** Where the outcome goes. */
  readonly parent: ParentReference;
}

/** Names a call among those of one execution: an operation that began after a rewind calls anew, under the same id. */
function callOf({ id, rewinds = 0 }: ChainedInvokeOperation): string {
  return `${rewinds} ${id}`;
}

function epochOf({ rewinds }: ChainedInvokeOperation): Pick<ParentReference, "rewinds"> {
  return rewinds === undefined ? {} : { rewinds };
}

/** Refusals that may pass by themselves, so that another try can help. */
const PASSING: readonly ClientErrorCode[] = [
  // This process has the function in this version. A peer without it is of another deployment.
  ClientErrorCode.NOT_FOUND,
  ClientErrorCode.THROTTLED,
  ClientErrorCode.SERVICE,
  ClientErrorCode.HOST_CLOSED,
];

function belongsTo({ parent }: ExecutionHeader, { parent: own }: StartRequest): boolean {
  return isSameParent(parent, own);
}

function nameTaken({ functionName, name }: StartRequest & { readonly name: string }): Failure {
  return {
    errorType: ClientErrorCode.ALREADY_STARTED,
    errorMessage:
      `The execution "${name}" of function "${functionName}", which this invoke would start, exists already and was ` +
      `not started by it. Names of this form belong to chained invokes: start executions under other names.`,
  };
}

function noFunction(functionName: string): Failure & { readonly errorMessage: string } {
  return {
    errorType: "ResourceNotFoundException",
    errorMessage: `No function found for function name ${functionName}. Register it with the host that runs this execution.`,
  };
}
