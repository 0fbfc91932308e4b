import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { DurableTestRunner } from "../testing/test-runner.ts";
import { collectionSerdes } from "./collection-serdes.ts";
import { withDurableExecution } from "./with-durable-execution.ts";

const context = { entityId: "1", durableExecutionArn: "arn" };

async function through(value: unknown): Promise<unknown> {
  const text = await collectionSerdes.serialize(value, context);
  expect(text === undefined || typeof text === "string").toBe(true);
  return collectionSerdes.deserialize(text, context);
}

test("keeps maps, sets, dates and big integers, however deep", async () => {
  const value = {
    prices: new Map<unknown, unknown>([
      ["book", { cents: 12n, since: new Date(0) }],
      [new Date(1), new Set([new Map([[1n, [2n]]])])],
    ]),
    empty: [new Map(), new Set()],
  };
  expect(await through(value)).toEqual(value);
  expect(await through(undefined)).toBeUndefined();
  expect(await through(new Date(Number.NaN))).toEqual(new Date(Number.NaN));
});

test("keeps what looks like its own marks", async () => {
  for (const mark of ["$perdure", "$$perdure", "$$$perdure"]) {
    const value = { [mark]: "Map", of: [[1, new Set([{ [mark]: 1 }])]] };
    expect(await through(value)).toEqual(value);
  }
});

test("is JSON for everything else, and changes no prototype", async () => {
  const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("$perdure"));
  await fc.assert(
    fc.asyncProperty(json, async (value) => {
      expect(await collectionSerdes.serialize(value, context)).toBe(JSON.stringify(value));
      expect(await through(value)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  const hostile = JSON.parse('{"__proto__":{"polluted":true},"$perdure":"Map"}') as object;
  const read = (await through(hostile)) as object;
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect(JSON.stringify(read)).toBe(JSON.stringify(hostile));
});

test("is what a warning offers, once, when the default loses a map", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const told = (): string[] => warn.mock.calls.map(([text]) => String(text));
  const run = (value: unknown, serdes?: typeof collectionSerdes): Promise<{ result: unknown }> => {
    const program = withDurableExecution(async (_event: unknown, durable) => {
      const got: unknown = await durable.step("prices", async () => value, serdes && { serdes });
      return got instanceof Map ? [...(got as Map<unknown, unknown>)] : got;
    });
    return new DurableTestRunner(program).run();
  };
  try {
    await run([{}, new Map(), "a {} in a text"]);
    expect(told()).toEqual([]);
    expect(await run(new Map([["book", 12]]), collectionSerdes)).toMatchObject({ result: [["book", 12]] });
    expect(told()).toEqual([]);
    expect(await run({ deep: [new Map([["book", 12]])] })).toMatchObject({ result: { deep: [{}] } });
    await run(new Set([1]));
    expect(told()).toEqual([expect.stringMatching(/operation 1 has a Map .*collectionSerdes/)]);
  } finally {
    warn.mockRestore();
  }
});
