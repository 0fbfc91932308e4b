import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { withDurableExecution } from "../with-durable-execution.ts";
import { createMemoryHost } from "perdure/memory";
import { callbackIdOf } from "../../engine/model/callback-id.ts";
import { createHttpFace } from "./face.ts";
import { KeptLogs } from "./kept-logs.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const execution = { id: "order/o-1", incarnation: "a".repeat(32) };
const arn = `arn:perdure:lambda:local:000000000000:function:order:1/durable-execution/o-1/${execution.incarnation}`;
const all = { after: 0, limit: 1000 };

function lineOf(message: unknown, more: object = {}): string {
  return JSON.stringify({ timestamp: "2026-01-02T03:04:05.678Z", level: "WARN", executionArn: arn, message, ...more });
}

describe("lines that are kept", () => {
  test("say what the logger said: when, how urgent, of which operation and attempt", () => {
    const logs = new KeptLogs();
    expect(logs.add(lineOf("late", { operationId: "c4ca", attempt: 2 }))).toBe(true);
    expect(logs.lines(execution, all)).toEqual({
      lines: [
        {
          number: 1,
          at: Date.parse("2026-01-02T03:04:05.678Z"),
          level: "WARN",
          text: "late",
          operationId: "c4ca",
          attempt: 2,
        },
      ],
      more: false,
      since: expect.any(Number),
    });
  });

  test("are of the execution that wrote them, whichever one they name: code may print what strangers have sent", () => {
    const logs = new KeptLogs();
    const other = { id: "order/o-2", incarnation: "b".repeat(32) };
    const forged = lineOf("all is well");
    expect(logs.add(forged, arn.replace("o-1", "o-2").replace(/a{32}/, other.incarnation))).toBe(true);
    expect(logs.lines(execution, all).lines).toEqual([]);
    expect(logs.lines(other, all).lines).toMatchObject([{ level: "INFO", text: forged }]);
    expect(logs.add(forged, arn)).toBe(true);
    expect(logs.lines(execution, all).lines).toMatchObject([{ level: "WARN", text: "all is well" }]);
  });

  test("have no beginning of a callback's id where they are cut, which nobody would know for one", () => {
    const logs = new KeptLogs();
    const id = callbackIdOf("order/o-1", "0123456789abcdef0123456789abcdef");
    for (let shown = 1; shown < id.length; shown++) logs.add(lineOf(`${"-".repeat(8192 - shown)}${id}`));
    for (const { text } of logs.lines(execution, all).lines) expect(text).toMatch(/^-+$/);
  });

  test("are never from the future, which would have all before them missing", () => {
    const logs = new KeptLogs({ linesOfEach: 1 });
    for (const text of ["one", "two"]) logs.add(lineOf(text, { timestamp: "+275760-09-13T00:00:00Z" }));
    const { lines, since } = logs.lines(execution, all);
    expect(lines[0]?.at).toBeLessThanOrEqual(Date.now());
    expect(since).toBeLessThanOrEqual(Date.now());
  });

  test("are objects as JSON, and errors with their stack", () => {
    const logs = new KeptLogs();
    logs.add(lineOf({ items: 3 }));
    logs.add(lineOf("broken", { stackTrace: ["Error: x", "  at y"] }));
    expect(logs.lines(execution, all).lines.map(({ text }) => text)).toEqual([
      '{"items":3}',
      "broken\nError: x\n  at y",
    ]);
  });

  test.for(["plain", "{", "{}", '{"timestamp":"x","level":"INFO"}', "null"])(
    "%j, which no logger wrote, is of the execution that it was written in, or of none",
    (line) => {
      const logs = new KeptLogs();
      expect(logs.add(line)).toBe(false);
      expect(logs.add(line, "arn:aws:lambda")).toBe(false);
      expect(logs.add(line, arn)).toBe(true);
      expect(logs.lines(execution, all).lines).toMatchObject([{ level: "INFO", text: line }]);
    },
  );

  test("are given page by page, from any line on", () => {
    const logs = new KeptLogs();
    for (let at = 1; at <= 5; at++) logs.add(lineOf(`${at}`));
    const page = logs.lines(execution, { after: 1, limit: 2 });
    expect([page.lines.map(({ text }) => text), page.more]).toEqual([["2", "3"], true]);
    expect(logs.lines(execution, { after: 3, limit: 2 }).more).toBe(false);
    expect(logs.lines(execution, { after: 9, limit: 2 }).lines).toEqual([]);
  });

  test("of an execution are the newest, and keep their numbers", () => {
    const logs = new KeptLogs({ linesOfEach: 2 });
    for (let at = 1; at <= 5; at++) logs.add(lineOf(`${at}`));
    expect(logs.lines(execution, all).lines.map(({ number, text }) => [number, text])).toEqual([
      [4, "4"],
      [5, "5"],
    ]);
    expect(logs.lines(execution, { after: 4, limit: 9 }).lines.map(({ number }) => number)).toEqual([5]);
  });

  test("of all executions have so many characters: who wrote nothing for longest goes first", () => {
    const logs = new KeptLogs({ characters: 10 });
    const other = { id: "order/o-1", incarnation: "b".repeat(32) };
    logs.add("12345", arn.replace(execution.incarnation, other.incarnation));
    logs.add("12345", arn);
    logs.add("67890", arn);
    expect(logs.lines(other, all).lines).toEqual([]);
    logs.add("abcdef", arn);
    expect(logs.lines(execution, all).lines.map(({ text }) => text)).toEqual(["abcdef"]);
    logs.add("x".repeat(9000), arn);
    expect(logs.lines(execution, all).lines).toEqual([]);
  });
});

