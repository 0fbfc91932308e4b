import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { withDurableExecution } from "../../lambda-compat/with-durable-execution.ts";
import { createMemoryHost, type MemoryHost, type MemoryHostOptions } from "./memory-host.ts";

function open(options: MemoryHostOptions): MemoryHost {
  const host = createMemoryHost(options);
  onTestFinished(() => host.close());
  return host;
}

const soon = () => Date.now() + 30_000;

test("runs a durable function to its result", async () => {
  const order = withDurableExecution(async (event: { item: string }, context) => {
    const id = await context.step("reserve", async () => `${event.item}-1`);
    await context.wait("settle", { seconds: 1 });
    return context.step("ship", async () => `shipped ${id}`);
  });
  const { client } = open({ functions: { order } });
  const { execution } = await client.start({ functionName: "order", input: '{"item":"book"}' });
  expect(await client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED", result: '"shipped book-1"' });
});

test("completes a callback from outside, and lists what ran", async () => {
  const ids: string[] = [];
  const approval = withDurableExecution(async (_event: unknown, context) =>
    context.waitForCallback("approve", async (id) => void ids.push(id)),
  );
  const { client } = open({ functions: { approval } });
  const { execution } = await client.start({ functionName: "approval", name: "one" });
  await expect.poll(() => ids).toHaveLength(1);
  await client.completeCallback(ids[0]!, { type: "SUCCEEDED", result: "yes" });
  expect(await client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED", result: '"yes"' });
  const listed = () => client.list({ functionName: "approval", statuses: ["SUCCEEDED"], limit: 10 });
  await expect.poll(listed).toMatchObject({ rows: [{ name: "one", status: "SUCCEEDED" }] });
});

test("a closed host does nothing any more", async () => {
  const runs: string[] = [];
  const slow = withDurableExecution(async (_event: unknown, context) => {
    await context.step("first", async () => void runs.push("first"));
    await context.wait({ seconds: 1 });
    await context.step("second", async () => void runs.push("second"));
  });
  const host = createMemoryHost({ functions: { slow } });
  await host.client.start({ functionName: "slow" });
  await expect.poll(() => runs).toEqual(["first"]);
  host.close();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(runs).toEqual(["first"]);
});

test("names its executions as it is told", async () => {
  const named = withDurableExecution(async (_event: unknown, context) => context.executionContext.durableExecutionArn);
  const { client } = open({
    functions: { named },
    arn: { partition: "aws", region: "eu-west-1", account: "123456789012" },
  });
  const { execution } = await client.start({ functionName: "named", name: "n" });
  const { result } = await client.settled(execution.id, soon());
  expect(JSON.parse(result!)).toBe(
    `arn:aws:lambda:eu-west-1:123456789012:function:named:$LATEST/durable-execution/n/${execution.incarnation}`,
  );
});

test("keeps a process alive for an execution that runs, and not for one that has ended", () => {
  const program = `
    import { withDurableExecution } from "./src/lambda-compat/with-durable-execution.ts";
    import { createMemoryHost } from "./src/homes/memory/index.ts";
    const slow = withDurableExecution(async (_, context) => {
      await context.wait({ seconds: 1 });
      console.log("done");
    });
    await createMemoryHost({ functions: { slow } }).client.start({ functionName: "slow" });
    console.log("started");
  `;
  const cwd = fileURLToPath(new URL("../../..", import.meta.url));
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd, timeout: 240_000 });
  expect(output.toString()).toBe("started\ndone\n");
});

test("refuses options that it does not have, and those of another form", () => {
  const functions = { greet: async () => 1 };
  const refused = (options: object): unknown => {
    try {
      return open(options as MemoryHostOptions);
    } catch (error) {
      return error;
    }
  };
  const code = "INVALID_OPTION";
  expect(refused({ functions, retentionDay: 3 })).toMatchObject({ code, option: "retentionDay" });
  expect(refused({ functions, retentionDays: "3" })).toMatchObject({ code, option: "retentionDays" });
  expect(refused({})).toMatchObject({ code, option: "functions" });
  expect(refused({ functions: { "no name!": async () => 1 } })).toMatchObject({ code, option: "functions" });
});

test("tells a failure of its surroundings to the listener, or else to the console, and goes on", async () => {
  const lines: string[] = [];
  const { error } = console;
  onTestFinished(() => void (console.error = error));
  console.error = (line: string) => void lines.push(line);
  const told: unknown[] = [];
  const greet = withDurableExecution(async (_event: unknown, context) => context.step("greet", async () => "hello"));
  for (const options of [{}, { onError: (...parts: unknown[]) => void told.push(parts) }]) {
    const { client, store } = open({ functions: { greet }, ...options });
    failOnce(store);
    const { execution } = await client.start({ functionName: "greet", name: "one" });
    expect(await client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED" });
    const listed = () => client.list({ statuses: ["SUCCEEDED"], limit: 10 });
    await expect.poll(listed).toMatchObject({ rows: [{ name: "one" }] });
  }
  expect(lines).toEqual(["perdure: execution greet/one: Error: the store is away"]);
  expect(told).toEqual([["greet/one", new Error("the store is away")]]);
});

/** The next row for lists is not written. */
function failOnce(store: MemoryHost["store"]): void {
  const putRow = store.putRow.bind(store);
  store.putRow = () => {
    store.putRow = putRow;
    throw new Error("the store is away");
  };
}
