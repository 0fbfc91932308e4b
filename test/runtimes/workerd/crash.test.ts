import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { CommitLog } from "../../../src/adapters/durable-objects/commit-log.ts";
import { DirectoryShards } from "../../../src/adapters/durable-objects/directory-shards.ts";
import { DurableObjectClient } from "../../../src/adapters/durable-objects/object-client.ts";
import { Bindings } from "../../../src/homes/cloudflare/bindings.ts";
import { decodeCommit } from "../../../src/engine/machine/commit-codec.ts";
import { fold } from "../../../src/engine/machine/fold.ts";
import { violations } from "../../../src/engine/machine/invariants.ts";
import { emptyState, type ExecutionState } from "../../../src/engine/machine/state.ts";
import { chaosBindings, type Crash, crashes, type Moment, writes } from "./chaos-object.ts";
import { FunctionRegistry } from "../../../src/engine/runner/function.ts";
import { done } from "./functions.ts";

const bindings = new Bindings(env, chaosBindings);
const client = new DurableObjectClient(
  bindings.executions,
  new DirectoryShards(bindings.directory, 3),
  new FunctionRegistry(new Map()),
);

/** The execution as its storage has it. Asking the object itself would bring it back to life. */
function stored(object: DurableObjectStub): Promise<ExecutionState> {
  return runInDurableObject(object, (_, { storage }) => {
    const state = emptyState();
    const { length } = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'commits'").toArray();
    if (length === 0) return state;
    for (const body of new CommitLog(storage).read(1).bodies) fold(state, decodeCommit(body));
    return state;
  });
}

/** Plays the outside world: lets alarms go off and completes the callback, and asks for nothing else. */
async function drive(executionId: string): Promise<ExecutionState> {
  for (;;) {
    // A stub that has seen its object die is of no more use.
    const object = env.CHAOS.get(env.CHAOS.idFromName(executionId));
    const state = await stored(object).catch(hasDied);
    if (state !== undefined && state.seq > 0 && state.header.status !== "RUNNING") return state;
    await runDurableObjectAlarm(object).catch(hasDied);
    for (const callbackId of state?.callbacks.keys() ?? []) {
      await client.completeCallback(callbackId, { type: "SUCCEEDED", result: '"yes"' }).catch(hasDied);
    }
    await scheduler.wait(20);
  }
}

/** What is asked of an object as it dies fails with it. */
function hasDied(): undefined {}

async function play(name: string, crash: Crash | undefined): Promise<ExecutionState> {
  const executionId = `saga/${name}`;
  if (crash !== undefined) crashes.set(executionId, crash);
  // A start whose object dies is made again: it is the same start.
  await client.start({ functionName: "saga", name, input: JSON.stringify({ key: name }) });
  const state = await drive(executionId);
  expect(crashes.has(executionId)).toBe(false);
  return state;
}

const STEPS = ["a", "b1", "b2", "c", "submit", "d"];

/** The steps of which commit `seq` or an earlier one holds the outcome. */
function completed(bodies: readonly string[], seq: number): string[] {
  const names = new Map<string, string | undefined>();
  const facts = bodies.slice(0, seq).flatMap((body) => decodeCommit(body).facts);
  return facts.flatMap((fact) => {
    if (!("id" in fact)) return [];
    if ("name" in fact) names.set(fact.id, fact.name);
    const name = names.get(fact.id);
    return fact.kind === "SUCCEEDED" && name !== undefined && STEPS.includes(name) ? [name] : [];
  });
}

function bodiesOf(name: string): Promise<readonly string[]> {
  const object = env.CHAOS.get(env.CHAOS.idFromName(`saga/${name}`));
  return runInDurableObject(object, (_, { storage }) => new CommitLog(storage).read(1).bodies);
}

test("an execution ends the same wherever its object dies, and repeats nothing that was recorded", async () => {
  const scope = crypto.randomUUID().slice(0, 8);
  const whole = await play(`${scope}-whole`, undefined);
  const moments: Moment[] = ["before", "lost", "durable"];
  const plans = Array.from({ length: whole.seq - 1 }, (_, at) => moments.map((moment) => ({ seq: at + 1, moment })));
  await Promise.all(
    plans.flat().map(async (crash) => {
      const name = `${scope}-${crash.moment}-${crash.seq}`;
      const state = await play(name, crash);
      const where = `after a crash ${crash.moment} commit ${crash.seq}`;
      expect(state.header.result, where).toBe(whole.header.result);
      expect(violations(state), where).toEqual([]);
      const kept = crash.moment === "durable" ? crash.seq : crash.seq - 1;
      const repeated = completed(await bodiesOf(name), kept).filter((step) => done.get(`${name} ${step}`) !== 1);
      expect(repeated, where).toEqual([]);
    }),
  );
});

test("an execution writes one row for each commit, and few beside them", async () => {
  const name = crypto.randomUUID();
  const { execution } = await client.start({ functionName: "steps", name, input: '{"steps":100}' });
  const { result } = await client.settled(execution.id, Date.now() + 20_000);
  expect(result).toBe("4950");
  const { commits = 0, records = 0, alarms = 0 } = writes.get(execution.id) ?? {};
  expect(commits).toBe(102);
  expect(records).toBeLessThanOrEqual(4);
  expect(alarms).toBeLessThanOrEqual(3);
});