describe("from when on all lines are there", () => {
  const begun = Date.parse("2026-01-02T03:00:00Z");
  const other = { id: "order/o-1", incarnation: "b".repeat(32) };
  const otherArn = arn.replace(execution.incarnation, other.incarnation);

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: begun });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test("is when the source began, in the time that is shown", () => {
    const logs = new KeptLogs({ timeOf: (at) => at + 1_000 });
    vi.setSystemTime(begun + 5_000);
    logs.add("first", arn);
    expect([logs.lines(execution, all).since, logs.lines(other, all).since]).toEqual([begun + 1_000, begun + 1_000]);
  });

  test("is when the last line was written that had to go", () => {
    const logs = new KeptLogs({ linesOfEach: 2 });
    for (let at = 1; at <= 4; at++) {
      vi.setSystemTime(begun + at);
      logs.add(`${at}`, arn);
    }
    expect(logs.lines(execution, all)).toMatchObject({ lines: [{ text: "3" }, { text: "4" }], since: begun + 2 });
    expect(logs.lines(other, all).since).toBe(begun);
  });

  test("is, once an execution was forgotten, when that wrote its last line: of one without lines nobody knows whether it is that", () => {
    const logs = new KeptLogs({ characters: 10 });
    vi.setSystemTime(begun + 1);
    logs.add("12345", arn);
    vi.setSystemTime(begun + 2);
    logs.add("1234567890", otherArn);
    expect(logs.lines(execution, all)).toMatchObject({ lines: [], since: begun + 1 });
    expect(logs.lines(other, all).since).toBe(begun);
    vi.setSystemTime(begun + 3);
    logs.add("again", arn);
    expect(logs.lines(execution, all)).toMatchObject({ lines: [{ text: "again" }], since: begun + 1 });
  });
});

describe("a source that begins anew", () => {
  test("counts on from where it is told to, so that nobody who has read the one before misses a line", () => {
    const before = new KeptLogs();
    for (let at = 1; at <= 3; at++) before.add(`${at}`, arn);
    const logs = new KeptLogs({ firstNumber: 100 });
    logs.add("new", arn);
    logs.add("newer", arn);
    expect(logs.lines(execution, { after: 3, limit: 1 })).toMatchObject({
      lines: [{ number: 100, text: "new" }],
      more: true,
    });
    expect(logs.lines(execution, { after: 100, limit: 9 }).lines).toMatchObject([{ number: 101, text: "newer" }]);
  });
});

test("a long line is cut, and no more of it is held in memory than is shown", () => {
  const logs = new KeptLogs();
  const heapBytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = heapBytes();
  for (let at = 0; at < 32; at++) logs.add(lineOf(`${at} \ud800`.padEnd(2 ** 20, "x")));
  expect(heapBytes() - before).toBeLessThan(8 * 2 ** 20);
  // Before the word that it would have been cut in, which may be an id.
  expect(logs.lines(execution, all).lines.at(-1)?.text).toBe("31 \ud800".padEnd(8192 - 320, "x"));
});

