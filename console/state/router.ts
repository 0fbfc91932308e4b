import { type Signal, signal } from "@preact/signals";
import { formatRoute, parseRoute, type Route } from "../model/route.ts";

/** Browsers refuse to have an address changed a hundred times in ten seconds, as a slider that is dragged would. */
const REST_MS = 200;

/** The view that the address names. */
export class Router {
  readonly route: Signal<Route> = signal(parseRoute(location.hash));
  /** The view for the address once it has rested. */
  #due: Route | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    addEventListener("hashchange", () => this.reread());
    addEventListener("pagehide", () => this.#write());
  }

  go(route: Route): void {
    this.#write();
    location.hash = formatRoute(route);
  }

  /** Without a place of its own in the browser's history: a choice inside of a view. The address follows soon. */
  adjust(route: Route): void {
    this.route.value = route;
    this.#due = route;
    if (this.#rest === undefined) this.#write();
  }

  /** As the address says now: after it was changed by a link that is no view. */
  reread(): void {
    this.#due = undefined;
    this.route.value = parseRoute(location.hash);
  }

  #write(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    if (this.#due === undefined) return;
    history.replaceState(null, "", formatRoute(this.#due));
    this.#due = undefined;
    this.#rest = setTimeout(() => this.#write(), REST_MS);
  }
}
