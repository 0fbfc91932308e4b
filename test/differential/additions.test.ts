/** What perdure takes in addition to AWS's API: it works, and whoever does not use it sees what AWS's SDK shows. */

import * as aws from "@aws/durable-execution-sdk-js";
import { describe, expect, test } from "vitest";
import * as perdure from "../../src/lambda-compat/index.ts";
import { type CaseOptions, casesOf, type Corpus, type Program, type Sdk } from "./case.ts";
import type { Place } from "./differences.ts";
import type { Observation } from "./observation.ts";
import { prepareStage, reference, runAt } from "./stage.ts";

prepareStage();

const ours: readonly Place[] = ["native", "alias", "parked", "replayed"];

/** Runs a program in all places that are ours. */
async function everywhere(definition: Program | CaseOptions): Promise<Observation[]> {
  const [run] = casesOf({ it: definition } satisfies Corpus);
  const observations: Observation[] = [];
  for (const place of ours) observations.push(await runAt(place, run!));
  return observations;
}

async function resultsOf(definition: Program | CaseOptions): Promise<unknown[]> {
  const observations = await everywhere(definition);
  return observations.map(({ result, error }) =>
    error === undefined ? (JSON.parse(result ?? "null") as unknown) : error,
  );
}

function four<T>(value: T): T[] {
  return ours.map(() => value);
}

async function theirs(program: Program): Promise<Observation> {
  const [run] = casesOf({ it: program } satisfies Corpus);
  return reference(run!);
}

const noRetry = { retryStrategy: () => ({ shouldRetry: false }) } as const;

/** What a batch is used as that AWS's types know nothing of. */
type Indexable = Iterable<unknown> & Readonly<Record<number, unknown>>;

describe("the result of a batch", () => {
  const destructured: Program = () => async (_event, context) => {
    const batch = await context.parallel("all", [
      async (branch) => branch.step(async () => "a"),
      async () => undefined,
      async (branch) => branch.step(async () => "c"),
    ]);
    await context.wait("pause", { seconds: 1 });
    const [a, b, c] = batch as unknown as Indexable;
    return { a, b: b === undefined, c };
  };

  test("can be destructured, each value at its position", async () => {
    expect(await resultsOf(destructured)).toEqual(four({ a: "a", b: true, c: "c" }));
  });

  test("cannot be destructured in AWS's SDK", async () => {
    expect(await theirs(destructured)).toMatchObject({ status: "FAILED", error: { type: "TypeError" } });
  });

  test("can be spread, iterated and indexed, from a map too", async () => {
    const program: Program = () => async (_event, context) => {
      const batch = await context.map("all", [1, 2, 3], async (inner, n) => inner.step(async () => n * 10));
      const indexable = batch as unknown as Indexable;
      const seen: unknown[] = [];
      for (const value of indexable) seen.push(value);
      return { spread: [...indexable], seen, second: indexable[1], beyond: indexable[9] === undefined };
    };
    expect(await resultsOf(program)).toEqual(
      four({ spread: [10, 20, 30], seen: [10, 20, 30], second: 20, beyond: true }),
    );
  });

  test("throws the first failure when it is destructured, and a failed item's when that is indexed", async () => {
    const program: Program = () => async (_event, context) => {
      const fail = (message: string) => async () => {
        throw new RangeError(message);
      };
      const batch = await context.map(
        "all",
        [0, 1, 2],
        async (inner, n) => (n === 0 ? "fine" : inner.step("bad", fail(`item ${n}`), noRetry)),
        { completionConfig: { toleratedFailureCount: 9 } },
      );
      const indexable = batch as unknown as Indexable;
      const thrown = (use: () => unknown): string => {
        try {
          return String(use());
        } catch (error) {
          return `${(error as Error).name}: ${(error as Error).message}`;
        }
      };
      return [thrown(() => [...indexable]), thrown(() => indexable[0]), thrown(() => indexable[2])];
    };
    const expected = ["ChildContextError: item 1", "fine", "ChildContextError: item 2"];
    expect(await resultsOf(program)).toEqual(four(expected));
  });

  test("shows none of that in its keys, its JSON or its copies", async () => {
    const program: Program = () => async (_event, context) => {
      const batch = await context.map("all", [1, 2], async (_inner, n) => n);
      return { json: JSON.stringify(batch), all: JSON.stringify({ ...batch }.all), length: "length" in batch };
    };
    const [run] = casesOf({ it: program });
    const observed = await reference(run!);
    for (const place of ours) expect((await runAt(place, run!)).result).toEqual(observed.result);
  });
});

