/** P2: a step runs at least once; with AT_MOST_ONCE_PER_RETRY at most once per attempt. */

import { describe, expect, test } from "vitest";
import type { StepConfig } from "../../src/lambda-compat/types.ts";
import { type Env, EXECUTION_ID, programOf, World } from "./world.ts";

interface Attempts {
  /** Told what the strategy is asked about. */
  readonly errors: string[];
  readonly config: StepConfig<number>;
}

function attempts(semantics: "AT_LEAST_ONCE_PER_RETRY" | "AT_MOST_ONCE_PER_RETRY", most: number): Attempts {
  const errors: string[] = [];
  const retryStrategy = (error: Error, attempt: number): { shouldRetry: boolean; delay: { seconds: number } } => {
    errors.push(`${attempt} ${error.name}`);
    return { shouldRetry: attempt < most, delay: { seconds: 2 } };
  };
  return { errors, config: { semantics, retryStrategy } };
}

/** One step that takes ten seconds and counts its runs. */
function slowStep(config: StepConfig<number>): (env: Env) => ReturnType<ReturnType<typeof programOf>> {
  return programOf(async (context, env) => {
    const outcome = context.step(
      "slow",
      async ({ attempt }) => {
        env.ran("slow", attempt);
        await env.until(env.now() + 10_000);
        return attempt;
      },
      config,
    );
    return outcome.catch((error: unknown) => (error as { cause?: Error }).cause?.name);
  });
}

describe("P2 a step that may repeat", () => {
  test("runs again after a crash during its attempt, as the same attempt", async () => {
    const { config, errors } = attempts("AT_LEAST_ONCE_PER_RETRY", 1);
    const world = new World({ functions: slowStep(config) });
    world.boot();
    await world.clock.advance(5000);
    world.boot();
    const { result } = await world.run();
    expect(world.runs).toEqual([
      { name: "slow", attempt: 1 },
      { name: "slow", attempt: 1 },
    ]);
    expect(result).toBe(1);
    expect(errors).toEqual([]);
  });

  test("runs again when its result was lost with the write", async () => {
    const { config } = attempts("AT_LEAST_ONCE_PER_RETRY", 1);
    // Write 1 starts the execution, 2 the step, 3 has its result.
    const world = new World({ functions: slowStep(config), crashes: [{ write: 3, side: "BEFORE" }] });
    expect((await world.run()).result).toBe(1);
    expect(world.runs).toHaveLength(2);
  });
});

describe("P2 a step that must not repeat", () => {
  test("has its start recorded before its function runs", async () => {
    const { config } = attempts("AT_MOST_ONCE_PER_RETRY", 1);
    const seen: (string | undefined)[] = [];
    const world: World = new World({
      functions: programOf(async (context) =>
        context.step(async () => {
          seen.push(world.ledger.states.get(EXECUTION_ID)?.operations.get("1")?.status);
          return 1;
        }, config),
      ),
    });
    await world.run();
    expect(seen).toEqual(["STARTED"]);
  });

  test("fails when it was interrupted and the strategy gives up", async () => {
    const { config, errors } = attempts("AT_MOST_ONCE_PER_RETRY", 1);
    const world = new World({ functions: slowStep(config) });
    world.boot();
    await world.clock.advance(5000);
    world.boot();
    expect((await world.run()).result).toBe("StepInterruptedError");
    expect(world.runs).toHaveLength(1);
    expect(errors).toEqual(["1 StepInterruptedError"]);
  });

  test("never runs an attempt twice, however often it crashes and at whichever write", async () => {
    for (let write = 1; write <= 6; write++) {
      for (const side of ["BEFORE", "AFTER"] as const) {
        const { config } = attempts("AT_MOST_ONCE_PER_RETRY", 9);
        const crashes = [1, 2, 3].map((process) => ({ write: process === 1 ? write : (write % 4) + 1, side }));
        const world = new World({ functions: slowStep(config), crashes });
        const { status } = await world.run();
        expect(status).toBe("SUCCEEDED");
        expect(world.repeated).toEqual([]);
        expect(world.runs.length).toBeGreaterThan(0);
      }
    }
  });
});
