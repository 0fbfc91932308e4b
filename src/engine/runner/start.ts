/**
 * Starts executions, each by the first commit of its log, which only one of several starts of the same name writes. An
 * execution whose retention is over makes way; one that is removed at the same moment does too.
 */

import { encodeCommit } from "../machine/commit-codec.ts";
import type { ForkOrigin } from "../machine/command.ts";
import { decide } from "../machine/decide.ts";
import { fold } from "../machine/fold.ts";
import { Limits } from "../machine/limits.ts";
import { expiryOf } from "../machine/plan.ts";
import { emptyState, type ExecutionState } from "../machine/state.ts";
import { formatOf } from "../model/commit.ts";
import { type ExecutionHeader, isSameFork, isSameParent } from "../model/execution.ts";
import { ClientError, ClientErrorCode, type StartAnswer, type StartRequest } from "./client.ts";
import { directoryRow } from "./directory-row.ts";
import type { FunctionRegistry } from "./function.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import type { RunnerSetup } from "./setup.ts";

/** How often a start tries to take a name that others take and give up at the same time. */
const MOST_TRIES = 10;

/** The first commit of an execution, with the request that asks for it and the state that it leads to. */
interface Order {
  readonly request: StartRequest & { readonly version: string };
  readonly state: ExecutionState;
  readonly body: string;
}

/** Limits of one execution in place of those that its host gives to all. */
export type StartLimits = Partial<Pick<RunnerSetup, "retentionDays" | "executionTimeoutSeconds">>;

export class Starter {
  readonly #setup: RunnerSetup;
  readonly #sessions: Sessions;

  constructor(setup: RunnerSetup, sessions: Sessions) {
    this.#setup = setup;
    this.#sessions = sessions;
  }

  /**
   * @throws {ClientError} ResourceNotFoundException for an unknown function or version; InvalidParameterValueException;
   * DurableExecutionAlreadyStartedException if the name is taken by a start with another input, version or parent;
   * TooManyRequestsException if executions of the name come and go too fast: try again.
   */
  async start(request: StartRequest, limits: StartLimits = {}): Promise<StartAnswer> {
    this.#sessions.assertOpen();
    const order = await this.#order(request, limits);
    const { id, name } = order.state.header;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const answer = await this.#try(order);
      if (answer !== undefined) return answer;
    }
    const message = `Execution "${name}" (${id}) could not be started: executions of that name are being removed and started at the same time. Try again.`;
    throw new ClientError(ClientErrorCode.THROTTLED, message);
  }

  async #order(request: StartRequest, limits: StartLimits): Promise<Order> {
    const { functions, host, writer } = this.#setup;
    const version = functions.resolve(request.functionName, request.version);
    if (version === undefined) throw unknownFunction(functions, request);
    const fork = await this.#originOf(request);
    const now = host.now();
    const decision = decide(
      emptyState(),
      { type: "START_EXECUTION", ...this.#described(request, limits), version, ...(fork && { fork }) },
      { now, randomId: () => host.randomId() },
    );
    if ("rejected" in decision) throw new ClientError(decision.rejected.code, decision.rejected.message);
    const { facts } = decision;
    const commit = { v: formatOf(facts), writer: writer.next(), at: now, facts } as const;
    const state = emptyState();
    fold(state, commit);
    const body = encodeCommit(commit);
    if (fork !== undefined) requireFitting(body);
    return { request: { ...request, version }, state, body };
  }

  /** Loaded on demand: most executions are no copies. */
  async #originOf({ forkedFrom }: StartRequest): Promise<ForkOrigin | undefined> {
    if (forkedFrom === undefined) return undefined;
    const { readOrigin } = await import("./fork-origin.ts");
    return readOrigin(forkedFrom, this.#setup.peers());
  }

  #described(request: StartRequest, limits: StartLimits) {
    const { host } = this.#setup;
    const { retentionDays, executionTimeoutSeconds } = { ...this.#setup, ...limits };
    const { functionName, input, parent, tenantId, traceHeader, tags, startAt } = request;
    return {
      functionName,
      name: request.name ?? host.randomId(),
      retentionDays,
      ...(input === undefined ? {} : { input }),
      ...(parent === undefined ? {} : { parent }),
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(traceHeader === undefined ? {} : { traceHeader }),
      ...(tags === undefined ? {} : { tags }),
      ...(startAt === undefined ? {} : { startAt: momentOf(startAt) }),
      ...(executionTimeoutSeconds === undefined ? {} : { executionTimeoutSeconds }),
    };
  }

  /** Undefined if the name was taken, and is free by now. */
  async #try({ request, state, body }: Order): Promise<StartAnswer | undefined> {
    const { header } = state;
    const { id } = header;
    let isCreated = false;
    try {
      isCreated = (await this.#setup.store.create(directoryRow(state), body)) === "created";
      return await this.#sessions.use(id, (session) => this.#found(session, header, request), {
        fresh: true,
      });
    } catch (error) {
      if (error instanceof ClientError && error.code === ClientErrorCode.NOT_FOUND) {
        // An execution that was created here and is gone has run elsewhere to its end, and must not run again.
        return isCreated ? { execution: header, created: true } : undefined;
      }
      // The execution may exist all the same, and then a process has to run it.
      if (!(error instanceof ClientError)) this.#sessions.wakeSoon(id);
      throw error;
    }
  }

  async #found(session: Session, own: ExecutionHeader, request: Order["request"]): Promise<StartAnswer | undefined> {
    const { host, store } = this.#setup;
    const { header, seq } = session.state;
    const isOwn = header.incarnation === own.incarnation;
    if (!isOwn && hasExpired(header, host.now())) {
      await store.remove(header.id, header.incarnation);
      return undefined;
    }
    // The process that has created an execution which has not begun may be gone.
    if (isOwn || seq === 1) this.#sessions.wakeSoon(header.id);
    return isOwn ? { execution: header, created: true } : sameStart(header, request);
  }
}

