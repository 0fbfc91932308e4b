/**
 * The page under test. Before it opens its host it tells the server which steps the logs hold as succeeded, so that the
 * server can tell whether one of them is asked for again.
 */

import {
  type BrowserHost,
  createBrowserHost,
  type Functions,
  IndexedDbStore,
  type ListSnapshot,
  type Live,
} from "perdure/browser";
import { decodeCommit, emptyState, type ExecutionHeader, fold, type LogPage, type Operation } from "perdure/engine";
import { setSkew } from "./skewed-clock.ts";

const NAME = "site";
const parameters = new URLSearchParams(location.search);

declare global {
  var site: Site;
}

class Site {
  readonly host: BrowserHost;
  /** What the page's security policy has refused. */
  readonly refused: string[] = [];
  #list: Live<ListSnapshot> | undefined;

  constructor(host: BrowserHost) {
    this.host = host;
    addEventListener("securitypolicyviolation", ({ blockedURI }) => this.refused.push(blockedURI));
  }

  readonly setSkew: (skew: number) => void = setAllSkew;

  async start(functionName: string, name: string, event: unknown): Promise<string> {
    const { execution } = await this.host.client.start({ functionName, name, input: JSON.stringify(event) });
    return execution.id;
  }

  describe(id: string): Promise<ExecutionHeader> {
    return this.host.client.describe(id);
  }

  /** Operations by name and status. */
  async operations(id: string): Promise<[string | undefined, string][]> {
    const { operations } = await this.host.client.state(id, { limit: 1000 });
    return operations.map(({ name, status }) => [name, status]);
  }

  /** Completes the callbacks of an execution that are open now, and tells which. */
  async answer(id: string, result: string): Promise<string[]> {
    const { operations } = await this.host.client.state(id, { limit: 1000 });
    const answered: string[] = [];
    for (const operation of operations) {
      if (operation.type !== "CALLBACK" || operation.status !== "STARTED") continue;
      await this.host.client.completeCallback(operation.callbackId, { type: "SUCCEEDED", result });
      answered.push(operation.callbackId);
    }
    return answered;
  }

  /** Keeps a list up to date from here on. */
  follow(): void {
    this.#list = this.host.executions({ limit: 1000 });
    this.#list.subscribe(() => {});
  }

  showsAllEnded(): boolean {
    const { isLoaded, rows } = this.#list?.get() ?? { isLoaded: false, rows: [] };
    return isLoaded && rows.every(({ status }) => status !== "RUNNING");
  }

  /** Whether the list has so many executions, and could be read. */
  shows(count: number): boolean {
    const { isLoaded, rows, error } = this.#list?.get() ?? { isLoaded: false, rows: [] };
    return isLoaded && error === undefined && rows.length === count;
  }

  /** The logs of all executions, by id. */
  async logs(): Promise<Record<string, readonly string[]>> {
    const { rows } = await this.host.client.list({ limit: 1000 });
    const files = rows.map(async ({ id }) => [id, (await this.host.exportExecution(id)).log] as const);
    return Object.fromEntries(await Promise.all(files));
  }

  /** Completes the callbacks of an execution as soon as they are open. */
  approve(id: string, result: string): void {
    this.host.subscribe(id, ({ operations }) => {
      for (const operation of operations) {
        if (operation.type !== "CALLBACK" || operation.status !== "STARTED") continue;
        // Another tab may have been quicker.
        void this.host.client.completeCallback(operation.callbackId, { type: "SUCCEEDED", result }).catch(() => {});
      }
    });
  }
}

/** Reloads, once in the life of a tab, as soon as it has written a commit of this number. */
function reloadAt(seq: number): void {
  // Remembered by the tab, over the reload.
  if (sessionStorage.getItem("reloaded") !== null) return;
  const { add } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.add = function (value, key) {
    if (Array.isArray(key) && key[1] === seq) this.transaction.addEventListener("complete", reload);
    return add.call(this, value, key);
  };
  function reload(): void {
    sessionStorage.setItem("reloaded", String(seq));
    location.reload();
  }
}

/** Sets the clock of the page and of its worker. */
function setAllSkew(skew: number): void {
  setSkew(skew);
  worker?.postMessage({ skew });
}

async function tellWhatIsKnown(): Promise<void> {
  const store = new IndexedDbStore({ name: NAME });
  for (const { id } of await store.list({ limit: 1000 })) {
    const state = emptyState({ keepsAll: true });
    for (let from: number | undefined = 1; from !== undefined; ) {
      const page: LogPage | undefined = await store.read(id, from);
      for (const body of page?.bodies ?? []) fold(state, decodeCommit(body));
      from = page?.next;
    }
    const done = [...state.operations.values()].filter(isDone).map(({ name }) => name);
    await fetch("/known", { method: "POST", body: JSON.stringify({ id, done }) });
  }
  store.close();
}

function isDone({ type, status }: Operation): boolean {
  return type === "STEP" && status === "SUCCEEDED";
}

function openHost(functions: Functions): BrowserHost {
  const common = {
    name: NAME,
    onError: (id: string | undefined, error: unknown) => console.error(id, error),
    ...(parameters.has("text-clock") ? {} : { clock: "/clock.js" }),
  };
  if (parameters.has("viewer")) return createBrowserHost(common);
  if (!parameters.has("worker")) return createBrowserHost({ ...common, functions });
  worker = new Worker(`/worker.js?skew=${skew}`, { type: "module" });
  return createBrowserHost({ ...common, worker });
}

let worker: Worker | undefined;
const skew = parameters.has("chaos") ? Number(await (await fetch("/skew")).text()) : 0;
if (skew !== 0) setSkew(skew);
if (parameters.has("reload-at")) reloadAt(Number(parameters.get("reload-at")));
// A page that gets no storage knows nothing.
await tellWhatIsKnown().catch(() => {});
const { functions } = await import("./functions.ts");
globalThis.site = new Site(openHost(functions));
if (parameters.has("chaos")) globalThis.site.follow();
const approved = parameters.get("approve");
if (approved !== null) globalThis.site.approve(approved, JSON.stringify({ approved: true, by: "Ada" }));
