import { describe, expect, test } from "vitest";
import type { OperationUpdate } from "../model/update.ts";
import { decodeForeignCommit } from "./foreign-commit.ts";
import { Recorder } from "./recorder.ts";
import { decodeSnapshot, encodeSnapshot } from "./snapshot.ts";

const start = { type: "START_EXECUTION", functionName: "f", name: "n", version: "1", retentionDays: 1 } as const;

function change(id: string, payload: string, rest: Partial<OperationUpdate> = {}): OperationUpdate {
  return { id, type: "STEP", subType: "Tags", action: "SUCCEED", payload, ...rest };
}

function tags(count: number, prefix = "k"): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${at}`, "v"]));
}

describe("tags at the start", () => {
  test("stand in the log and in the header", () => {
    const recorder = Recorder.started({ tags: { customer: "c-7", region: "Österreich" } });
    expect(recorder.state.header.tags).toEqual({ customer: "c-7", region: "Österreich" });
    expect(recorder.refold().header).toEqual(recorder.state.header);
    expect(recorder.bodies.map((body) => decodeForeignCommit(body))).toEqual(recorder.commits);
  });

  test("are none where none are given", () => {
    expect(Recorder.started({ tags: {} }).state.header).not.toHaveProperty("tags");
    expect(Recorder.started().bodies[0]).not.toContain("tags");
  });

  test.each([
    ["a key without characters", { "": "v" }, "The key of a tag must not be empty."],
    ["a key that is too long", { ["k".repeat(65)]: "v" }, "The key of a tag has 65 characters; the limit is 64."],
    ["a key with a space", { "a b": "v" }, "The key of a tag may only have letters, digits and _ . : / @ + -."],
    ["a value that is too long", { k: "v".repeat(257) }, 'The value of tag "k" has 257 characters; the limit is 256.'],
    ["half a character", { k: "\ud800" }, 'The value of tag "k" has a character that is none.'],
    ["a control character", { k: "a\nb" }, 'The value of tag "k" has a character that is none.'],
    ["a value that is no text", { k: 7 as unknown as string }, 'The value of tag "k" must be text.'],
    ["no value", { k: null as unknown as string }, 'The value of tag "k" must be text.'],
    ["too many", tags(11), 'Tag "k10" would be one of 11 tags of the execution; the limit is 10.'],
  ])("are refused for %s", (_what, given, message) => {
    const refusal = new Recorder().refusal({ ...start, tags: given });
    expect(refusal).toMatchObject({ code: "InvalidParameterValueException", message });
  });

  test("may have the names that objects have", () => {
    const given = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
    const { header } = Recorder.started({ tags: given }).state;
    expect(Object.entries(header.tags ?? {})).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
    expect({}).not.toHaveProperty("a");
  });
});

describe("a step of the sub type Tags", () => {
  test("gives tags, changes them and takes them away, and makes the directory's row a new one", () => {
    const recorder = Recorder.started({ tags: { stage: "cart", region: "eu" } });
    recorder.checkpoint(change("1", '{"stage":"paid","vip":"yes","region":null}'));
    expect(recorder.state.header.tags).toEqual({ stage: "paid", vip: "yes" });
    expect(recorder.state.rowSeq).toBe(2);
    recorder.checkpoint(change("2", '{"stage":null,"vip":null}'));
    expect(recorder.state.header).not.toHaveProperty("tags");
    expect(recorder.state.rowSeq).toBe(3);
    expect(recorder.refold().header).toEqual(recorder.state.header);
  });

  test("changes nothing where the tags are the same already", () => {
    const recorder = Recorder.started({ tags: { stage: "cart" } });
    recorder.checkpoint(change("1", '{"stage":"cart","region":null}'));
    expect(recorder.state.rowSeq).toBe(1);
  });

  test.each(["5", '"text"', "[]", "{", "null", '{"k":7}'])("is a step like any other with the result %s", (result) => {
    const recorder = Recorder.started({ tags: { stage: "cart" } });
    recorder.checkpoint(change("1", result));
    expect(recorder.state.header.tags).toEqual({ stage: "cart" });
    expect(recorder.state.operations.get("1")?.result).toBe(result);
  });

  test("changes nothing when it has failed, nor with a result of another sub type or kind", () => {
    const recorder = Recorder.started();
    const error = { errorMessage: "no" };
    recorder.checkpoint({ id: "1", type: "STEP", subType: "Tags", action: "FAIL", error });
    recorder.checkpoint(change("2", '{"k":"v"}', { subType: "Step" }));
    recorder.checkpoint(change("3", '{"k":"v"}', { type: "CONTEXT" }));
    expect(recorder.state.header).not.toHaveProperty("tags");
  });

  test("is refused with all of its batch if the execution would have more tags than it may", () => {
    const recorder = Recorder.started({ tags: tags(8) });
    const batch = [change("1", JSON.stringify(tags(2, "b"))), change("2", '{"c":"v"}')];
    expect(recorder.refusal({ type: "CHECKPOINT", updates: batch })).toMatchObject({
      message: 'Tag "c" would be one of 11 tags of the execution; the limit is 10.',
      size: 11,
      limit: 10,
    });
    const room = change("2", '{"c":"v","k0":null}');
    expect(recorder.refusal({ type: "CHECKPOINT", updates: [batch[0] ?? room, room] })).toBeUndefined();
  });

  test("that goes over the limits in a log from elsewhere is a step like any other", () => {
    const recorder = Recorder.started();
    const result = JSON.stringify(tags(11));
    recorder.append([{ kind: "SUCCEEDED", id: "1", type: "STEP", subType: "Tags", result }], "owner");
    expect(recorder.state.header).not.toHaveProperty("tags");
  });

  test("is in what a snapshot stands for", () => {
    const recorder = Recorder.started();
    recorder.checkpoint(change("1", '{"k":"v"}'));
    const snapshot = encodeSnapshot(recorder.state, recorder.bodies.at(-1) ?? "");
    const { header } = decodeSnapshot(snapshot, recorder.state.header.incarnation)?.state ?? {};
    expect(header).toEqual(recorder.state.header);
  });
});
