import type { Alarm, AlarmOrder } from "../../engine/ports/alarm.ts";
import type { MaybePromise } from "../../engine/ports/maybe-promise.ts";
import type { AlarmService } from "./alarm-service.ts";
import { OutstandingWakes } from "../../adapters/hosts/outstanding-wakes.ts";
import type { Gate } from "./gate.ts";
import type { Link } from "./link.ts";

/** The alarm service as one process sees it. Of one that keeps every order it asks for none that follows on one that is to come. */
export class RemoteAlarm implements Alarm {
  readonly #outstanding = new OutstandingWakes();
  readonly #service: AlarmService;
  readonly #gate: Gate;
  readonly #link: Link;
  readonly #now: () => number;

  constructor(service: AlarmService, { gate, link, now }: { gate: Gate; link: Link; now: () => number }) {
    this.#service = service;
    this.#gate = gate;
    this.#link = link;
    this.#now = now;
  }

  schedule(id: string, at: number, order: AlarmOrder): MaybePromise<void> {
    const send = (): MaybePromise<void> => this.#order(() => this.#service.take(id, at, order));
    if (this.#service.keeping === "ONE") return send();
    if (!this.#outstanding.add(id, at, this.#now())) return;
    return unless(send, () => this.#outstanding.forget(id, at));
  }

  /** A wake that was ordered for `at` has arrived in this process. */
  arrived(id: string, at: number): void {
    this.#outstanding.forget(id, at);
  }

  cancel(id: string, order: AlarmOrder): MaybePromise<void> {
    return this.#order(() => this.#service.take(id, undefined, order));
  }

  #order(run: () => void): MaybePromise<void> {
    return this.#gate.call(() => this.#link.send({ what: "order", changes: true, run }));
  }
}

/** Tells of a failure, now or later. */
function unless(send: () => MaybePromise<void>, failed: () => void): MaybePromise<void> {
  const refused = (error: unknown): never => {
    failed();
    throw error;
  };
  try {
    const answer = send();
    return answer instanceof Promise ? answer.catch(refused) : answer;
  } catch (error) {
    return refused(error);
  }
}