describe("a retry strategy with an initial interval", () => {
  /** The delay before the second attempt, as it was sent. */
  function firstDelay({ updates }: Observation): unknown {
    const [sent] = Object.values(updates ?? {}) as { StepOptions?: { NextAttemptDelaySeconds?: number } }[][];
    return sent?.find(({ StepOptions }) => StepOptions !== undefined)?.StepOptions?.NextAttemptDelaySeconds;
  }

  const retrying =
    (config: object): Program =>
    (sdk) =>
    async (_event, context) =>
      context.step(
        "flaky",
        async ({ attempt }) => {
          if (attempt === 1) throw new Error("first");
          return attempt;
        },
        { retryStrategy: sdk.createRetryStrategy({ ...config, jitter: sdk.JitterStrategy.NONE }) },
      );

  test("waits that many milliseconds, where AWS's SDK ignores it", async () => {
    const program = retrying({ initialInterval: 90_000 });
    const [native] = await everywhere(program);
    expect(firstDelay(native!)).toBe(90);
    expect(firstDelay(await theirs(program))).toBe(5);
  });

  test("gives way to an initial delay", async () => {
    const program = retrying({ initialInterval: 90_000, initialDelay: { seconds: 7 } });
    const [native] = await everywhere(program);
    expect([firstDelay(native!), firstDelay(await theirs(program))]).toEqual([7, 7]);
  });
});

describe("a branch that takes no parameter", () => {
  const outer: Program = () => async (_event, context) => {
    const batch = await context.parallel("all", [
      () => context.step("one", async () => 1),
      () => context.step("two", async () => 2),
      async () => {
        await context.wait("pause", { seconds: 1 });
        return context.runInChildContext("child", async (child) => child.step("three", async () => 3));
      },
    ] as never);
    return batch.getResults();
  };

  test("may call the outer context: its operations belong to the branch", async () => {
    for (const { result, operations } of await everywhere(outer)) {
      expect(result).toBe("[1,2,3]");
      const named = new Map(operations.map((operation) => [operation.id, operation]));
      const parentOf = (name: string): string | undefined => {
        const parentId = operations.find((operation) => operation.name === name)?.parentId;
        return parentId === undefined ? undefined : named.get(parentId)?.name;
      };
      expect(["one", "two", "pause", "child", "three"].map(parentOf)).toEqual([
        "parallel-branch-0",
        "parallel-branch-1",
        "parallel-branch-2",
        "parallel-branch-2",
        "child",
      ]);
    }
  });

  test("records what the same branch with a parameter records on AWS's SDK", async () => {
    const inner: Program = () => async (_event, context) => {
      const batch = await context.parallel("all", [
        (branch) => branch.step("one", async () => 1),
        (branch) => branch.step("two", async () => 2),
        async (branch) => {
          await branch.wait("pause", { seconds: 1 });
          return branch.runInChildContext("child", async (child) => child.step("three", async () => 3));
        },
      ]);
      return batch.getResults();
    };
    const observed = await theirs(inner);
    const [native] = await everywhere(outer);
    expect(native).toEqual(observed);
  });

  test("is refused by AWS's SDK when it calls the outer context", async () => {
    const { status, error } = await theirs(outer);
    expect(status).toBe("FAILED");
    expect(error?.message).toContain("Context usage error");
  });

  test("still may not be called from inside another context of its own", async () => {
    const program: Program = () => async (_event, context) => {
      await context.parallel("all", [
        async () => context.runInChildContext("child", async () => context.step("wrong", async () => 1)),
      ] as never);
    };
    for (const { status, error } of await everywhere(program)) {
      expect(status).toBe("FAILED");
      expect(error?.message).toContain('Context usage error in "step"');
    }
  });
});

