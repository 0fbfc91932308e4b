import { describe, expect, test } from "vitest";
import { Processes, storeWith } from "../../test/runner/processes.ts";
import type { Runner } from "../engine/runner/runner.ts";
import type { Functions } from "../lambda-compat/functions.ts";
import { InvalidArgumentError } from "../lambda-compat/invalid-argument.ts";
import { withDurableExecution } from "../lambda-compat/with-durable-execution.ts";
import { type CatchUp, schedule, type ScheduledStart, type ScheduleOptions } from "./index.ts";

const HOUR = 3_600_000;
const report = withDurableExecution(async (event: { of: number }) => event.of);
const begin = { functionName: "hourly" };

function hourly(options: Partial<ScheduleOptions<{ of: number }>> = {}): Functions {
  const input = (slot: Date): { of: number } => ({ of: slot.getTime() });
  return { report, hourly: schedule({ cron: "0 * * * *", start: report, input, ...options }) };
}

/** Processes at half past an hour, and when that hour began. */
async function halfPast(): Promise<{ readonly world: Processes; readonly since: number }> {
  const world = new Processes();
  await world.clock.advance(1.5 * HOUR - (world.clock.now() % HOUR));
  return { world, since: world.clock.now() - HOUR / 2 };
}

/** The hours, counted from that in which the world begins, of the slots that something was started for, as started. */
async function hours(runner: Runner, since: number): Promise<number[]> {
  const { rows } = await runner.list({ functionName: "report", limit: 1000 });
  const executions = await Promise.all(rows.map(({ id }) => runner.describe(id)));
  return executions.map(({ result = "" }) => (Number(result) - since) / HOUR);
}

async function waiting(runner: Runner): Promise<readonly number[]> {
  const { rows } = await runner.list({ functionName: "hourly", statuses: ["RUNNING"], limit: 1000 });
  return rows.map(({ startAt = 0 }) => startAt);
}

describe("a schedule", () => {
  test("starts an execution at each slot, named by it, and waits for the next in one of its own", async () => {
    const { world, since } = await halfPast();
    const runner = world.start(hourly());
    await runner.start(begin);
    await world.clock.settle();
    expect(await waiting(runner)).toEqual([since + HOUR]);
    await world.clock.advance(HOUR / 2 - 1);
    expect(await hours(runner, since)).toEqual([]);
    await world.clock.advance(1);
    expect(await hours(runner, since)).toEqual([1]);
    await world.clock.advance(3 * HOUR);
    expect(await hours(runner, since)).toEqual([1, 2, 3, 4]);
    expect(await waiting(runner)).toEqual([since + 5 * HOUR]);
    const [first] = (await runner.list({ functionName: "report", limit: 1 })).rows;
    expect(first?.name).toMatch(/^hourly-\d{8}T\d{4}00Z$/);
  });

  test("is the same however often and wherever it is begun", async () => {
    const { world, since } = await halfPast();
    const [one, two] = [world.start(hourly()), world.start(hourly())];
    await Promise.all([one.start(begin), two.start(begin), one.start({ ...begin, name: "again" })]);
    await world.clock.advance(2 * HOUR);
    await two.start(begin);
    await world.clock.advance(2 * HOUR);
    expect(await hours(one, since)).toEqual([1, 2, 3, 4]);
    expect(await waiting(two)).toEqual([since + 5 * HOUR]);
  });

  test("has a log that does not grow", async () => {
    const { world } = await halfPast();
    const runner = world.start(hourly());
    await runner.start(begin);
    await world.clock.advance(50 * HOUR);
    const { rows } = await runner.list({ functionName: "hourly", limit: 1000 });
    const lengths = rows.map(({ id }) => world.disk.read(id, 1)?.bodies.length ?? 0);
    expect(rows.length).toBeGreaterThan(50);
    expect(Math.max(...lengths)).toBeLessThan(7);
  });

  test("ends when the execution that waits is stopped, and can be begun again behind that slot", async () => {
    const { world, since } = await halfPast();
    const runner = world.start(hourly());
    await runner.start(begin);
    await world.clock.settle();
    const [row] = (await runner.list({ functionName: "hourly", statuses: ["RUNNING"], limit: 5 })).rows;
    await runner.stop(row?.id ?? "");
    await world.clock.advance(3 * HOUR);
    expect([await hours(runner, since), await waiting(runner)]).toEqual([[], []]);
    await runner.start(begin);
    await world.clock.advance(2 * HOUR);
    expect(await hours(runner, since)).toEqual([4, 5]);
  });

  test("that is begun again before the slot that was stopped leaves that one out", async () => {
    const { world, since } = await halfPast();
    const runner = world.start(hourly());
    await runner.start(begin);
    await world.clock.settle();
    const [row] = (await runner.list({ functionName: "hourly", statuses: ["RUNNING"], limit: 5 })).rows;
    await runner.stop(row?.id ?? "");
    await runner.start(begin);
    await world.clock.advance(3 * HOUR);
    expect(await hours(runner, since)).toEqual([2, 3]);
  });

  test("goes on by another expression from the slot on that it waits for", async () => {
    const { world, since } = await halfPast();
    const before = world.start(hourly());
    await before.start(begin);
    await world.clock.settle();
    before.close();
    const runner = world.start(hourly({ cron: "30 */2 * * *" }));
    await runner.recover();
    await world.clock.advance(6 * HOUR);
    const found = await hours(runner, since);
    expect(found).toHaveLength(3);
    expect(found.every((hour) => hour % 1 === 0.5)).toBe(true);
    expect(await waiting(runner)).toHaveLength(1);
  });

  test("tries for as long as it takes to start what it is for, while its next slot comes", async () => {
    const { world, since } = await halfPast();
    let refusals = 40;
    const runner = world.start(hourly(), {
      store: (store) =>
        storeWith(store, {
          create: (row, body) => {
            if (row.functionName === "report" && refusals-- > 0) throw new Error("refused");
            return store.create(row, body);
          },
        }),
      onError: () => {},
    });
    await runner.start(begin);
    await world.clock.advance(1.6 * HOUR);
    expect(await hours(runner, since)).toEqual([]);
    expect(await waiting(runner)).toContain(since + 3 * HOUR);
    await world.clock.advance(10 * HOUR);
    const found = await hours(runner, since);
    expect(found.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, at) => at + 1).slice(0, found.length),
    );
    expect(found.length).toBeGreaterThan(10);
  });
});