describe("an execution that writes much", () => {
  const quiet = { id: "order/o-1", incarnation: "b".repeat(32) };
  const quietArn = arn.replace(execution.incarnation, quiet.incarnation);

  test("pushes out its own oldest lines, and none of another one", () => {
    const logs = new KeptLogs({ charactersOfEach: 10, characters: 20 });
    logs.add("quiet", quietArn);
    for (let at = 0; at < 100; at++) logs.add(`loud${at % 10}`, arn);
    expect(logs.lines(quiet, all).lines.map(({ text }) => text)).toEqual(["quiet"]);
    expect(logs.lines(execution, all).lines.map(({ number, text }) => [number, text])).toEqual([
      [99, "loud8"],
      [100, "loud9"],
    ]);
  });
});

describe("an execution that wrote nothing for long", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("is kept no longer, while others are", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const later = { id: "order/o-1", incarnation: "b".repeat(32) };
    const logs = new KeptLogs({ keptMs: 1_000 });
    logs.add("first", arn);
    vi.advanceTimersByTime(600);
    logs.add("second", arn.replace(execution.incarnation, later.incarnation));
    expect(logs.lines(execution, all).lines).toHaveLength(1);
    vi.advanceTimersByTime(400);
    expect(logs.lines(execution, all).lines).toEqual([]);
    expect(logs.lines(later, all).lines).toHaveLength(1);
  });
});

describe("the call for log lines", () => {
  const host = createMemoryHost({ functions: { order: withDurableExecution(async () => "done") } });
  const credentials = [
    { id: "reader", rights: ["read"] as const, bearer: "reading" },
    { id: "worker", rights: ["callback"] as const, bearer: "answering" },
  ];
  const ask = async (face: ReturnType<typeof createHttpFace>, query = "", token = "reading") => {
    const { execution: header } = await host.client.start({ functionName: "order", name: "o-1" });
    const { name, incarnation } = header;
    const of = `arn:perdure:lambda:local:000000000000:function:order:$LATEST/durable-execution/${name}/${incarnation}`;
    const answer = await face(
      new Request(`http://host/2025-12-01/durable-executions/${encodeURIComponent(of)}/logs${query}`, {
        headers: { Authorization: `Bearer ${token}` },
      }),
    );
    return {
      arn: of,
      status: answer.status,
      type: answer.headers.get("x-amzn-errortype"),
      body: (await answer.json()) as object,
    };
  };

  test("has pages, and takes callbacks' ids from those who may not answer them", async () => {
    const logs = new KeptLogs();
    const face = createHttpFace({ client: host.client, credentials, logs });
    const { arn: own } = await ask(face);
    const callbackId = btoa(`order/o-1\n${"0".repeat(32)}`);
    logs.add("first", own);
    logs.add(`ask with ${callbackId}`, own);
    expect((await ask(face, "?MaxItems=1")).body).toMatchObject({
      Lines: [{ Number: 1, Level: "INFO", Text: "first" }],
      NextMarker: "1",
    });
    const { body } = await ask(face, "?Marker=1");
    expect(JSON.stringify(body)).toContain("-redacted-");
    expect(JSON.stringify(body)).not.toContain(callbackId);
  });

  test("says from when on lines are there, and where others are", async () => {
    const page = { lines: [], more: false, since: 1_700_000_000_250 };
    const elsewhere = { service: "CloudWatch Logs", region: "eu-west-1", logGroup: "/aws/lambda/queue" };
    const face = createHttpFace({ client: host.client, credentials, logs: { lines: () => ({ ...page, elsewhere }) } });
    expect((await ask(face)).body).toEqual({
      Lines: [],
      Since: 1_700_000_000.25,
      Elsewhere: { Service: "CloudWatch Logs", Region: "eu-west-1", LogGroup: "/aws/lambda/queue" },
    });
  });

  test("is not there where nobody keeps lines, nor for those who may not read", async () => {
    expect(await ask(createHttpFace({ client: host.client, credentials }))).toMatchObject({
      status: 404,
      type: "UnknownOperationException",
    });
    const face = createHttpFace({ client: host.client, credentials, logs: new KeptLogs() });
    expect((await ask(face, "", "answering")).status).toBe(403);
    expect((await ask(face, "?Marker=x")).status).toBe(400);
  });

  test("is refused by the face where it is given something else", () => {
    const parts = { client: host.client, credentials, logs: {} as KeptLogs };
    expect(() => createHttpFace(parts)).toThrow("logs must be a source of log lines");
  });
});
