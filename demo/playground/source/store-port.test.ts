import { type DirectoryRow, ExecutionStatus } from "perdure/engine";
import { MemoryStore } from "perdure/memory";
import { beforeEach, expect, test } from "vitest";
import { StorePort } from "./store-port.ts";

const row = (name: string, startedAt = 1): DirectoryRow => ({
  ...{ id: `f/${name}`, functionName: "f", name, version: "1", incarnation: name, seq: 1 },
  ...{ status: ExecutionStatus.RUNNING, startedAt },
});
const started = (name: string): string =>
  JSON.stringify({
    ...{ v: 1, writer: `w.${name}`, at: 1 },
    facts: [{ kind: "EXECUTION_STARTED", name, incarnation: name, functionName: "f", version: "1", retentionDays: 1 }],
  });
const paused = (at: number): string =>
  JSON.stringify({ v: 3, writer: "w.2", at, facts: [{ kind: "HALTED", reason: "PAUSED", error: {} }] });

let store: MemoryStore;
let port: StorePort;
let created: string[];

beforeEach(() => {
  store = new MemoryStore();
  created = [];
  port = new StorePort(store, { onCreating: (id) => created.push(id) });
  store.create(row("other"), started("other"));
  store.create(row("given", 2), started("given"));
  port.grant("f/given");
});

test("reaches the executions that it was given or has started, and no other", async () => {
  await expect(port.serve("read", ["f/other", 1])).rejects.toThrow("not one of this worker's");
  await expect(port.serve("append", ["f/other", 2, started("other"), "other"])).rejects.toThrow("not one of");
  await expect(port.serve("putRow", [row("other")])).rejects.toThrow("not one of");
  await expect(port.serve("keepSnapshot", ["f/other", "{}", "other"])).rejects.toThrow("not one of");
  await expect(port.serve("snapshot", ["f/other", "other"])).rejects.toThrow("not one of");
  expect(await port.serve("read", ["f/given", 1])).toMatchObject({ bodies: [started("given")] });
  expect(await port.serve("create", [row("own"), started("own")])).toBe("created");
  expect(await port.serve("read", ["f/own", 1])).toMatchObject({ bodies: [started("own")] });
  await expect(port.serve("create", [row("other"), started("other")])).rejects.toThrow('"other" is taken');
  expect(created).toEqual(["f/own"]);
  await expect(port.serve("read", ["f/other", 1])).rejects.toThrow("not one of");
});

test("reaches an execution that it would start, and that is there already, if it is its own", async () => {
  const own = new StorePort(store, { onCreating: (id) => created.push(id), isOwn: (id) => id === "f/other" });
  await expect(own.serve("read", ["f/other", 1])).rejects.toThrow("not one of");
  expect(await own.serve("create", [row("other"), started("other")])).toBe("exists");
  expect(await own.serve("read", ["f/other", 1])).toMatchObject({ bodies: [started("other")] });
  await expect(own.serve("create", [row("given"), started("given")])).rejects.toThrow('"given" is taken');
  await expect(own.serve("read", ["f/given", 1])).rejects.toThrow("not one of");
  expect(created).toEqual([]);
});

test("starts nothing where nothing is to be started", async () => {
  const bare = new StorePort(store);
  await expect(bare.serve("create", [row("own"), started("own")])).rejects.toThrow("No execution is started here.");
  expect(store.read("f/own", 1)).toBeUndefined();
});

test("lists its own executions only, past pages of others", async () => {
  const list = await port.serve("list", [{ status: "RUNNING", limit: 1 }]);
  expect((list as readonly DirectoryRow[]).map(({ id }) => id)).toEqual(["f/given"]);
});

test("has no other method than those that are named, whatever it is called by", async () => {
  for (const method of ["remove", "expired", "constructor", "__proto__", "restore", 7, undefined]) {
    await expect(port.serve(method, ["f/given", "given"])).rejects.toThrow("no such method");
  }
});

test.each<[string, string, readonly unknown[]]>([
  ["a row of another execution", "create", [{ ...row("own"), id: "f/other" }, started("own")]],
  ["a row that is of another execution than its log", "create", [row("own"), started("other")]],
  ["a row of another incarnation than its log", "create", [{ ...row("own"), incarnation: "x" }, started("own")]],
  ["a row of another version than its log", "create", [{ ...row("own"), version: "2" }, started("own")]],
  ["a text that no list has room for", "putRow", [{ ...row("given"), version: "1".repeat(301) }]],
  ["a tag that no list has room for", "putRow", [{ ...row("given"), tags: { a: "x".repeat(301) } }]],
  ["more tags than there can be", "putRow", [{ ...row("given"), tags: { ...Array(21).fill("x") } }]],
  ["a time that no date has", "create", [{ ...row("own"), startedAt: 1e20 }, started("own")]],
  ["a status that there is not", "create", [{ ...row("own"), status: "DONE" }, started("own")]],
  ["a commit whose time no date has", "append", ["f/given", 2, paused(1e20), "given"]],
  ["a commit with a fact that there is not", "append", ["f/given", 2, paused(2).replace("HALTED", "NAPPED"), "given"]],
  ["what is no commit", "append", ["f/given", 2, "{}", "given"]],
  ["a number that is none", "append", ["f/given", "2", started("given"), "given"]],
  ["the first commit once more", "append", ["f/given", 1, started("given"), "given"]],
  ["an id that is no text", "read", [["f/given"], 1]],
  ["no scan", "list", [null]],
])("refuses %s", async (_, method, args) => {
  await expect(port.serve(method, args)).rejects.toThrow(/expected|another execution|log/i);
  expect(store.read("f/own", 1)).toBeUndefined();
});
