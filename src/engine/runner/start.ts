/**
 * How an execution comes to be: by the first commit of its log, which only one of several that start the same name
 * writes. One whose retention is over makes way; one that is removed at the same moment does too.
 */

import { encodeCommit } from "../machine/commit-codec.ts";
import { decide } from "../machine/decide.ts";
import { fold } from "../machine/fold.ts";
import { expiryOf } from "../machine/plan.ts";
import { emptyState, type ExecutionState } from "../machine/state.ts";
import { LOG_FORMAT_VERSION } from "../model/commit.ts";
import { type ExecutionHeader, isSameParent } from "../model/execution.ts";
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
  async start(request: StartRequest): Promise<StartAnswer> {
    this.#sessions.assertOpen();
    const order = this.#order(request);
    const { id, name } = order.state.header;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const answer = await this.#try(order);
      if (answer !== undefined) return answer;
    }
    const message = `Execution "${name}" (${id}) could not be started: executions of that name are being removed and started at the same time. Try again.`;
    throw new ClientError(ClientErrorCode.THROTTLED, message);
  }

  #order(request: StartRequest): Order {
    const { functions, host, writer } = this.#setup;
    const version = functions.resolve(request.functionName, request.version);
    if (version === undefined) throw unknownFunction(functions, request);
    const now = host.now();
    const decision = decide(
      emptyState(),
      { type: "START_EXECUTION", ...this.#described(request), version },
      { now, randomId: () => host.randomId() },
    );
    if ("rejected" in decision) throw new ClientError(decision.rejected.code, decision.rejected.message);
    const commit = { v: LOG_FORMAT_VERSION, writer: writer.next(), at: now, facts: decision.facts } as const;
    const state = emptyState();
    fold(state, commit);
    return { request: { ...request, version }, state, body: encodeCommit(commit) };
  }

  #described(request: StartRequest) {
    const { host, retentionDays, executionTimeoutSeconds } = this.#setup;
    const { functionName, input, parent, tenantId, traceHeader } = request;
    return {
      functionName,
      name: request.name ?? host.randomId(),
      retentionDays,
      ...(input === undefined ? {} : { input }),
      ...(parent === undefined ? {} : { parent }),
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(traceHeader === undefined ? {} : { traceHeader }),
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

/** True if the retention of an execution is over, and its parent, if it has one, has the outcome. */
function hasExpired(header: ExecutionHeader, now: number): boolean {
  const expiresAt = expiryOf(header);
  const isTold = header.parent === undefined || header.parentNotified === true;
  return expiresAt !== undefined && expiresAt <= now && isTold;
}

function sameStart(header: ExecutionHeader, request: Order["request"]): StartAnswer {
  const { input, version, parent } = request;
  if (header.input === input && header.version === version && isSameParent(header.parent, parent))
    return { execution: header, created: false };
  throw new ClientError(
    ClientErrorCode.ALREADY_STARTED,
    `Execution "${header.name}" of function "${header.functionName}" was already started with another payload or version.`,
  );
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
