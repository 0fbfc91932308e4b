/** Handlers of perdure's and of AWS's own SDK on Lambda durable functions, under AWS's own runtime client. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { bundle, type Code } from "../lambda-runtime/bundle.ts";
import { inFull, isSlowRun, sampled } from "../../../scripts/slow-tests.ts";
import { describeOnLambda } from "../lambda-runtime/on-lambda.ts";
import type { OperationUpdate } from "../../../src/lambda-compat/wire-types.ts";
import { LambdaFunction } from "../lambda-runtime/lambda-function.ts";
import { DurableService } from "./durable-service.ts";

type SdkName = "perdure" | "aws";

const open: Ledger[] = [];
const codes = new Map<SdkName, Code>();

beforeAll(async () => {
  for (const name of ["perdure", "aws"] as const) {
    codes.set(name, await bundle(new URL(`handlers/${name}.ts`, import.meta.url)));
  }
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((ledger) => ledger.close()));
});

afterAll(() => {
  for (const code of codes.values()) code.remove();
});

async function serviceOf(sdk: SdkName, { timeoutMs, inline }: { timeoutMs?: number; inline?: number } = {}) {
  const code = (codes.get(sdk) as Code).folder;
  const functions = new Map<string, LambdaFunction>();
  const service = await DurableService.open({
    functions: (endpoint) => {
      const settings = { code, variables: { AWS_ENDPOINT_URL_LAMBDA: endpoint }, ...(timeoutMs && { timeoutMs }) };
      for (const name of ["tour", "slow", "lodger", "graph"]) {
        functions.set(name, new LambdaFunction({ ...settings, name, handler: `index.${name}` }));
      }
      return Object.fromEntries(functions);
    },
    ...(inline === undefined ? {} : { inline }),
  });
  const ledger = new Ledger(service, functions);
  open.push(ledger);
  return ledger;
}

/** Knows which steps ran, and answers callbacks. */
class Ledger {
  readonly service: DurableService;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly runs = new Map<string, number>();
  /** Names of steps whose outcome was recorded, and that ran after that. */
  readonly ranAgain: string[] = [];
  readonly #completed = new Set<string>();

  constructor(service: DurableService, functions: ReadonlyMap<string, LambdaFunction>) {
    this.service = service;
    this.functions = functions;
    service.onReport = (what) => this.#heard(what);
  }

  /** Kills all processes of all functions. */
  async kill(): Promise<void> {
    await Promise.all([...this.functions.values()].map((lambda) => lambda.kill()));
  }

  async close(): Promise<void> {
    await this.kill();
    await this.service.close();
  }

  completed(updates: readonly OperationUpdate[]): void {
    for (const { Type, Action, Name = "" } of updates) {
      if (Type === "STEP" && Action === "SUCCEED") this.#completed.add(Name);
    }
  }

  #heard(what: string): number {
    const [, verb, name = ""] = /^(\w+) (.+)$/s.exec(what) ?? [];
    if (verb === "asks") {
      void this.service.runner.completeCallback(name, { type: "SUCCEEDED", result: '"approved"' }).catch(() => {});
      return 0;
    }
    if (this.#completed.has(name)) this.ranAgain.push(name);
    const runs = (this.runs.get(name) ?? 0) + 1;
    this.runs.set(name, runs);
    return runs;
  }
}

const toured = {
  first: "first 7",
  both: ["left 7", "right 7"],
  flaky: "at last",
  items: [1, 2].map((item) => [`before ${item} 7`, `after ${item} 7`]),
  answer: '"approved"',
  child: "inside 7",
  polls: 2,
  doubled: 42,
};

/** In `npm test`, each of them a new process. */
const MOST_KILLS = isSlowRun ? Number.POSITIVE_INFINITY : 3;
const LEAST_KILLS = Math.min(MOST_KILLS, 16);
const killed = isSlowRun ? "every checkpoint" : `the first ${MOST_KILLS} checkpoints`;