/** Ms since the epoch; NaN for a text that is no time. */
function momentOf(time: Date | number | string): number {
  return typeof time === "number" ? time : new Date(time).getTime();
}

/** True if an execution is being removed, or its retention is over and its parent, if it has one, has the outcome. */
function hasExpired(header: ExecutionHeader, now: number): boolean {
  const expiresAt = expiryOf(header);
  const isTold = header.parent === undefined || header.parentNotified === true;
  if (header.purged === true) return true;
  return expiresAt !== undefined && expiresAt <= now && isTold;
}

function sameStart(header: ExecutionHeader, request: Order["request"]): StartAnswer {
  const { input, version, parent, forkedFrom } = request;
  const isSame = header.input === input && header.version === version && isSameParent(header.parent, parent);
  if (isSame && isSameFork(header.forkedFrom, forkedFrom)) return { execution: header, created: false };
  throw new ClientError(
    ClientErrorCode.ALREADY_STARTED,
    `Execution "${header.name}" of function "${header.functionName}" was already started with another payload or version, or as another fork.`,
  );
}

function requireFitting(body: string): void {
  const limit = Limits.COPY_CHARACTERS;
  if (body.length <= limit) return;
  const message = `What the fork would begin with is ${body.length} characters; the limit is ${limit}.`;
  throw new ClientError(ClientErrorCode.INVALID_PARAMETER, message);
}

/** Refuses a function, or a version of one, that is not registered. */
export function unknownFunction(
  functions: FunctionRegistry,
  request: { readonly functionName: string; readonly version?: string },
): ClientError {
  const { functionName, version } = request;
  const message = functions.has(functionName)
    ? `Function "${functionName}" has no version "${version}". Registered versions: ${functions.versionsOf(functionName).join(", ")}.`
    : `Function "${functionName}" is not registered. Registered functions: ${functions.names.join(", ") || "none"}.`;
  return new ClientError(ClientErrorCode.NOT_FOUND, message);
}
