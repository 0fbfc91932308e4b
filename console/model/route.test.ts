import { expect, test } from "vitest";
import { NO_FILTER } from "./filter.ts";
import { executionRoute, formatRoute, parseRoute, type Route } from "./route.ts";

const arn = "arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/o 1/5f0c";

test.for<[string, Route]>([
  ["all executions", { page: "list", filter: NO_FILTER }],
  [
    "those that are narrowed down",
    {
      page: "list",
      filter: { functionName: "order", state: "HALTED", prefix: "o&1", tag: "a=b=c", after: 60_000, before: 120_000 },
    },
  ],
  ["an execution", executionRoute(arn)],
  ["an operation at a commit", { page: "execution", arn, tab: "Tree", operation: "1-2", commit: 7 }],
])("a link leads to %s again", ([, route]) => {
  expect(parseRoute(formatRoute(route))).toEqual(route);
});

test.for(["", "#", "#/", "#/nowhere", "#/?status=odd&after=never", "#/?after=%2B275760-09-13&before=%2B010000-01-01"])(
  "%j shows all executions",
  (hash) => {
    expect(parseRoute(hash)).toEqual({ page: "list", filter: NO_FILTER });
  },
);

test("a commit that is none is the newest", () => {
  expect(parseRoute("#/executions/a?commit=-1&tab=odd")).toEqual(executionRoute("a"));
});