describe("slots that have passed while nothing ran", () => {
  async function afterOutage(catchUp: CatchUp | undefined, outageHours: number): Promise<unknown> {
    const { world, since } = await halfPast();
    const functions = hourly(catchUp === undefined ? {} : { catchUp });
    const before = world.start(functions);
    await before.start(begin);
    await world.clock.settle();
    before.close();
    await world.clock.advance(outageHours * HOUR);
    const runner = world.start(functions);
    await runner.recover();
    await world.clock.settle();
    const caughtUp = await hours(runner, since);
    await world.clock.advance(HOUR);
    return { caughtUp, then: (await hours(runner, since)).slice(caughtUp.length) };
  }

  test("are left out but for the last, by default", async () => {
    expect(await afterOutage(undefined, 5)).toEqual({ caughtUp: [5], then: [6] });
    expect(await afterOutage("last", 5)).toEqual({ caughtUp: [5], then: [6] });
  });

  test("are all left out", async () => {
    expect(await afterOutage("none", 5)).toEqual({ caughtUp: [], then: [6] });
  });

  test("are none that is less than five minutes late", async () => {
    expect(await afterOutage("none", 4.5 + 4 / 60)).toEqual({ caughtUp: [5], then: [6] });
    expect(await afterOutage("none", 4.5 + 6 / 60)).toEqual({ caughtUp: [], then: [6] });
  });

  test("are all caught up with, the last hundred of them at most", async () => {
    expect(await afterOutage("all", 3)).toEqual({ caughtUp: [1, 2, 3], then: [4] });
    const { caughtUp } = (await afterOutage("all", 130)) as { caughtUp: number[] };
    expect(caughtUp).toEqual(Array.from({ length: 100 }, (_, at) => at + 31));
  });
});

describe("where the host takes no starts", () => {
  test("a schedule starts with what it was given, and waits by itself", async () => {
    const { world, since } = await halfPast();
    const starts: ScheduledStart[] = [];
    const startWith = async (start: ScheduledStart): Promise<undefined> => void starts.push(start);
    const options = hourly({ startWith, start: { functionName: "elsewhere" }, name: "r", tags: { team: "a" } });
    const runner = world.start(options, { parks: false });
    const slot = new Date(since + HOUR).toISOString();
    await runner.start({ ...begin, input: JSON.stringify({ slot }) });
    await world.clock.advance(HOUR / 2 - 1);
    expect(starts).toEqual([]);
    await world.clock.advance(1000);
    expect(starts).toMatchObject([
      { functionName: "hourly", input: JSON.stringify({ slot: new Date(since + 2 * HOUR).toISOString() }) },
      { functionName: "elsewhere", input: `{"of":${since + HOUR}}`, tags: { team: "a" } },
    ]);
  });

  test("a start of a name that is taken is no failure", async () => {
    const { world } = await halfPast();
    const startWith = async (): Promise<undefined> => {
      throw Object.assign(new Error("taken"), { name: "DurableExecutionAlreadyStartedException" });
    };
    const runner = world.start(hourly({ startWith }));
    await runner.start({ ...begin, name: "one" });
    await world.clock.advance(1000);
    expect((await runner.describe("hourly/one")).status).toBe("SUCCEEDED");
  });
});

test("what cannot be meant is refused when the schedule is made", () => {
  const refused: readonly Partial<ScheduleOptions<unknown>>[] = [
    { cron: "nightly" },
    { timeZone: "Middle/Earth" },
    { start: undefined as never },
    { catchUp: "some" as CatchUp },
    { name: "a b" },
    { name: "a".repeat(41) },
  ];
  for (const options of refused) {
    const made = (): unknown => schedule({ cron: "0 * * * *", start: { functionName: "report" }, ...options });
    expect(made).toThrow(InvalidArgumentError);
  }
});

test("a schedule whose host was not given what it starts fails, and says so", async () => {
  const { world } = await halfPast();
  const runner = world.start({ hourly: schedule({ cron: "0 * * * *", start: report }) });
  await runner.start({ ...begin, input: `{"slot":"${new Date(world.clock.now()).toISOString()}"}` });
  await world.clock.advance(2 * HOUR);
  const { rows } = await runner.list({ functionName: "hourly", statuses: ["FAILED"], limit: 5 });
  const [failed] = await Promise.all(rows.map(({ id }) => runner.describe(id)));
  expect(failed?.error?.errorMessage).toContain("was not given the function that it starts");
});
