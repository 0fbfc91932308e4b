/** What P1 to P15 come to where several tabs share an execution, in any engine. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import { root } from "../../../scripts/command.ts";
import type { SiteServer } from "./site-server.ts";
import { type SiteTab, until, whoRuns, type World } from "./world.ts";

type Page = SiteTab<RemoteTab>;

/** As many tabs as a promise is to be kept in: those that have gone are replaced before the next one. */
export class Crowd {
  readonly world: World<RemoteTab>;
  readonly #count: number;
  #pages: readonly Page[] = [];

  constructor(world: World<RemoteTab>, count: number) {
    this.world = world;
    this.#count = count;
  }

  get site(): SiteServer {
    return this.world.site;
  }

  /** All of them, once they are up. */
  async pages(): Promise<readonly [Page, ...Page[]]> {
    while (this.#pages.length < this.#count) this.#pages = [...this.#pages, await this.world.open()];
    for (const page of this.#pages) await until("the tab to run", async () => (await page.status()) === "RUNNING");
    return this.#pages as [Page, ...Page[]];
  }

  /** Closes the tab that runs a step, and answers with one that is left. */
  async bereave(step: string): Promise<Page> {
    const [owner, other] = await whoRuns(this.#pages, step);
    await this.close(owner);
    return other!;
  }

  async close(page: Page): Promise<void> {
    this.#pages = this.#pages.filter((other) => other !== page);
    await page.tab.close();
  }

  /** Starts an execution in the first tab, and resolves while it runs a step of that name, which is held back. */
  async held(functionName: string, step: string, event: unknown = null): Promise<HeldExecution> {
    const [first] = await this.pages();
    const name = step.split("/")[0] ?? "";
    const hold = this.site.log.hold(({ target }) => target === step);
    const id = await first.start(functionName, name, event);
    await hold.arrived;
    return { id, release: () => hold.release() };
  }
}

interface HeldExecution {
  readonly id: string;
  readonly release: () => void;
}

export const promises: readonly (readonly [promise: string, keep: (crowd: Crowd) => Promise<void>])[] = [
  ["P1: a completed step never runs again, whichever tab goes on", completesOnce],
  ["P2: an at-most-once step whose tab has gone is not run by another one", attemptsOnce],
  ["P3: a race that was decided in one tab has the same winner in every other", racesAlike],
  ["P4: of two tabs that run an execution the one that was robbed has no further effect", fences],
  ["P5: of all tabs that answer a callback at once one is the first", answersOnce],
  ["P6: a wait is not over early, and is over without the tab that began it", waitsExactly],
  ["P7: nothing is left undone by a tab that has gone", leavesNothing],
  ["P8: a write that was torn leaves what was recorded before", survivesTornWrites],
  ["P9: a log of the first release goes on", readsOldLogs],
  ["P10: a step costs the same however many were before it", costsTheSame],
  ["P11: no payload changes a prototype", changesNoPrototype],
  ["P12: what is too large is refused before it is written", refusesTooLarge],
  ["P13: a context whose tab has let go runs and writes nothing", closesContexts],
  ["P14: code that differs from the log is stopped where it differs, and the execution can be repaired", stopsBreaches],
  ["P15: the first run and a replay see the same value", seesTheSame],
];

async function completesOnce(crowd: Crowd): Promise<void> {
  const { id, release } = await crowd.held("relay", "p1/step-3", { steps: 4 });
  const next = await crowd.bereave("p1/step-3");
  await next.asked("p1", "step-3", 2);
  release();
  expect(await next.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(crowd.site.asked("p1")).toEqual({ "step-1": 1, "step-2": 1, "step-3": 2, "step-4": 1 });
}

async function attemptsOnce(crowd: Crowd): Promise<void> {
  const { id, release } = await crowd.held("relay", "p2/step-2", { steps: 3, atMostOnce: true });
  const next = await crowd.bereave("p2/step-2");
  expect(await next.ended(id)).toMatchObject({ status: "FAILED" });
  release();
  expect(crowd.site.asked("p2")).toEqual({ "step-1": 1, "step-2": 1 });
}

async function racesAlike(crowd: Crowd): Promise<void> {
  const pages = await crowd.pages();
  const hold = crowd.site.log.hold(({ target }) => target === "p3/won-by-answer");
  const id = await pages[0].start("contest", "p3", 3600);
  await answer(pages.at(-1)!, id, "Ada");
  await hold.arrived;
  const next = await crowd.bereave("p3/won-by-answer");
  await next.asked("p3", "won-by-answer", 2);
  hold.release();
  const { result = "[]" } = await next.ended(id);
  expect((JSON.parse(result) as string[])[0]).toBe("answer:Ada");
  expect(crowd.site.asked("p3")).toEqual({ submit: 1, "won-by-answer": 2 });
}

async function fences(crowd: Crowd): Promise<void> {
  const { id, release } = await crowd.held("relay", "p4/step-2", { steps: 4 });
  const pages = await crowd.pages();
  const [robbed, thief] = await whoRuns(pages, "p4/step-2");
  await thief!.tab.evaluate(`navigator.locks.request("perdure:site:${id}", { steal: true }, () => {})`);
  await thief!.asked("p4", "step-2", 2);
  release();
  for (const page of pages) expect(await page.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(crowd.site.asked("p4")).toEqual({ "step-1": 1, "step-2": 2, "step-3": 1, "step-4": 1 });
  expect(await robbed.tab.evaluate("globalThis.asking")).toBe("p4/step-2");
}

async function answersOnce(crowd: Crowd): Promise<void> {
  const pages = await crowd.pages();
  const id = await pages[0].start("consent", "p5");
  const find = `site.host.client.state("${id}", { limit: 10 }).then(({ operations }) =>
    operations.find(({ callbackId }) => callbackId !== undefined)?.callbackId ?? "")`;
  await until("the callback", async () => (await pages[0].tab.evaluate<string>(find)) !== "");
  const callback = JSON.stringify(await pages[0].tab.evaluate<string>(find));
  const outcomes = await Promise.all(
    pages.map((page, at) =>
      page.refusal(`site.host.client.completeCallback(${callback}, { type: "SUCCEEDED", result: "answer ${at}" })`),
    ),
  );
  const { result = "[]" } = await pages.at(-1)!.ended(id);
  expect(outcomes.filter((code) => code === "")).toEqual([""]);
  expect(new Set(outcomes)).toEqual(new Set(["", "CallbackTimeoutException"]));
  expect((JSON.parse(result) as string[])[0]).toBe(`answer ${outcomes.indexOf("")}`);
}

async function waitsExactly(crowd: Crowd): Promise<void> {
  const { id, release } = await crowd.held("relay", "p6/step-1", { steps: 2, wait: 2 });
  release();
  const pages = await crowd.pages();
  await until("the step to be recorded", async () => (await pages[0].succeeded(id)).includes("step-1"));
  const next = await crowd.bereave("p6/step-1");
  expect(await next.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  const [first, second] = crowd.site.log.calls.filter(({ target }) => target.startsWith("p6/"));
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(2000);
  expect(crowd.site.asked("p6")).toEqual({ "step-1": 1, "step-2": 1 });
}

async function leavesNothing(crowd: Crowd): Promise<void> {
  const pages = await crowd.pages();
  const orders = [
    ["chain", 4],
    ["gather", 3],
    ["contest", 1],
    ["consent", null],
    ["delegate", 2],
  ] as const;
  const ids = await Promise.all(
    orders.map(([functionName, input], at) => pages[at % pages.length]!.start(functionName, `p7-${at}`, input)),
  );
  await pages[0].asked("p7-0", "step-1");
  await crowd.close(pages[0]);
  await answer(pages[1]!, ids[3]!, "yes");
  for (const id of ids) expect(await pages[1]!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
}

async function survivesTornWrites(crowd: Crowd): Promise<void> {
  const { id, release } = await crowd.held("relay", "p8/step-2", { steps: 3 });
  const [owner, next] = await whoRuns(await crowd.pages(), "p8/step-2");
  await owner.tab.evaluate(
    `void (IDBTransaction.prototype.commit = function () { globalThis.isTorn = true; this.abort(); })`,
  );
  release();
  await until("the write to be torn", () => owner.tab.evaluate<boolean>("globalThis.isTorn === true"));
  await crowd.close(owner);
  const { status, result = "[]" } = await next!.ended(id);
  expect(status).toBe("SUCCEEDED");
  const { "step-1": first, "step-2": second = 0, "step-3": third } = crowd.site.asked("p8");
  expect([first, second > 1, third]).toEqual([1, true, 1]);
  expect(JSON.parse(result)).toEqual(["p8/step-1 1", `p8/step-2 ${second}`, "p8/step-3 1"]);
}

/** Its last commit is left out, so that there is an end to come to. */
async function readsOldLogs(crowd: Crowd): Promise<void> {
  const [outcome = "", ...lines] = readFileSync(join(root, "test/golden/v1/sequence.jsonl"), "utf8").trim().split("\n");
  const writes = lines.map((line) => JSON.parse(line) as { body?: string }).flatMap(({ body }) => body ?? []);
  const file = { format: "perdure-execution", version: 1, log: writes.slice(0, -1) };
  const pages = await crowd.pages();
  const id = await pages[0].tab.evaluate<string>(`site.host.importExecution(${JSON.stringify(file)})`);
  const { status, result } = JSON.parse(outcome) as { status: string; result: string };
  for (const page of pages) expect(await page.ended(id)).toMatchObject({ status, result });
}

/** Counted are the requests that all tabs make of their databases. */
async function costsTheSame(crowd: Crowd): Promise<void> {
  const pages = await crowd.pages();
  for (const page of pages) await page.tab.evaluate(COUNT);
  const cost = async (steps: number): Promise<number> => {
    const before = await requests(pages);
    const id = await pages[0].start("relay", `p10-${steps}`, { steps });
    expect(await pages[0].ended(id)).toMatchObject({ status: "SUCCEEDED" });
    return ((await requests(pages)) - before) / steps;
  };
  const few = await cost(50);
  expect(await cost(200)).toBeLessThan(few * 1.25);
}

const COUNT = `void (() => {
  globalThis.requests = 0;
  for (const name of ["add", "put", "get", "getKey", "getAll"]) {
    const asked = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function (...args) { globalThis.requests++; return asked.apply(this, args); };
  }
})()`;

async function requests(pages: readonly Page[]): Promise<number> {
  const counts = await Promise.all(pages.map((page) => page.tab.evaluate<number>("globalThis.requests")));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function changesNoPrototype(crowd: Crowd): Promise<void> {
  const pages = await crowd.pages();
  const input = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
  const { execution } = await pages[0].tab.evaluate<{ execution: { id: string } }>(
    `site.host.client.start({ functionName: "echo", name: "p11", input: ${JSON.stringify(input)} })`,
  );
  for (const page of pages) {
    const { result = "" } = await page.ended(execution.id);
    expect(result).toContain(`"given":${input}`);
    expect(await page.tab.evaluate("[{}.polluted === undefined, [].polluted === undefined]")).toEqual([true, true]);
  }
}

async function refusesTooLarge(crowd: Crowd): Promise<void> {
  const pages = await crowd.pages();
  for (const [at, page] of pages.entries()) {
    const start = `site.start("echo", "p12-${at}", "x".repeat(7_000_000))`;
    const told = await page.tab.evaluate<string>(`${start}.then(() => "", ({ message }) => message)`);
    expect(told).toMatch(/7,?000,?002.*6,?291,?456/);
    expect(await page.refusal(`site.describe("echo/p12-${at}")`)).toBe("ResourceNotFoundException");
  }
}

async function closesContexts(crowd: Crowd): Promise<void> {
  const { id, release } = await crowd.held("keeper", "p13/held");
  const [owner, ...others] = await whoRuns(await crowd.pages(), "p13/held");
  await owner.tab.evaluate("site.host.close()");
  await others[0]!.asked("p13", "held", 2);
  const [heir] = await whoRuns(others, "p13/held");
  await callsLate(owner);
  release();
  expect(await heir.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  await callsLate(heir);
  expect(await heir.succeeded(id)).toEqual(["held"]);
  await crowd.close(owner);
}

async function callsLate(page: Page): Promise<void> {
  const late = `kept.step("late", async () => void (globalThis.isLate = true)).then(() => "ran", () => "refused")`;
  const passed = 'new Promise((next) => setTimeout(next, 300, "nothing"))';
  expect(await page.tab.evaluate(`Promise.race([${late}, ${passed}])`)).not.toBe("ran");
  expect(await page.tab.evaluate("globalThis.isLate === undefined")).toBe(true);
}

async function stopsBreaches(crowd: Crowd): Promise<void> {
  const { id, release } = await crowd.held("fickle", "p14/second");
  const [owner, ...others] = await whoRuns(await crowd.pages(), "p14/second");
  for (const page of others) await page.tab.evaluate('void (globalThis.variant = "another")');
  await crowd.close(owner);
  release();
  for (const page of others) {
    await until("the halt", async () => (await page.describe(id)).halt !== undefined);
    const { halt } = await page.describe(id);
    expect(halt).toMatchObject({ reason: "NON_DETERMINISM" });
    expect(JSON.stringify(halt)).toMatch(/first.*another|another.*first/);
  }
  for (const page of others) await page.tab.evaluate("void (globalThis.variant = undefined)");
  await others.at(-1)!.tab.evaluate(`site.host.client.resume("${id}")`);
  expect(await others[0]!.ended(id)).toMatchObject({ status: "SUCCEEDED" });
  expect(crowd.site.asked("p14")).toEqual({ first: 1, second: 2 });
}

async function seesTheSame(crowd: Crowd): Promise<void> {
  const { id, release } = await crowd.held("echo", "p15/string-false", "x");
  const next = await crowd.bereave("p15/string-false");
  await next.asked("p15", "string-false", 2);
  release();
  const { result = "{}" } = await next.ended(id);
  expect(JSON.parse(result)).toEqual({ made: { at: "1970-01-01T00:00:00.000Z" }, given: "x" });
  expect(crowd.site.asked("p15")).toEqual({ "string-false": 2 });
}

/** Answers the callback of an execution as soon as it is open. */
async function answer(page: Page, id: string, result: string): Promise<void> {
  await until("the callback to be open", async () => {
    const answered = await page.tab.evaluate<string[]>(`site.answer("${id}", ${JSON.stringify(result)})`);
    return answered.length > 0;
  });
}