describeOnLambda("native durable functions", () => {
  describe.each(sampled(["perdure", "aws"] as const, 1))("a handler of %s", (sdk) => {
    const pages = [
      ["inline", {}],
      ["paged", { inline: 2 }],
    ] as const;

    test.each(sampled(pages, 1))(
      "goes through every kind of operation in one environment, its state %s",
      async (_how, options) => {
        const { service, functions, runs } = await serviceOf(sdk, options);
        const { status, result } = await service.run("tour", { n: 7 });
        expect([status, JSON.parse(result ?? "null")]).toEqual(["SUCCEEDED", toured]);
        expect([...runs].filter(([name, count]) => count !== (name === "flaky" ? 2 : 1))).toEqual([]);
        expect(service.outcomes.length).toBeGreaterThan(5);
        expect(functions.get("tour")?.coldStarts).toBe(1);
      },
    );

    test(`comes to the same end when its process is killed at ${killed}`, async () => {
      const ledger = await serviceOf(sdk);
      const { service, functions } = ledger;
      // Before the service has it and after it is recorded, in turn.
      const stages = new Map<string, string>();
      let kills = 0;
      service.onCheckpoint = async ({ stage, updates }) => {
        if (stage === "RECORDED") ledger.completed(updates);
        const place = updates.map(({ Id, Action }) => `${Action} ${Id}`).join();
        if (!stages.has(place)) stages.set(place, stages.size % 2 === 0 ? "ARRIVED" : "RECORDED");
        if (place === "" || stages.get(place) !== stage || kills === MOST_KILLS) return;
        kills++;
        stages.set(place, "OVER");
        await ledger.kill();
        await new Promise(() => {});
      };
      const { status, result } = await service.run("tour", { n: 7 });
      expect([status, JSON.parse(result ?? "null")]).toEqual(["SUCCEEDED", toured]);
      expect(ledger.ranAgain).toEqual([]);
      expect(kills).toBeGreaterThanOrEqual(LEAST_KILLS);
      expect(functions.get("tour")?.coldStarts).toBe(kills + 1);
    });

    inFull(() => {
      test("what it left behind does nothing after it stood still, and disturbs no other execution", async () => {
        const { service, functions, runs } = await serviceOf(sdk);
        const lambda = functions.get("lodger");
        const { execution } = await service.runner.start({ functionName: "lodger", input: '{"leaves":true}' });
        const left = await service.runner.settled(execution.id, Number.MAX_SAFE_INTEGER);
        expect(left).toMatchObject({ status: "SUCCEEDED", result: '"left"' });
        await expect.poll(() => lambda?.environments[0]?.isFrozen).toBe(true);
        const late: string[] = [];
        service.onCheckpoint = async ({ arn }) => void late.push(arn);
        expect(await service.run("lodger", { leaves: false })).toMatchObject({
          status: "SUCCEEDED",
          result: '"stayed"',
        });
        expect(lambda?.coldStarts).toBe(1);
        expect(runs.get("left behind")).toBe(1);
        // What AWS's SDK sends, with a token that is spent, the service refuses.
        const ours = late.filter((arn) => sdk === "perdure" && arn.includes(execution.name));
        expect(ours).toEqual([]);
        expect(await service.runner.describe(execution.id)).toEqual(left);
      });

      test.each([
        ["runs again, with no try used up", false, "done", 2],
        ["that may run once fails, and does not run again", true, "StepInterruptedError", 1],
      ])("a step that is cut off by the deadline %s", async (_how, atMostOnce, outcome, times) => {
        const { service, runs } = await serviceOf(sdk, { timeoutMs: 3000 });
        const { status, result } = await service.run("slow", { atMostOnce });
        expect([status, JSON.parse(result ?? "null")]).toEqual(["SUCCEEDED", [1, outcome]]);
        expect([runs.get("before"), runs.get("slow")]).toEqual([1, times]);
        expect(service.outcomes[0]).toMatchObject({ error: { errorType: "Sandbox.Timedout" } });
      });

      test("several executions share environments, one invocation of either after the other", async () => {
        const { service, functions } = await serviceOf(sdk);
        const ends = await Promise.all([1, 2, 3].map((n) => service.run("tour", { n })));
        expect(ends.map(({ result }) => (JSON.parse(result ?? "{}") as { first: string }).first)).toEqual(
          [1, 2, 3].map((n) => `first ${n}`),
        );
        const { coldStarts = 0 } = functions.get("tour") ?? {};
        expect(coldStarts).toBeLessThanOrEqual(3);
        expect(service.outcomes.length).toBeGreaterThan(3 * coldStarts);
      });
    });
  });
});
