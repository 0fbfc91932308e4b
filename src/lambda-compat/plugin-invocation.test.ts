import { expect, test } from "vitest";
import { createMemoryHost } from "../homes/memory/index.ts";
import { DurableTestRunner } from "../testing/test-runner.ts";
import type { DurableInstrumentationPlugin, InvocationInfo, OperationInfo } from "./plugins.ts";
import { withDurableExecution } from "./with-durable-execution.ts";

const namesOf = (infos: Record<string, OperationInfo>): readonly (string | undefined)[] =>
  Object.values(infos).map(({ name }) => name);

/** Notes the changes since the invocation before, as each invocation of a handler is told them. */
function noting(changed: (readonly (string | undefined)[])[]): DurableInstrumentationPlugin {
  return { onInvocationStart: async (info) => void changed.push(namesOf(info.updatedOperations)) };
}

test("an invocation is told once of what has changed since the one before", async () => {
  const changed: (readonly (string | undefined)[])[] = [];
  const handler = withDurableExecution(
    async (_event: unknown, context) => {
      await context.step("before", async () => 1);
      await Promise.all([context.wait("short", { seconds: 1 }), context.wait("long", { seconds: 2 })]);
      await context.waitForCallback("answer", async () => {});
      await context.step("after", async () => 2);
      await context.wait("last", { seconds: 1 });
    },
    { plugins: [noting(changed)] },
  );
  const runner = new DurableTestRunner(handler);
  runner.onCallback("answer", (callback) => callback.succeed("yes"));
  await runner.run();
  // The callback inside of waitForCallback has no name of its own.
  expect(changed).toEqual([[], ["short"], ["long"], [undefined], ["last"]]);
});

test("an invocation is told by the ids that operations have", async () => {
  const seen: InvocationInfo[] = [];
  const handler = withDurableExecution(async (_event: unknown, context) => context.wait("w", { seconds: 1 }), {
    plugins: [{ onInvocationStart: async (info) => void seen.push(info) }],
  });
  await new DurableTestRunner(handler).run();
  const [[id, info] = []] = Object.entries(seen[1]?.updatedOperations ?? {});
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(info?.id).toBe(id);
  expect(Object.keys(seen[1]?.operations ?? {})).toEqual([id]);
});

test("a factory makes a plugin for each invocation, which is told of that one's operations alone", async () => {
  const told = new Map<string, Set<string | undefined>>();
  const handler = withDurableExecution(
    async (name: string, context) => {
      for (let i = 0; i < 3; i++) await context.step(name, async () => new Promise((done) => setTimeout(done, 1)));
    },
    {
      plugins: [
        {
          createPlugin({ executionInput }) {
            const names = new Set<string | undefined>();
            told.set(String(executionInput), names);
            const note = async ({ name }: OperationInfo): Promise<void> => void names.add(name);
            return { onOperationStart: note, onOperationEnd: note, onOperationAttemptStart: note };
          },
        },
      ],
    },
  );
  const host = createMemoryHost({ functions: { handler } });
  await Promise.all(
    ["a", "b"].map(async (name) => {
      const { execution } = await host.client.start({ functionName: "handler", name, input: JSON.stringify(name) });
      await host.client.settled(execution.id, Date.now() + 60_000);
    }),
  );
  host.close();
  expect(new Map(told)).toEqual(
    new Map([
      ["a", new Set("a")],
      ["b", new Set("b")],
    ]),
  );
});

test("a factory that throws does not reach the handler", async () => {
  const broken = {
    createPlugin(): never {
      throw new Error("no plugin");
    },
  };
  const handler = withDurableExecution(async () => 1, { plugins: [broken] });
  expect((await new DurableTestRunner(handler).run()).status).toBe("SUCCEEDED");
});