describe("a map callback that takes one parameter", () => {
  test("fails the execution, and says what to write, when it treats the context as its item", async () => {
    const program: Program = () => async (_event, context) => {
      await context.map("all", ["a"], async (item) => (item as unknown as string).toUpperCase());
      return "nobody looked at the items";
    };
    for (const { status, error } of await everywhere(program)) {
      expect(status).toBe("FAILED");
      expect(error?.message).toContain('the context has no "toUpperCase"');
      expect(error?.message).toContain("(context, item, index, items)");
    }
  });

  test("may use the context it is given, as on AWS's SDK", async () => {
    const program: Program = () => async (_event, context) => {
      const batch = await context.map("all", [1, 2], async (inner) => inner.step("same", async () => "x"));
      return [batch.getResults(), batch.status];
    };
    const observed = await theirs(program);
    const [native, alias, ...machine] = await everywhere(program);
    expect([native, alias]).toEqual([observed, observed]);
    for (const observation of machine) expect(observation).toEqual({ ...observed, updates: undefined });
  });
});

describe("the timeout of a step", () => {
  test("aborts each attempt, is tried again, and rejects with an error that can be told, also on replay", async () => {
    const program: Program = (sdk) => {
      const { StepError, StepTimeoutError } = sdk as unknown as typeof perdure;
      const aborted: unknown[] = [];
      const config: perdure.StepConfig<never> = {
        timeout: { seconds: 1 },
        retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 2, delay: { seconds: 1 } }),
      };
      const charge = (context: perdure.DurableContext): Promise<never> =>
        context.step(
          "charge",
          ({ attempt, signal }) =>
            new Promise(() => signal.addEventListener("abort", () => aborted.push([attempt, nameOf(signal.reason)]))),
          config,
        );
      return async (_event, context) => {
        const caught = await charge(context as unknown as perdure.DurableContext).catch((error: unknown) => error);
        await context.wait("pause", { seconds: 1 });
        return { aborted, isTimeout: caught instanceof StepTimeoutError, isStepError: caught instanceof StepError };
      };
    };
    const observations = await everywhere(program);
    const aborted = [
      [1, "StepTimeoutError"],
      [2, "StepTimeoutError"],
    ];
    const results = observations.map(({ result }) => JSON.parse(result ?? "null") as unknown);
    expect(results).toEqual(four({ aborted, isTimeout: true, isStepError: true }));
    const charges = observations.map(({ operations }) => operations[0]);
    const error = {
      type: "StepTimeoutError",
      message: 'Attempt 2 of step "charge" was not done in 1 s, which is its timeout.',
    };
    expect(charges).toMatchObject(four({ name: "charge", status: "FAILED", attempts: 2, error }));
  });

  const nameOf = (reason: unknown): string => (reason as Error).name;
});

test("every name of AWS's package is there, and three others", () => {
  const names = [...Object.keys(aws), "SerdesError", "StepTimeoutError", "collectionSerdes"];
  expect(Object.keys(perdure).toSorted()).toEqual(names.toSorted());
});

test("a result that neither output nor checkpoint can carry fails the invocation", async () => {
  const refusal = Object.assign(new Error("refused"), {
    name: "InvalidParameterValueException",
    $metadata: { httpStatusCode: 400 },
  });
  const handler = (perdure as unknown as Sdk).withDurableExecution(async () => "x".repeat(6 * 1024 * 1024), {
    durableExecutionClient: {
      getExecutionState: async () => ({ Operations: [] }),
      checkpoint: () => Promise.reject(refusal),
    },
  });
  const event = {
    DurableExecutionArn: "arn",
    CheckpointToken: "token",
    InitialExecutionState: {
      Operations: [{ Id: "e", Type: "EXECUTION", Status: "STARTED", StartTimestamp: new Date() }],
    },
  };
  const output = await handler(event as never, {} as never);
  expect(output).toMatchObject({ Status: "FAILED", Error: { ErrorType: "CheckpointUnrecoverableExecutionError" } });
});
