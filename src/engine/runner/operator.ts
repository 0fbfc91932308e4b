/** An operator's requests about whole executions. The code that copies a log is loaded on demand. */

import type { ForkOptions, RewindOptions, StartAnswer } from "./client.ts";
import { forkOrder } from "./fork.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import type { RunnerSetup } from "./setup.ts";
import { unknownFunction } from "./start.ts";

export class Operator {
  readonly #setup: RunnerSetup;
  readonly #sessions: Sessions;

  constructor(setup: RunnerSetup, sessions: Sessions) {
    this.#setup = setup;
    this.#sessions = sessions;
  }

  resume(executionId: string, { version }: { version?: string } = {}): Promise<void> {
    return this.#sessions.use(executionId, (session) => session.resume(this.#versionFor(session, version)));
  }

  pause(executionId: string, options: { reason?: string } = {}): Promise<void> {
    const pause = async (session: Session): Promise<void> => {
      await session.command({ type: "PAUSE", ...options });
      await session.carryOut({ kind: "SHOW" });
    };
    return this.#sessions.use(executionId, pause, { fresh: true });
  }

  /** The execution is told once the fork is there, so that it names no fork that is not. */
  fork(executionId: string, options: ForkOptions = {}): Promise<StartAnswer> {
    const { host, peers } = this.#setup;
    const fork = async (session: Session): Promise<StartAnswer> => {
      const name = options.name ?? host.randomId();
      const answer = await peers().start({ ...forkOrder(session.state, options), name });
      const { id, incarnation, version } = answer.execution;
      await session.command({ type: "NOTE_FORK", executionId: id, incarnation, version });
      return answer;
    };
    return this.#sessions.use(executionId, fork, { fresh: true });
  }

  rewind(executionId: string, options: RewindOptions): Promise<void> {
    const rewind = async (session: Session): Promise<void> => {
      const { rewindTo } = await import("./rewind.ts");
      const version = this.#versionFor(session, options.version);
      await rewindTo(session, this.#setup.store, { ...options, version });
    };
    return this.#sessions.use(executionId, rewind, { fresh: true });
  }

  /** Once the command is recorded the execution is removed, now or by the next process that looks at it. */
  purge(executionId: string): Promise<void> {
    const purge = async (session: Session): Promise<void> => {
      await session.command({ type: "PURGE" });
      await session.carryOut({ kind: "REMOVE" });
    };
    return this.#sessions.use(executionId, purge, { fresh: true });
  }

  /** @throws {ClientError} ResourceNotFoundException for a version that is not registered. */
  #versionFor({ state }: Session, wanted: string | undefined): string | undefined {
    if (wanted === undefined) return undefined;
    const { functions } = this.#setup;
    const { functionName } = state.header;
    const version = functions.resolve(functionName, wanted);
    if (version === undefined) throw unknownFunction(functions, { functionName, version: wanted });
    return version;
  }
}
