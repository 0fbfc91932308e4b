/** The view of the page, as its address names it behind the `#`: every view can be linked to, and gone back to. */

import { type Filter, NO_FILTER, STATES } from "./filter.ts";

export const TABS = ["Graph", "Timeline", "Tree", "History", "Log"] as const;
export type Tab = (typeof TABS)[number];

export interface ExecutionRoute {
  readonly page: "execution";
  readonly arn: string;
  readonly tab: Tab;
  readonly operation: string | undefined;
  /** The commit that it is looked at as of; undefined follows the newest. */
  readonly commit: number | undefined;
}

export type Route = { readonly page: "list"; readonly filter: Filter } | ExecutionRoute;

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const values = new URLSearchParams(query);
  const [, arn] = /^\/executions\/(.+)$/.exec(path) ?? [];
  if (arn === undefined) return { page: "list", filter: readFilter(values) };
  const tab = TABS.find((each) => each.toLowerCase() === values.get("tab")) ?? "Graph";
  const commit = Number(values.get("commit") ?? Number.NaN);
  return {
    page: "execution",
    arn: decoded(arn),
    tab,
    operation: values.get("operation") ?? undefined,
    commit: Number.isSafeInteger(commit) && commit > 0 ? commit : undefined,
  };
}

export function formatRoute(route: Route): string {
  if (route.page === "list") return withQuery("#/", filterValues(route.filter));
  const { arn, tab, operation, commit } = route;
  return withQuery(`#/executions/${encodeURIComponent(arn)}`, {
    ...(tab !== "Graph" && { tab: tab.toLowerCase() }),
    ...(operation !== undefined && { operation }),
    ...(commit !== undefined && { commit: String(commit) }),
  });
}

export function executionRoute(arn: string): ExecutionRoute {
  return { page: "execution", arn, tab: "Graph", operation: undefined, commit: undefined };
}

/** The end of the year 9999, ms since the epoch: a later time is no date any more in some time zones, and nobody's. */
const LAST_MOMENT = 253_402_300_799_999;

function readFilter(values: URLSearchParams): Filter {
  const time = (name: string): number | undefined => {
    const at = Date.parse(values.get(name) ?? "");
    return Math.abs(at) <= LAST_MOMENT ? at : undefined;
  };
  return {
    ...NO_FILTER,
    functionName: values.get("function") ?? "",
    state: STATES.find((each) => each.toLowerCase() === values.get("status")),
    prefix: values.get("name") ?? "",
    tag: values.get("tag") ?? "",
    after: time("after"),
    before: time("before"),
  };
}

function filterValues({ functionName, state, prefix, tag, after, before }: Filter): Readonly<Record<string, string>> {
  return {
    ...(functionName !== "" && { function: functionName }),
    ...(state !== undefined && { status: state.toLowerCase() }),
    ...(prefix !== "" && { name: prefix }),
    ...(tag !== "" && { tag }),
    ...(after !== undefined && { after: new Date(after).toISOString() }),
    ...(before !== undefined && { before: new Date(before).toISOString() }),
  };
}

function withQuery(path: string, values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(values).toString();
  return query === "" ? path : `${path}?${query}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
