/**
 * The playground in the hands of somebody who presses everything: workers are killed, tabs opened, left, crashed and
 * closed, writes fail, and time is skipped, all through what the page shows. What was started must come to its end, and
 * no step may run once its outcome is in the log. The order of events follows from a seed, the times between them do not.
 */

import type { DurableLambdaHandler } from "perdure";
import { decodeCommit, emptyState, type ExecutionState, fold } from "perdure/engine";
import { replayLog, type SeededRandom, seededRandom } from "perdure/testing";
import type { BrowserContext, Locator, Page } from "playwright";
import { afterAll, expect, test } from "vitest";
import { bakeCake } from "../../demo/playground/examples/bake-cake.ts";
import { encodeVideo } from "../../demo/playground/examples/encode-video.ts";
import { approveExpense } from "../../demo/workflows/approve-expense.ts";
import { importRows } from "../../demo/workflows/import-rows.ts";
import { orderSaga } from "../../demo/workflows/order-saga.ts";
import { pollUntilReady } from "../../demo/workflows/poll-until-ready.ts";
import { quotePrice } from "../../demo/workflows/quote-price.ts";
import { yearlySubscription } from "../../demo/workflows/yearly-subscription.ts";
import { chaosSeeds } from "./chaos-seeds.ts";
import { inChromium } from "./in-chromium.ts";
import { openPlayground, type PlaygroundBrowser } from "./playground-browser.ts";

const playground: PlaygroundBrowser | undefined = await openPlayground();

afterAll(() => playground?.close());

inChromium("the playground, with everything pressed at random", () => {
  test.for(chaosSeeds)("loses nothing (CHAOS_SEED=%i)", async (seed) => {
    const visitor = await playground!.visitor({ viewport: { width: 1280, height: 900 } });
    const chaos = new PlaygroundChaos(visitor, { url: playground!.url, seed });
    const told = (): string => `CHAOS_SEED=${seed}\n${chaos.trail.join("\n")}\n`;
    try {
      expect(await chaos.run(), told()).toEqual([]);
    } catch (error) {
      throw new Error(told(), { cause: error });
    } finally {
      await visitor.close();
    }
  });
});

const handlers: Readonly<Record<string, DurableLambdaHandler>> = {
  bakeCake,
  encodeVideo,
  orderSaga,
  importRows,
  pollUntilReady,
  approveExpense,
  quotePrice,
  yearlySubscription,
};

const ACTIONS = 40;
const MOST_TABS = 3;
const MOST_EXECUTIONS = 6;
/** How long a control may take to be there, in ms: it may just have gone. */
const PRESS_MS = 1_500;
const PATIENCE_MS = 90_000;

/** A step's function began to run, as the page was told; or its outcome was found in the log. By execution and position. */
interface Seen {
  readonly key: string;
  readonly at: number;
}

class PlaygroundChaos {
  /** What was done, for people. */
  readonly trail: string[] = [];
  readonly #visitor: BrowserContext;
  readonly #url: string;
  readonly #random: SeededRandom;
  readonly #complaints: string[] = [];
  readonly #ran: Seen[] = [];
  readonly #recorded = new Map<string, number>();
  readonly #logs = new Map<string, readonly string[]>();
  #pages: Page[] = [];
  #started = 0;

  constructor(visitor: BrowserContext, { url, seed }: { url: string; seed: number }) {
    this.#visitor = visitor;
    this.#url = url;
    this.#random = seededRandom(seed);
  }

