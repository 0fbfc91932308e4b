import { type Signal, signal } from "@preact/signals";
import { formatRoute, parseRoute, type Route } from "../model/route.ts";

/** What the address says is to be seen. */
export class Router {
  readonly route: Signal<Route> = signal(parseRoute(location.hash));

  constructor() {
    addEventListener("hashchange", () => (this.route.value = parseRoute(location.hash)));
  }

  go(route: Route): void {
    location.hash = formatRoute(route);
  }

  /** Without a place of its own in the browser's history: a choice inside of a view. */
  adjust(route: Route): void {
    history.replaceState(null, "", formatRoute(route));
    this.route.value = route;
  }

  /** As the address says now: after it was changed by a link that is no view. */
  reread(): void {
    this.route.value = parseRoute(location.hash);
  }
}
