import type { Alarm, AlarmOrder } from "../../engine/ports/alarm.ts";
import type { MaybePromise } from "../../engine/ports/maybe-promise.ts";
import type { AlarmService } from "./alarm-service.ts";
import type { Gate } from "./gate.ts";
import type { Link } from "./link.ts";

/** The alarm service as one process sees it. */
export class RemoteAlarm implements Alarm {
  readonly #service: AlarmService;
  readonly #gate: Gate;
  readonly #link: Link;

  constructor(service: AlarmService, { gate, link }: { gate: Gate; link: Link }) {
    this.#service = service;
    this.#gate = gate;
    this.#link = link;
  }

  schedule(id: string, at: number, order: AlarmOrder): MaybePromise<void> {
    return this.#order(() => this.#service.take(id, at, order));
  }

  cancel(id: string, order: AlarmOrder): MaybePromise<void> {
    return this.#order(() => this.#service.take(id, undefined, order));
  }

  #order(run: () => void): MaybePromise<void> {
    return this.#gate.call(() => this.#link.send({ what: "order", changes: true, run }));
  }
}
