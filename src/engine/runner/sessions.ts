/**
 * The sessions of one process: one for each execution that is in use here. A session is opened by its first use and let
 * go of when nothing uses it any more; everything it knows is in the log.
 *
 * 1. There is never more than one session of an execution.
 * 2. The session of an execution that was removed goes at once, since another execution may have the name.
 */

import { ClientError, ClientErrorCode } from "./client.ts";
import { LogGoneError } from "./log-copy.ts";
import { Retries } from "./retries.ts";
import { Session } from "./session.ts";
import type { RunnerSetup } from "./setup.ts";
import { UNREAD } from "./wake-orders.ts";
import { Signal, Watchers } from "./watchers.ts";

/** A session, and how many calls are using it. */
interface Place {
  readonly session: Session;
  readonly opened: Promise<void>;
  users: number;
}

export interface UseOptions {
  /** Reads other processes' commits first. */
  readonly fresh?: boolean;
  /** The message with which an unknown execution is refused. */
  readonly unknown?: string;
}

/** How often an execution is looked for again that was removed, or whose session was let go of, while it was used. */
const MOST_TRIES = 100;

export class Sessions {
  readonly watchers: Watchers = new Watchers((id) => this.#release(id));
  readonly #setup: RunnerSetup;
  readonly #places = new Map<string, Place>();
  /** The signals of all calls that wait for news, to be told of the end. */
  readonly #signals = new Set<Signal>();
  readonly #retries = new Retries();
  /** Cancels the timers that wake executions here after a wake has failed: one for each, however many wakes failed. */
  readonly #wokenHere = new Map<string, () => void>();
  #isClosed = false;

  constructor(setup: RunnerSetup) {
    this.#setup = setup;
  }

  /**
   * Runs a task on the session of an execution, and lets go of the session afterwards unless it is in use.
   *
   * @throws {ClientError} ResourceNotFoundException, HostClosedException.
   */
  async use<T>(id: string, task: (session: Session) => T | Promise<T>, options: UseOptions = {}): Promise<T> {
    for (let tries = 1; ; tries++) {
      const place = this.#place(id);
      place.users++;
      try {
        await this.#ready(place, options);
        return await task(place.session);
      } catch (error) {
        if (!(error instanceof LogGoneError) || tries === MOST_TRIES) throw error;
      } finally {
        place.users--;
        this.#release(id);
      }
    }
  }

  /** Runs a task on the session of an execution if it is in use here. */
  async useOpen(id: string, task: (session: Session) => void | Promise<void>): Promise<void> {
    const place = this.#places.get(id);
    if (place === undefined) return;
    await place.opened.catch(noop);
    if (this.#places.get(id) === place && place.session.exists) await task(place.session);
  }

  /** Wakes an execution. Never rejects: a log that cannot be read is tried again later, an unknown one passed over. */
  async wake(id: string): Promise<void> {
    if (this.#isClosed) return;
    const { host, onError } = this.#setup;
    try {
      await this.use(id, async (session) => {
        await session.wake();
        // Another execution may have the name.
        if (isGone(session)) throw new LogGoneError(id);
      });
      this.#retries.succeeded(id);
    } catch (error) {
      if (this.#isClosed || isUnknown(error)) return;
      onError(id, error);
      this.#wakeLater(id, this.#retries.failed(id, host.now()));
    }
  }

  /** Wakes an execution at once, in the background. */
  wakeSoon(id: string): void {
    this.#setup.host.background(this.wake(id));
  }

  /** A signal that fails when everything is closed, until `forget` is called with it. */
  signal(): Signal {
    this.assertOpen();
    const signal = new Signal();
    this.#signals.add(signal);
    return signal;
  }

  forget(signal: Signal): void {
    this.#signals.delete(signal);
  }

  /** @throws {ClientError} HostClosedException */
  assertOpen(): void {
    if (this.#isClosed) throw closed();
  }

  close(): void {
    this.#isClosed = true;
    for (const { session } of this.#places.values()) session.close();
    this.#places.clear();
    for (const signal of this.#signals) signal.fail(closed());
  }

  /**
   * The alarm that has woken this process is used up, and the log cannot be read to find the next order. So the alarm
   * is set as if nothing were known of the execution. A timer here wakes the execution only until the alarm has taken
   * the order, or for good if this process may not run it, since the alarm wakes a process that may: with two wakes for
   * each wake that fails, a store that mostly fails would be asked more and more often.
   */
  #wakeLater(id: string, at: number): void {
    const { alarm, host, mayRun, onError } = this.#setup;
    this.#wakeHere(id, at);
    const order = async (): Promise<void> => {
      await alarm.schedule(id, at, UNREAD);
      if (mayRun(id)) this.#leaveToAlarm(id);
    };
    const refused = (error: unknown): void => {
      onError(id, error);
      this.#wakeHere(id, at);
    };
    host.background(order().catch(refused));
  }

  #wakeHere(id: string, at: number): void {
    if (this.#wokenHere.has(id)) return;
    const cancel = this.#setup.host.timer(at, () => {
      this.#wokenHere.delete(id);
      this.wakeSoon(id);
    });
    this.#wokenHere.set(id, cancel);
  }

  #leaveToAlarm(id: string): void {
    this.#wokenHere.get(id)?.();
    this.#wokenHere.delete(id);
  }

  #place(id: string): Place {
    this.assertOpen();
    const known = this.#places.get(id);
    // Invariant 1: the session that is there serves every use.
    if (known !== undefined) return known;
    const session: Session = new Session(id, this.#setup, {
      onIdle: () => this.#release(id),
      onNews: (state) => this.watchers.tell(id, state),
      isWatched: () => this.watchers.has(id),
    });
    const place: Place = { session, opened: session.read(), users: 0 };
    place.opened.catch(noop);
    this.#places.set(id, place);
    return place;
  }

  async #ready(place: Place, { fresh = false, unknown }: UseOptions): Promise<void> {
    const { opened, session } = place;
    const isNew = session.state.seq === 0;
    try {
      await opened;
      // The session may have been opened before there was anything to read.
      if ((fresh && !isNew) || session.state.seq === 0) await session.read();
    } catch (error) {
      // A session whose log could not be read is opened anew by the next use.
      if (session.state.seq === 0) this.#drop(place);
      throw error;
    }
    this.assertOpen();
    if (session.exists) {
      if (this.#places.get(session.id) === place) return;
      // Another use had found nothing to read, or could not read, and has let go of the session: it does nothing any more.
      throw new LogGoneError(session.id);
    }
    this.#drop(place);
    // Another call has found the execution removed. By now another execution may have its name.
    if (isGone(session)) throw new LogGoneError(session.id);
    throw unknownExecution(session.id, unknown);
  }

  #release(id: string): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    const isUsed = place.users > 0 || place.session.isInUse;
    // Invariant 2: also while calls still use the session.
    if (!isUsed || isGone(place.session)) this.#drop(place);
  }

  /** A dropped session has no effect any more: another session may be opened at once. */
  #drop(place: Place): void {
    place.session.close();
    if (this.#places.get(place.session.id) === place) this.#places.delete(place.session.id);
  }
}

/** True for a session whose execution was there and is removed. */
function isGone({ exists, state }: Session): boolean {
  return state.seq > 0 && !exists;
}

/** Refuses an execution that is not there. */
export function unknownExecution(
  id: string,
  message: string = `Execution ${id} does not exist, or is no longer retained.`,
): ClientError {
  return new ClientError(ClientErrorCode.NOT_FOUND, message);
}

function isUnknown(error: unknown): boolean {
  return error instanceof ClientError && error.code === ClientErrorCode.NOT_FOUND;
}

function closed(): ClientError {
  return new ClientError(
    ClientErrorCode.HOST_CLOSED,
    "This host was closed: it runs nothing and answers nothing more.",
  );
}

function noop(): void {}
