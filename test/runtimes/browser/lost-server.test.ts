/**
 * What becomes of executions when the browser loses its database server, as it does it to pages: connections are closed,
 * messages are lost, and it may be long until there are others. Here the test does it to them.
 */

import { afterEach, expect, onTestFinished, test } from "vitest";
import { type BrowserHost, type BrowserHostOptions, createBrowserHost } from "../../../src/homes/browser/index.ts";
import { withDurableExecution } from "../../../src/lambda-compat/index.ts";

/** Every connection that the page has opened. */
const opened: IDBDatabase[] = [];
const { open } = IDBFactory.prototype;
IDBFactory.prototype.open = noting;
afterEach(() => void (opened.length = 0));

function noting(this: IDBFactory, ...parameters: Parameters<typeof open>): IDBOpenDBRequest {
  const request = open.apply(this, parameters);
  request.addEventListener("success", () => opened.push(request.result));
  return request;
}

/** Opens tabs of a new site. */
function opener(): (options: BrowserHostOptions) => BrowserHost {
  const name = crypto.randomUUID();
  return (options) => {
    const host = createBrowserHost({ name, ...options });
    onTestFinished(() => host.close());
    return host;
  };
}

const soon = (): number => Date.now() + 60_000;

/** The browser ends a connection, and says so. */
function end(database: IDBDatabase | undefined): void {
  database?.close();
  database?.dispatchEvent(new Event("close"));
}

/** From now on no connection is opened, in no window, until the answer is called. */
function denyDatabases(): () => void {
  const frames = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow")!;
  const restore = (): void => {
    IDBFactory.prototype.open = noting;
    Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", frames);
  };
  onTestFinished(restore);
  Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", { ...frames, get: () => null });
  IDBFactory.prototype.open = () => {
    throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
  };
  return restore;
}

/** Lets nothing through that code sends to itself in order to go on; the answer lets it through again. */
function loseTurns(): { readonly lost: () => number; readonly restore: () => void } {
  const { postMessage } = MessagePort.prototype;
  const restore = (): void => void (MessagePort.prototype.postMessage = postMessage);
  onTestFinished(restore);
  let lost = 0;
  MessagePort.prototype.postMessage = function (message: unknown, ...rest: []) {
    if (message === undefined) lost++;
    else postMessage.call(this, message, ...rest);
  };
  return { lost: () => lost, restore };
}

test("an execution goes on whose next turn was lost with the server", async () => {
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const order = withDurableExecution(async (_: unknown, context) => {
    await context.step("first", () => finished);
    return context.step("second", async () => "done");
  });
  const { client, status } = opener()({ functions: { order } });
  await expect.poll(status.get).toEqual({ state: "RUNNING" });
  const { execution } = await client.start({ functionName: "order" });
  // Its start is recorded, so nothing else is under way.
  await expect.poll(async () => (await client.state(execution.id, { limit: 10 })).operations).toHaveLength(1);
  const { lost, restore } = loseTurns();
  finish();
  await expect.poll(lost).toBeGreaterThan(0);
  restore();
  await new Promise((next) => setTimeout(next, 100));
  expect(await client.describe(execution.id)).toMatchObject({ status: "RUNNING" });
  end(opened[0]);
  expect(await client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED", result: '"done"' });
});

test("a tab that is refused three times in a row leaves what it runs to another one, and no sooner", async () => {
  const runs: string[] = [];
  const approval = (tab: string) =>
    withDurableExecution(async (_: unknown, context) => {
      const answer = await context.waitForCallback("approve", async () => {});
      return context.step("after", async () => `${answer} ${runs.push(tab)}`);
    });
  const openTab = opener();
  const first = openTab({ functions: { approval: approval("first") }, onError: () => {} });
  await expect.poll(first.status.get).toEqual({ state: "RUNNING" });
  const { execution } = await first.client.start({ functionName: "approval" });
  const open = async (): Promise<string[]> => {
    const { operations } = await first.client.state(execution.id, { limit: 10 });
    return operations.flatMap((each) => (each.type === "CALLBACK" ? [each.callbackId] : []));
  };
  await expect.poll(open).toHaveLength(1);
  const [callback] = await open();
  const second = openTab({ functions: { approval: approval("second") } });
  await expect.poll(second.status.get).toEqual({ state: "RUNNING" });
  const ranBefore: number[] = [];
  first.status.subscribe(() => first.status.get().state === "UNAVAILABLE" && ranBefore.push(runs.length));
  denyDatabases();
  end(opened[0]);
  await second.client.completeCallback(callback!, { type: "SUCCEEDED", result: "yes" });
  expect(await second.client.settled(execution.id, soon())).toMatchObject({ status: "SUCCEEDED" });
  expect(ranBefore.slice(0, 3)).toEqual([0, 0, 0]);
  expect(runs).toEqual(["second"]);
});

test("a view that could not be read is read again once the browser gives storage", async () => {
  const plain = withDurableExecution(async () => "done");
  const { client, status, execution: live } = opener()({ functions: { plain }, onError: () => {} });
  const { execution } = await client.start({ functionName: "plain" });
  await client.settled(execution.id, soon());
  const view = live(execution.id);
  onTestFinished(view.subscribe(() => {}));
  await expect.poll(() => view.get().header?.status).toBe("SUCCEEDED");
  const restore = denyDatabases();
  end(opened[0]);
  await expect.poll(() => view.get().error).toMatchObject({ code: "STORAGE_UNAVAILABLE" });
  await expect.poll(status.get).toMatchObject({ state: "UNAVAILABLE" });
  restore();
  await expect.poll(status.get).toEqual({ state: "RUNNING" });
  await expect.poll(() => view.get().error).toBeUndefined();
});

test("functions in a worker that has lost its databases for good go on by those of its page", async () => {
  const worker = new Worker(new URL("./robbed-worker.ts", import.meta.url), { type: "module" });
  onTestFinished(() => worker.terminate());
  const told: unknown[] = [];
  const { client, status } = opener()({ worker, onError: (...parts) => told.push(parts) });
  const callbacks = async (id: string): Promise<string[]> => {
    const { operations } = await client.state(id, { limit: 10 });
    return operations.flatMap((each) => (each.type === "CALLBACK" ? [each.callbackId] : []));
  };
  const approve = async (id: string): Promise<void> => {
    await expect.poll(() => callbacks(id)).toHaveLength(1);
    await client.completeCallback((await callbacks(id))[0]!, { type: "SUCCEEDED", result: '"yes"' });
    expect(await client.settled(id, soon())).toMatchObject({ status: "SUCCEEDED" });
  };
  const one = await client.start({ functionName: "approval", name: "one" });
  await expect.poll(() => callbacks(one.execution.id)).toHaveLength(1);
  const robbed = new Promise((next) => worker.addEventListener("message", next, { once: true }));
  worker.postMessage("rob");
  await robbed;
  await approve(one.execution.id);
  const two = await client.start({ functionName: "approval", name: "two" });
  await approve(two.execution.id);
  expect(await client.describe(one.execution.id)).toMatchObject({ result: JSON.stringify('1 "yes" 2') });
  expect(await client.describe(two.execution.id)).toMatchObject({ result: JSON.stringify('3 "yes" 4') });
  expect(status.get()).toEqual({ state: "RUNNING" });
  expect(told).toEqual([]);
});
