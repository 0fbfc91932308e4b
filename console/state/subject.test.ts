/** The console's handling of a host that sends data which no execution has. */

import { withDurableExecution } from "perdure";
import { createHttpFace } from "perdure/http";
import { createMemoryHost } from "perdure/memory";
import { afterAll, expect, test } from "vitest";
import { type FetchHandler, type Served, serve } from "../../test/http/serve.ts";
import { Face } from "../api/face.ts";
import { Subject } from "./subject.ts";

const nothing = withDurableExecution(async () => "done");
const host = createMemoryHost({ functions: { nothing } });
const face = createHttpFace({
  client: host.client,
  credentials: [{ id: "test", rights: ["admin"], bearer: "the-token" }],
});
const served: Served[] = [];

afterAll(async () => {
  host.close();
  await Promise.all(served.map((each) => each.close()));
});

/** An execution whose log is, in the words of its host, this one. What else is asked for is answered after `answered`. */
async function subjectOf(log: readonly string[], answered: Promise<void>): Promise<Subject> {
  const { execution } = await host.client.start({ functionName: "nothing" });
  await host.client.settled(execution.id, Date.now() + 10_000);
  const events = log.map((body, index) => `id: ${index + 1}\nevent: commit\ndata: ${body}\n\n`).join("");
  const handler: FetchHandler = async (request) => {
    if (!new URL(request.url).pathname.endsWith("/events")) {
      await answered;
      return face(request);
    }
    return new Response(events, { headers: { "Content-Type": "text/event-stream" } });
  };
  const own = await serve(handler);
  served.push(own);
  const found = await face(
    new Request("http://face/2025-12-01/functions/nothing/durable-executions", {
      headers: { Authorization: "Bearer the-token" },
    }),
  );
  const { DurableExecutions } = (await found.json()) as {
    readonly DurableExecutions: readonly { readonly DurableExecutionArn: string }[];
  };
  return new Subject(new Face({ url: own.url, token: "the-token" }), DurableExecutions[0]?.DurableExecutionArn ?? "");
}

const start = { kind: "EXECUTION_STARTED", name: "n", incarnation: "0", functionName: "f", version: "1" };
const commit = (at: number, ...facts: readonly object[]): string =>
  JSON.stringify({ v: 2, writer: `w.${at}`, owner: "o", at, facts });
const begun = commit(1, { ...start, retentionDays: 14 });
const deep = Array.from({ length: 600 }, (_, at) => ({
  ...{ kind: "STARTED", id: `c${at}`, type: "CONTEXT", subType: "RunInChildContext" },
  ...(at > 0 && { parentId: `c${at - 1}` }),
}));

test.for<[string, string, string]>([
  ["a time beyond all dates", commit(1e20), 'wrong value for "at"'],
  ["an input that is no text", commit(2, { ...start, retentionDays: 14, input: {} }), 'wrong value for "input"'],
  ["contexts 600 deep", commit(2, ...deep), "deep; the limit is 512"],
])("%s ends the log with an error that stays, and what came before is shown", async ([, body, message]) => {
  const answers = Promise.withResolvers<void>();
  const subject = await subjectOf([begun, body, commit(3)], answers.promise);
  try {
    await expect.poll(() => subject.error.value).toContain(message);
    answers.resolve();
    await subject.refresh();
    expect(subject.details.value).toMatchObject({ state: "SUCCEEDED" });
    expect(subject.error.value).toContain(message);
    expect(subject.view.length).toBe(1);
    expect(subject.view.events.map(({ event }) => event.eventType)).toEqual(["ExecutionStarted"]);
  } finally {
    answers.resolve();
    subject.close();
  }
});
