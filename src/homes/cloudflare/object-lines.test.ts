import { expect, test } from "vitest";
import type { ObjectNamespace } from "../../adapters/durable-objects/object-namespace.ts";
import type { LogPageQuery } from "../../lambda-compat/http/log-source.ts";
import { type ExecutionObjectRpc, type LinesOf, linesOfObjects, objectLogs } from "./object-lines.ts";

const execution = { id: "order/o-1", incarnation: "a".repeat(32) };
const arn = `arn:perdure:lambda:local:000000000000:function:order:1/durable-execution/o-1/${execution.incarnation}`;
const all = { after: 0, limit: 1000 };

test("an object keeps 65,536 characters of what was logged last", () => {
  const logs = objectLogs(Date.now());
  for (let at = 1; at <= 100; at++) logs.add(`${at} `.padEnd(1024, "x"), arn);
  const { lines } = logs.lines(execution, all);
  expect([lines.length, lines.at(-1)?.text.slice(0, 4)]).toEqual([64, "100 "]);
});

test("the lines of an object come after all lines of one before it", () => {
  const at = Date.now();
  const before = objectLogs(at);
  for (let line = 1; line <= 999; line++) before.add(`${line}`, arn);
  const after = before.lines(execution, all).lines.at(-1)?.number ?? 0;
  const logs = objectLogs(at + 1);
  logs.add("new", arn);
  expect(logs.lines(execution, { after, limit: 1 }).lines).toMatchObject([{ text: "new" }]);
  expect(Number.isSafeInteger(after)).toBe(true);
});

test("a Worker asks the object of the execution, once more if it was reset, and says where other lines are", async () => {
  const asked: [name: unknown, execution: LinesOf, query: LogPageQuery][] = [];
  const stub = (name: unknown) => ({
    async lines(of: LinesOf, query: LogPageQuery) {
      asked.push([name, of, query]);
      if (asked.length === 1) throw new Error("Durable Object reset because its code was updated.");
      return { lines: [], more: false, since: 1 };
    },
  });
  const executions = { idFromName: (name: string) => name, get: stub } as object;
  const source = linesOfObjects(executions as ObjectNamespace<ExecutionObjectRpc>);
  const header = { ...execution, input: "not to be sent" };
  expect(await source.lines(header, all)).toEqual({
    ...{ lines: [], more: false, since: 1 },
    elsewhere: { service: "Workers Logs (wrangler tail)" },
  });
  const once = ["order/o-1", execution, all];
  expect(asked).toEqual([once, once]);
});
