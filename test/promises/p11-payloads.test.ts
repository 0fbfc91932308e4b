/** P11: no payload changes a prototype or runs code; names and payloads stay text. */

import { afterEach, describe, expect, test } from "vitest";
import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { Recorder } from "../../src/engine/machine/recorder.ts";
import { violations } from "../../src/engine/machine/invariants.ts";
import type { OperationUpdate } from "../../src/engine/model/update.ts";
import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import { replayFaults } from "./replay-faults.ts";
import { EXECUTION_ID, programOf, World } from "./world.ts";

/** Names that mean something to objects, and text that means something elsewhere. */
const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "__defineGetter__",
  "valueOf",
  "then",
];
const TEXTS = ["<script>alert(1)</script>", "${7*7}", "'; DROP TABLE commits; --", "../../etc/passwd", "%s%n", "a b"];
const ATTACK =
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"then":"no function","toJSON":1}';

/** What every object inherits; checked after each test, so that a test which pollutes it fails by itself. */
const inherited = Object.getOwnPropertyNames(Object.prototype).toSorted().join();

afterEach(() => {
  const now = Object.getOwnPropertyNames(Object.prototype).toSorted().join();
  if (now !== inherited) throw new Error(`A payload has changed what objects inherit: ${now}`);
});

describe("P11 a payload with names of prototypes", () => {
  test("passes through steps, contexts, batches, invokes and the result as it is", async () => {
    const attack = (): unknown => JSON.parse(ATTACK);
    const faults = await replayFaults({
      functions: () => ({
        program: withDurableExecution(async (event, context) => {
          const step = await context.step(async () => attack());
          const child = await context.runInChildContext(async (inner) => inner.step(async () => step));
          const [first] = await context.map([child], async (item, value) => item.step(async () => value));
          const invoked = await context.invoke("echo", first);
          const state = await context.waitForCondition(async (last: unknown) => last, {
            initialState: invoked,
            waitStrategy: () => ({ shouldContinue: false }),
          });
          await context.wait({ seconds: 1 });
          return { event, state, keys: Object.keys(state as object), own: Object.hasOwn(state as object, "__proto__") };
        }),
        echo: async (value: unknown) => value,
      }),
      input: ATTACK,
    });
    expect(faults).toEqual([]);
  });

  test("comes back from a callback, an error and a stored log as text", async () => {
    const functions = programOf(async (context) => {
      const [answer] = await context.createCallback("answer");
      const [refusal] = await context.createCallback("refusal");
      const error = (await refusal.catch((reason: unknown) => reason)) as Error & { errorData?: string };
      return [
        await answer,
        error.message,
        error.errorData,
        Object.getPrototypeOf(Object.getPrototypeOf(error)) !== null,
      ];
    });
    const error = { errorType: "__proto__", errorMessage: "constructor", errorData: ATTACK };
    const world = new World({
      functions,
      answers: {
        answer: { after: 1, outcome: { type: "SUCCEEDED", result: ATTACK } },
        // What a stranger sends along is not kept.
        refusal: { after: 2, outcome: { type: "FAILED", error: { ...error, ...(JSON.parse(ATTACK) as object) } } },
      },
    });
    expect((await world.run()).result).toEqual([ATTACK, "constructor", ATTACK, true]);
    expect(world.ledger.bodies(EXECUTION_ID).join("")).not.toContain('"polluted":true},"constructor":{"prototype"');
  });

  test("in a log makes own properties and nothing else", () => {
    const commit = decodeCommit(`{"v":1,"writer":"w","at":1,"facts":[],"__proto__":{"polluted":true}}`);
    expect(Object.getPrototypeOf(commit)).toBe(Object.prototype);
    expect((commit as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("P11 names are data", () => {
  test.each([...NAMES, ...TEXTS])("of an operation: %s", async (name) => {
    const faults = await replayFaults({
      functions: programOf(async (context) => {
        const step = await context.step(name, async () => name);
        const child = await context.runInChildContext(name, async (inner) =>
          inner.wait(name, { seconds: 1 }).then(() => name),
        );
        const [value] = await context.map(name, [name], async (item, each) => item.step(each, async () => each), {
          itemNamer: (each) => each,
        });
        return [step, child, value];
      }),
    });
    expect(faults).toEqual([]);
  });

  test.each(NAMES)("of a function, a version and an execution: %s", async (name) => {
    const handler = withDurableExecution(async (_event, context) => {
      await context.wait({ seconds: 1 });
      return context.step(async () => name);
    });
    const world = new World({
      // A computed key makes an own property, whatever its name.
      functions: () => ({ [name]: { latest: name, versions: { [name]: handler } } }),
    });
    world.boot();
    await world.clock.settle();
    const { execution } = await world.clock.run(world.runner.start({ functionName: name, name }));
    expect(execution.id).toBe(`${name}/${name}`);
    const header = await world.clock.run(world.runner.settled(execution.id, world.clock.now() + 60_000));
    expect([header.status, header.result, header.version]).toEqual(["SUCCEEDED", JSON.stringify(name), name]);
    const { rows } = await world.runner.list({ functionName: name, name, limit: 10 });
    expect(rows.map(({ id }) => id)).toEqual([`${name}/${name}`]);
  });

  test.each(NAMES)("of an operation's id, from an SDK that sends what it likes: %s", (id) => {
    const recorder = Recorder.started();
    recorder.checkpoint(
      { id, type: "CONTEXT", action: "START", name: id },
      { id: `${id}-1`, type: "STEP", action: "SUCCEED", parentId: id, payload: ATTACK },
    );
    expect(recorder.state.operations.get(id)).toMatchObject({ id, type: "CONTEXT", status: "STARTED" });
    recorder.checkpoint({ id, type: "CONTEXT", action: "SUCCEED" });
    expect(recorder.state.operations.size).toBe(1);
    expect(violations(recorder.state)).toEqual([]);
  });

  test.each(NAMES)("of a type or an action that does not exist: %s", (name) => {
    const recorder = Recorder.started();
    const update = (change: object): OperationUpdate => ({ id: "1", type: "STEP", action: "START", ...change });
    expect(recorder.refusal({ type: "CHECKPOINT", updates: [update({ type: name })] })).toMatchObject({
      message: "Unknown operation type.",
    });
    expect(recorder.refusal({ type: "CHECKPOINT", updates: [update({ action: name })] })).toMatchObject({
      message: "Invalid action for the given operation type.",
    });
  });
});

describe("P11 names of any size are refused before they are kept", () => {
  test.each([
    { what: "with a control character", name: "line\nbreak" },
    { what: "beyond ASCII", name: "ünïcödé" },
    { what: "of a megabyte", name: "n".repeat(1_000_000) },
    { what: "that is empty", name: "" },
  ])("an operation's, $what", async ({ name }) => {
    const world = new World({ functions: programOf(async (context) => context.step(name, async () => 1)) });
    const { status, error } = await world.run();
    expect(status).toBe("FAILED");
    expect((error as { errorMessage: string }).errorMessage).toContain("Operation name");
    expect(JSON.stringify(error).length).toBeLessThan(1000);
  });

  test.each([
    { what: "with a slash", name: "a/b" },
    { what: "with a line break", name: "a\nb" },
    { what: "of 65 characters", name: "n".repeat(65) },
    { what: "of a megabyte", name: "n".repeat(1_000_000) },
    { what: "that is empty", name: "" },
  ])("an execution's, $what", async ({ name }) => {
    const world = new World({ functions: programOf(async () => 1) });
    world.boot();
    const refused = world.clock.run(world.runner.start({ functionName: "program", name }));
    await expect(refused).rejects.toMatchObject({ code: "InvalidParameterValueException" });
    expect(world.ledger.writes.filter((write) => "row" in write && write.row.name === name)).toEqual([]);
  });
});
