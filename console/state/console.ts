/** All that the page knows, by room: whom it speaks to, what is looked at, and what was done. */

import { batch, effect, type Signal, signal } from "@preact/signals";
import { Executions } from "../api/executions.ts";
import type { Face } from "../api/face.ts";
import type { Filter } from "../model/filter.ts";
import { formatRoute } from "../model/route.ts";
import { Deeds } from "./deeds.ts";
import { Listing, type Seen } from "./listing.ts";
import { Notices } from "../views/model/notices.ts";
import { Router } from "./router.ts";
import { Session } from "./session.ts";
import { Subject } from "./subject.ts";

/** The time between two refreshes of the rows on the screen, in ms. */
const REFRESH_MS = 2_000;
/** Often enough for tenths of a second to be believed, in ms. */
const TICK_MS = 500;

export type List = Listing<Parameters<Executions["page"]>[1]["marker"] & {}>;

export class Console {
  readonly session: Session = new Session(sessionStorage);
  readonly router: Router = new Router();
  readonly notices: Notices = new Notices();
  readonly deeds: Deeds = new Deeds(this.notices, () => this.#afterDeed());
  /** Ms since the epoch, by the host's clock; it moves while somebody looks. */
  readonly now: Signal<number> = signal(Date.now());
  readonly functionNames: Signal<readonly string[]> = signal([]);
  readonly listing: Signal<List | undefined> = signal(undefined);
  readonly subject: Signal<Subject | undefined> = signal(undefined);
  /** The row that was chosen last, by its ARN: where whoever comes back to the list goes on. */
  readonly chosen: Signal<string | undefined> = signal(undefined);
  /** The rows of the list that are on the screen. */
  seen: Seen = { first: 0, last: 0 };
  #executions: Executions | undefined;

  async begin(): Promise<void> {
    try {
      await this.session.open();
    } catch (error) {
      this.notices.fail(error);
    }
    this.router.reread();
    effect(() => this.#meet(this.session.face.value));
    effect(() => this.#show());
    setInterval(() => {
      if (!document.hidden) this.now.value = this.session.face.value?.clock.at(Date.now()) ?? Date.now();
    }, TICK_MS);
    setInterval(() => {
      if (!document.hidden && this.router.route.value.page === "list") void this.listing.value?.refresh(this.seen);
    }, REFRESH_MS);
  }

  /** Undefined where the face is too old to say; false where each function's list has to be read. */
  get canSearch(): boolean | undefined {
    return this.#executions?.canSearch;
  }

  #meet(face: Face | undefined): void {
    this.#executions = face === undefined ? undefined : new Executions(face);
    batch(() => {
      this.functionNames.value = [];
      this.listing.value = undefined;
      this.deeds.lacking.value = new Set();
    });
    void this.#executions?.functionNames().then(
      (names) => (this.functionNames.value = names),
      (error: unknown) => this.notices.fail(error),
    );
  }

  /** Opens what the address says, and keeps what is open already. */
  #show(): void {
    const route = this.router.route.value;
    const face = this.session.face.value;
    if (face === undefined) return this.#look(undefined);
    if (route.page === "list") {
      this.#look(undefined);
      this.#list(route.filter);
    } else if (this.subject.peek()?.arn !== route.arn) {
      this.#look(new Subject(face, route.arn));
    }
  }

  #look(subject: Subject | undefined): void {
    this.subject.peek()?.close();
    this.subject.value = subject;
  }

  #list(filter: Filter): void {
    const open = this.listing.peek();
    if (this.#executions === undefined || (open !== undefined && isSame(open.filter, filter))) return;
    open?.close();
    const listing: List = new Listing(this.#executions, filter);
    this.seen = { first: 0, last: 0 };
    this.listing.value = listing;
    void listing.more();
  }

  #afterDeed(): void {
    void this.subject.value?.refresh();
    void this.listing.value?.refresh(this.seen);
  }

  /** Reads the execution from its beginning: its log has been changed behind what was read. */
  reopen(): void {
    const subject = this.subject.value;
    const face = this.session.face.value;
    if (subject !== undefined && face !== undefined) this.#look(new Subject(face, subject.arn));
  }
}

function isSame(a: Filter, b: Filter): boolean {
  return formatRoute({ page: "list", filter: a }) === formatRoute({ page: "list", filter: b });
}