  /** What is not as it must be, in words. */
  async run(): Promise<readonly string[]> {
    this.#visitor.on("weberror", (error) => this.#complaints.push(`error in a page: ${error.error().message}`));
    await this.#visitor.exposeFunction("noteRan", (seen: Seen) => void this.#ran.push(seen));
    await this.#visitor.addInitScript(listenToWorkers);
    const reader = await this.#visitor.newPage();
    await reader.goto(`${this.#url}nothing`);
    await this.#open();
    for (let done = 0; done < ACTIONS; done++) {
      await this.#act();
      if (this.#random.chance(0.3)) await this.#look(reader);
    }
    await this.#settle(reader);
    await this.#judge();
    return this.#complaints;
  }

  readonly #choices: readonly (readonly [share: number, act: (page: Page) => Promise<unknown>])[] = [
    [6, (page) => this.#start(page)],
    [5, (page) => this.#press(page, "Kill")],
    [4, (page) => this.#press(page, "Restart worker")],
    [3, (page) => this.#reload(page)],
    [2, (page) => this.#leaveAndReturn(page)],
    [3, (page) => this.#openAnother(page)],
    [1, (page) => this.#close(page)],
    [1, (page) => this.#crash(page)],
    [2, (page) => this.#press(page, "Fail the next write")],
    [2, (page) => this.#press(page, "Lose an acknowledgement")],
    [2, (page) => this.#press(page, "Duplicate the alarm")],
    [2, (page) => this.#press(page, "Slow storage")],
    [4, (page) => this.#press(page, "Skip time")],
    [3, (page) => this.#press(page, "Succeed")],
    [1, (page) => this.#press(page, "Fail")],
    [1, (page) => this.#press(page, "Heartbeat")],
    [3, () => pause(this.#random.below(2000))],
  ];

  async #act(): Promise<void> {
    const total = this.#choices.reduce((sum, [share]) => sum + share, 0);
    let drawn = this.#random.below(total);
    const choice = this.#choices.find(([share]) => (drawn -= share) < 0);
    const page = this.#pages[this.#random.below(this.#pages.length)];
    try {
      if (page !== undefined) await choice?.[1](page);
    } catch (error) {
      await pause(100);
      // What is asked of a tab that has just died with another one is asked in vain.
      if (page !== undefined && this.#pages.includes(page)) throw error;
    }
    if (this.#pages.length === 0) await this.#open();
  }

  async #open(): Promise<void> {
    const page = await this.#visitor.newPage();
    await page.goto(this.#url);
    this.#seat(page);
  }

  #seat(page: Page): void {
    page.setDefaultTimeout(PRESS_MS);
    page.setDefaultNavigationTimeout(PATIENCE_MS);
    this.#pages.push(page);
    // Tabs that one has opened may share its renderer, and die with it.
    page.on("crash", () => {
      this.#pages = this.#pages.filter((other) => other !== page);
      void page.close();
    });
  }

  async #openAnother(page: Page): Promise<void> {
    if (this.#pages.length >= MOST_TABS) return;
    this.#note(page, "open a second tab");
    const opening = this.#visitor.waitForEvent("page", { timeout: PATIENCE_MS });
    await page.getByRole("link", { name: "Open a second tab" }).click({ timeout: PATIENCE_MS });
    this.#seat(await opening);
  }

  async #close(page: Page): Promise<void> {
    this.#note(page, "close");
    this.#pages = this.#pages.filter((other) => other !== page);
    await page.close();
  }

  async #crash(page: Page): Promise<void> {
    this.#note(page, "crash");
    const session = await this.#visitor.newCDPSession(page);
    const crashed = page.waitForEvent("crash", { timeout: PATIENCE_MS });
    session.send("Page.crash").catch(() => {});
    await crashed;
  }

  async #reload(page: Page): Promise<void> {
    this.#note(page, "reload");
    await page.reload();
  }

  async #leaveAndReturn(page: Page): Promise<void> {
    this.#note(page, "leave and come back");
    await page.goto("about:blank");
    await page.goBack();
  }

  async #start(page: Page): Promise<void> {
    if (this.#started >= MOST_EXECUTIONS) return;
    this.#started++;
    const example = page.getByLabel("Example");
    await example.locator("option").nth(1).waitFor({ state: "attached", timeout: PATIENCE_MS });
    const titles = await example.locator("option").allInnerTexts();
    const title = titles[this.#random.below(titles.length)] ?? "";
    await example.selectOption({ label: title }, { timeout: PATIENCE_MS });
    this.#note(page, `run ${title}`);
    await this.#press(page, "Run");
  }

  async #press(page: Page, name: string): Promise<boolean> {
    const button = page.getByRole("button", { name, exact: true }).first();
    if (!(await button.isVisible())) return false;
    // It may go in the moment in which it is pressed, or do nothing now.
    const pressed = await button.click().then(
      () => true,
      () => false,
    );
    this.#note(page, `${name}${pressed ? "" : ", in vain"}`);
    return pressed;
  }

  /** Takes note of what is in the logs, as the browser has them. */
  async #look(reader: Page): Promise<readonly ExecutionState[]> {
    const logs = await reader.evaluate(readLogs);
    const at = Date.now();
    for (const id of this.#logs.keys()) if (logs[id] === undefined) this.#complaints.push(`${id} is gone`);
    return Object.entries(logs).map(([id, log]) => {
      const before = this.#logs.get(id) ?? [];
      if (before.some((body, index) => body !== log[index])) this.#complaints.push(`the log of ${id} has changed`);
      this.#logs.set(id, log);
      const state = stateOf(log);
      for (const operation of state.operations.values()) {
        const isOver = operation.type === "STEP" && operation.subType === "Step" && operation.status === "SUCCEEDED";
        const key = `${id} ${operation.id}`;
        if (isOver && !this.#recorded.has(key)) this.#recorded.set(key, at);
      }
      return state;
    });
  }

  /** Brings everything to its end by what the page offers. */
  async #settle(reader: Page): Promise<void> {
    this.trail.push("settle");
    const [page] = this.#pages;
    if (page === undefined) return;
    // Whatever was broken in it is gone.
    await page.reload();
    await page.getByText(/The worker runs|Another tab has the worker/).waitFor({ timeout: PATIENCE_MS });
    for (const other of this.#pages.slice(1)) await other.reload();
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const running = (await this.#look(reader)).filter(({ header }) => header.status === "RUNNING");
      if (running.length === 0) break;
      if (Date.now() > deadline) throw new Error(`waited in vain for ${running.map(textOf).join("\n")}`);
      for (const { header } of running) await this.#help(page, header.name);
    }
    // A page that is left at once may take its first start with it.
    if (this.#logs.size === 0) return;
    for (const each of this.#pages) {
      await each.getByRole("tab", { name: "Executions" }).click();
      const listed = each.getByRole("listbox", { name: "Executions" }).getByRole("option");
      await listed.first().waitFor({ timeout: PATIENCE_MS });
      await listed.filter({ hasText: "running" }).first().waitFor({ state: "detached", timeout: PATIENCE_MS });
    }
  }

  async #help(page: Page, name: string): Promise<void> {
    await page.getByRole("tab", { name: "Executions" }).click();
    await page.getByRole("button", { name: "Refresh" }).click();
    const listed: Locator = page.getByRole("option").filter({ hasText: name });
    await listed.click({ timeout: PATIENCE_MS });
    await this.#press(page, "Restart worker");
    await this.#press(page, "Skip time");
    await this.#press(page, "Succeed");
    await pause(300);
  }

  async #judge(): Promise<void> {
    for (const [id, log] of this.#logs) {
      const handler = handlers[id.split("/")[0] ?? ""];
      if (handler === undefined) throw new Error(`no handler for ${id}`);
      const report = await replayLog(log, handler, { fromEveryCommit: true });
      if (!report.matches) this.#complaints.push(`${id} is not replayed: commit ${report.seq}, ${report.difference}`);
    }
    if (this.#recorded.size > 0 && this.#ran.length === 0) this.#complaints.push("no page was told of a step");
    for (const { key, at } of this.#ran) {
      const recorded = this.#recorded.get(key) ?? Number.POSITIVE_INFINITY;
      if (at > recorded) this.#complaints.push(`${key} ran ${at - recorded} ms after its outcome was in the log`);
    }
  }

  #note(page: Page, what: string): void {
    this.trail.push(`tab ${this.#pages.indexOf(page)} of ${this.#pages.length}: ${what}`);
  }
}

function stateOf(log: readonly string[]): ExecutionState {
  const state = emptyState({ keepsAll: true });
  for (const body of log) fold(state, decodeCommit(body));
  return state;
}

function textOf({ header, operations }: ExecutionState): string {
  const open = [...operations.values()].map(({ id, name, type, status }) => `${id} ${type} ${name} ${status}`);
  return `${JSON.stringify(header)}\n${open.join("\n")}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((next) => setTimeout(next, ms));
}

/** In every page: tells which functions its worker says it runs. */
function listenToWorkers(): void {
  const scope = globalThis as unknown as { noteRan?: (seen: Seen) => void };
  const property = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
  Object.defineProperty(MessagePort.prototype, "onmessage", {
    ...property,
    set(this: MessagePort, listener: (event: MessageEvent) => void) {
      property?.set?.call(this, (event: MessageEvent<{ type?: string; executionId?: string; id?: string }>) => {
        const { type, executionId, id } = event.data;
        if (type === "ran") scope.noteRan?.({ key: `${executionId} ${id}`, at: Date.now() });
        listener(event);
      });
    },
  });
}

/** In a page: every log in the playground's database, by the execution's id. */
async function readLogs(): Promise<Record<string, string[]>> {
  const request = indexedDB.open("perdure-playground");
  // Before the playground has made it there is none, and none is to be made here.
  request.onupgradeneeded = () => request.transaction?.abort();
  const database = await new Promise<IDBDatabase | undefined>((resolve) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(undefined);
  });
  if (database === undefined) return {};
  const transaction = database.transaction(["executions", "commits"]);
  const all = <T>(source: IDBObjectStore, range?: IDBKeyRange): Promise<T[]> =>
    new Promise((resolve) => {
      const asked = source.getAll(range);
      asked.onsuccess = () => resolve(asked.result as T[]);
    });
  const rows = await all<{ id: string; log: number }>(transaction.objectStore("executions"));
  const commits = transaction.objectStore("commits");
  const logs = rows.map(
    async ({ id, log }): Promise<[string, string[]]> => [
      id,
      await all<string>(commits, IDBKeyRange.bound([log], [log, []])),
    ],
  );
  const found = Object.fromEntries(await Promise.all(logs));
  database.close();
  return found;
}
