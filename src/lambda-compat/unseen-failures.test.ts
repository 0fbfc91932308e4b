/**
 * Failures that pass unseen are logged: operations that nobody awaits, when the execution ends, and failed attempts.
 */

import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { DurableTestRunner } from "../testing/test-runner.ts";
import type { DurableContext, DurableLogger } from "./types.ts";
import { withDurableExecution } from "./with-durable-execution.ts";
import { withRetry } from "./with-retry.ts";

afterEach(() => vi.unstubAllEnvs());

const NO_RETRY = { retryStrategy: () => ({ shouldRetry: false }) };
const fail = (message: string): Promise<never> => Promise.reject(new Error(message));

function quiet(warn: (...params: unknown[]) => void): DurableLogger {
  const nothing = (): void => undefined;
  return { warn, error: nothing, info: nothing, debug: nothing };
}

/** The warnings of a handler, each with its error's message. */
async function warningsOf(body: (context: DurableContext) => Promise<unknown>, parks: boolean): Promise<string[]> {
  const warnings: string[] = [];
  const customLogger = quiet((text, error?: unknown) =>
    warnings.push(error instanceof Error ? `${String(text)} ${error.message}` : String(text)),
  );
  const handler = withDurableExecution(async (_event: unknown, context) => {
    context.configureLogger({ customLogger });
    return body(context);
  });
  await new DurableTestRunner(handler, { parks }).run();
  return warnings;
}

test.each([true, false])("operations that nobody awaited are named once, at the end (parked: %s)", async (parks) => {
  const warnings = await warningsOf(async (context) => {
    void context.step("audit", () => fail("no disk"), NO_RETRY);
    void context.runInChildContext("part", () => fail("in part"));
    void context.wait("forgotten", { days: 1 });
    void context.createCallback("nobody");
    void context.step("fine", async () => 1);
    await context.wait("awaited", { seconds: 1 });
    void context.step("notify", () => new Promise(() => undefined));
    return "done";
  }, parks);
  expect(warnings).toEqual([
    'The execution ends with operations that nobody awaited: WAIT "forgotten" is still open; ' +
      'CALLBACK "nobody" is still open; STEP "notify" is still open; CONTEXT "part" failed: in part; ' +
      'STEP "audit" failed: no disk.',
  ]);
});

test.each([
  [true, "execution"],
  [false, "invocation"],
])(
  "what failed in a context that has ended is named once, before it is out of sight (parked: %s)",
  async (parks, ending) => {
    const left = async (context: DurableContext, name: string): Promise<void> => {
      void context.step(name, () => fail("lost"), NO_RETRY);
      await context.wait({ seconds: 1 });
    };
    const warnings = await warningsOf(async (context) => {
      await context.runInChildContext("part", (part) =>
        part.runInChildContext("inner", (inner) => left(inner, "note")),
      );
      await context.wait({ seconds: 1 });
      await context.wait({ seconds: 1 });
    }, parks);
    expect(warnings).toEqual([`The ${ending} ends with operations that nobody awaited: STEP "note" failed: lost.`]);
  },
);

test("what failed in a context that runs again for its value is named at the end", async () => {
  const warnings = await warningsOf(async (context) => {
    await context.runInChildContext("large", async (part) => {
      void part.step("note", () => fail("lost"), NO_RETRY);
      await part.wait({ seconds: 1 });
      return "x".repeat(300_000);
    });
    await context.wait({ seconds: 1 });
  }, false);
  expect(warnings).toEqual([expect.stringMatching(/^The execution ends with .* STEP "note" failed: lost\.$/)]);
});

test.each([true, false])("what is awaited late, raced or caught is not (parked: %s)", async (parks) => {
  const warnings = await warningsOf(async (context) => {
    const late = context.step("late", () => fail("late"), NO_RETRY);
    await context.wait({ seconds: 1 });
    await late.catch(() => undefined);
    await Promise.race([context.wait("loser", { days: 1 }), context.wait("winner", { seconds: 1 })]);
    const [promise] = await context.createCallback("raced");
    await Promise.race([promise, context.wait({ seconds: 1 })]);
    await context.map("items", [1, 2], () => fail("item"), { completionConfig: { toleratedFailureCount: 2 } });
    await context.promise.allSettled([context.step("settled", () => fail("settled"), NO_RETRY)]);
    await context.promise.race<unknown>([context.wait("late", { days: 1 }), context.step("early", async () => 1)]);
    await context.promise.all([context.step("one of all", () => fail("all"), NO_RETRY)]).catch(() => undefined);
    await context.wait({ seconds: 1 });
  }, parks);
  expect(warnings).toEqual([]);
});

test("a block of withRetry that fails is no unhandled rejection, and is named at the end", async () => {
  const unhandled = vi.fn<(error: unknown) => void>();
  process.on("unhandledRejection", unhandled);
  onTestFinished(() => void process.off("unhandledRejection", unhandled));
  const warnings = await warningsOf(async (context) => {
    void withRetry(context, "charge", () => fail("declined"), NO_RETRY);
    await context.wait({ seconds: 1 });
  }, true);
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).not.toHaveBeenCalled();
  expect(warnings).toEqual([expect.stringContaining('nobody awaited: CONTEXT "charge" failed: declined.')]);
});

test("a logger that throws changes no outcome", async () => {
  const customLogger = quiet(() => {
    throw new Error("no log");
  });
  const handler = withDurableExecution(async (_event: unknown, context) => {
    context.configureLogger({ customLogger });
    void context.wait("forgotten", { days: 1 });
    return "done";
  });
  expect(await new DurableTestRunner(handler).run()).toMatchObject({ status: "SUCCEEDED", result: "done" });
});

const flaky = (context: DurableContext): Promise<unknown> =>
  context
    .step("flaky", ({ attempt }) => fail(`try ${attempt}`), {
      retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 2, delay: { seconds: 7 } }),
    })
    .catch(() => undefined);

test("failed attempts are logged while a handler is being written", async () => {
  vi.stubEnv("NODE_ENV", "development");
  expect(await warningsOf(flaky, false)).toEqual([
    'Attempt 1 of context.step "flaky" failed, and it is tried again in 7 s: try 1',
    'Attempt 2 of context.step "flaky" failed, and it is not tried again: try 2',
  ]);
});

test.each([["production"], ["test"]])("failed attempts are not logged in %s", async (mode) => {
  vi.stubEnv("NODE_ENV", mode);
  expect(await warningsOf(flaky, false)).toEqual([]);
});
