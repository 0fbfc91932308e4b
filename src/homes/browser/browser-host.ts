import { watchPage } from "../../adapters/indexeddb/page-life.ts";
import type { ExecutionStore } from "../../engine/ports/execution-store.ts";
import { ClientError, ClientErrorCode, type ExecutionClient, type ListQuery } from "../../engine/runner/client.ts";
import type { FunctionVersions } from "../../engine/runner/function.ts";
import { type Functions, readFunctionMap } from "../../lambda-compat/function-map.ts";
import { type Start, typedStart } from "../../lambda-compat/typed-client.ts";
import { checkOptions } from "../options/check-options.ts";
import { homeFunctions, runnerSettings } from "../options/home-options.ts";
import { OptionError } from "../options/option-error.ts";
import { BROWSER_FORMS, type BrowserHostOptions, SERVED_FORMS, type ServedHostOptions } from "./browser-options.ts";
import type { ExecutionFile } from "./execution-file.ts";
import { LentStore, type StoreCall } from "./lent-store.ts";
import type { Live } from "./live-value.ts";
import { type ExecutionSnapshot, liveExecution, liveList, type ListSnapshot } from "./live-views.ts";
import { Tab, type TabStatus } from "./tab.ts";
import {
  connectWorker,
  type FunctionNames,
  isIntroduction,
  namesOf,
  type PageMoment,
  type WorkerLink,
} from "./worker-link.ts";

/** What the browser says about this site's storage. */
export interface StorageReport {
  /** Whether the browser has promised to keep this site's data when it runs out of room. */
  readonly isPersisted: boolean;
  /** How much is used, in bytes, about; absent where the browser does not tell. */
  readonly usage?: number;
  /** How much may be used, in bytes, about; absent where the browser does not tell. */
  readonly quota?: number;
}

/** Durable functions in this page, together with all other pages that share the database. */
export interface BrowserHost {
  /** Starts, describes, lists and stops executions, and completes their callbacks, whichever tab runs them. */
  readonly client: ExecutionClient;
  /** Starts an execution by its function, and hands out what becomes of it, both typed. With a `worker`, by its name. */
  readonly start: Start;
  /** How it stands with this page: whether it runs executions, and if not, why. */
  readonly status: Live<TabStatus>;
  /** One execution as it is now. */
  execution(executionId: string): Live<ExecutionSnapshot>;
  /** A list as it is now; the first page of it. */
  executions(query?: Partial<Omit<ListQuery, "marker">>): Live<ListSnapshot>;
  /** Calls back with every new state of an execution, the present one first, until the answer is called. */
  subscribe(executionId: string, listener: (snapshot: ExecutionSnapshot) => void): () => void;
  /** An execution with its whole log, to be kept or replayed elsewhere. It holds the ids of open callbacks. */
  exportExecution(executionId: string): Promise<ExecutionFile>;
  /**
   * Takes over an exported execution. One that has not ended goes on here.
   *
   * @throws {ClientError} DurableExecutionAlreadyStartedException, InvalidParameterValueException.
   * @throws {CorruptLogError} CORRUPT_LOG, {UnsupportedLogVersionError} UNSUPPORTED_LOG_VERSION.
   * @throws {LogLimitError} LOG_LIMIT_EXCEEDED for a log of more than 134,217,728 characters (128 Mi), or with operations
   *   that lie more than 512 deep.
   */
  importExecution(file: ExecutionFile): Promise<string>;
  /**
   * Removes an execution that has ended, before its time.
   *
   * @throws {ClientError} ResourceNotFoundException, InvalidParameterValueException while it runs.
   */
  remove(executionId: string): Promise<void>;
  /** Asks the browser to keep this site's data. Some ask the user, so call it when the user has done something. */
  persist(): Promise<boolean>;
  /** Asks the browser how much is stored, and whether it keeps it. */
  storage(): Promise<StorageReport>;
  /** Ends it in this page: nothing that still runs here has an effect any more, and other tabs take over. */
  close(): void;
}

const NAME = "perdure";
const LIST_LIMIT = 100;

/**
 * Runs durable functions in a browser. They survive reloads, crashes and the end of the tab: any page of the site that
 * is open, or the next one, goes on with them.
 *
 * @example
 * ```ts
 * import { withDurableExecution } from "perdure";
 * import { createBrowserHost } from "perdure/browser";
 *
 * const greet = withDurableExecution(async (name: string, context) => {
 *   await context.wait({ seconds: 5 });
 *   return context.step("greet", async () => `Hello, ${name}`);
 * });
 *
 * const { client, subscribe } = createBrowserHost({ functions: { greet } });
 * const { execution } = await client.start({ functionName: "greet", name: "first", input: JSON.stringify("world") });
 * subscribe(execution.id, ({ header }) => console.log(header?.status, header?.result));
 * ```
 *
 * @throws {OptionError} INVALID_OPTION for an option that there is not or that is of another form, and for functions that
 * cannot be run here: AWS's own SDK needs Node.
 */
export function createBrowserHost(options: BrowserHostOptions): BrowserHost {
  checkOptions(options, BROWSER_FORMS);
  const { worker, name = NAME } = options;
  if (worker === undefined) {
    const { functions = {} } = options;
    return hostOf(openTab(options, { functions: functionsOf(functions) }), { functions });
  }
  if (options.functions !== undefined) {
    throw new OptionError(
      "worker",
      "worker and functions exclude each other: the functions of a worker are those it serves.",
    );
  }
  const functions = new Map<string, FunctionVersions>();
  const link = connectWorker(worker, { name, functions });
  const tab = openTab(options, { functions, link });
  link.lend(tab.store);
  return hostOf(tab, { tellWorker: link.tell });
}

/**
 * Runs durable functions in a worker, for a page that calls `createBrowserHost({ worker })`. To be called while the
 * worker's script is first run.
 *
 * @throws {OptionError} INVALID_OPTION for an option that there is not or that is of another form, and for functions that
 * cannot be run here: AWS's own SDK needs Node.
 */
export function serveBrowserHost(options: ServedHostOptions): void {
  checkOptions(options, SERVED_FORMS);
  const functions = functionsOf(options.functions);
  addEventListener("message", ({ data, ports: [port] }: MessageEvent<unknown>) => {
    if (!isIntroduction(data) || port === undefined) return;
    const pages = new LentStore((call) => port.postMessage(call satisfies StoreCall));
    const tab = openTab({ ...options, name: data.name }, { functions, pages });
    port.onmessage = ({ data: moment }: MessageEvent<PageMoment>) => {
      if (moment === "leave") return tab.goAway();
      if (moment === "return") return tab.comeBack();
      if (moment === "close") return tab.close();
      if (moment !== "looked") return "claim" in moment ? tab.claim(moment.claim) : pages.answered(moment);
      pages.askAgain();
      tab.stir();
    };
    port.postMessage(namesOf(functions) satisfies FunctionNames);
  });
}

interface TabParts {
  readonly functions: ReadonlyMap<string, FunctionVersions>;
  /** To the worker that runs the functions. */
  readonly link?: WorkerLink;
  /** In that worker: the store of its page. */
  readonly pages?: LentStore;
}

function openTab(options: Omit<BrowserHostOptions, "functions" | "worker">, { functions, link, pages }: TabParts): Tab {
  const { name = NAME, durability, clock } = options;
  return new Tab({
    name,
    settings: runnerSettings(options),
    functions,
    ready: link?.ready ?? (() => Promise.resolve()),
    ...(link && { claimElsewhere: (id: string) => link.tell({ claim: id }), onLooked: () => link.tell("looked") }),
    ...(pages && { storeBehind: (own: ExecutionStore) => pages.behind(own) }),
    ...(durability && { durability }),
    ...(clock !== undefined && { clock }),
  });
}

interface HostParts {
  readonly functions?: Functions;
  readonly tellWorker?: (moment: PageMoment) => void;
}

function hostOf(tab: Tab, { functions, tellWorker = () => {} }: HostParts): BrowserHost {
  const { client, store } = tab;
  const unwatch = watchPage({
    onLeave() {
      tab.goAway();
      tellWorker("leave");
    },
    onReturn() {
      tab.comeBack();
      tellWorker("return");
    },
    // No look at the log: a hidden page may be frozen at once, in the middle of it.
    onHidden: () => tab.checkClock(),
  });
  tab.status.subscribe(() => {
    // A worker that uses the page's databases does not hear of it by its own.
    if (tab.status.get().state === "SUPERSEDED") tellWorker("close");
  });
  const execution = (executionId: string): Live<ExecutionSnapshot> => liveExecution(executionId, tab);
  return {
    client,
    start: typedStart(client, functions),
    status: tab.status,
    execution,
    executions: (query = {}) => liveList({ reverse: true, limit: LIST_LIMIT, ...query }, tab),
    subscribe(executionId, listener) {
      const live = execution(executionId);
      return live.subscribe(() => listener(live.get()));
    },
    async exportExecution(executionId) {
      const { writeExecutionFile } = await executionFiles();
      return writeExecutionFile(store, executionId);
    },
    async importExecution(file) {
      const { readExecutionFile } = await executionFiles();
      const { row, log } = readExecutionFile(file, Date.now());
      if ((await store.restore(row, log)) === "created") return row.id;
      throw new ClientError(
        ClientErrorCode.ALREADY_STARTED,
        `There is an execution "${row.name}" of "${row.functionName}" already.`,
      );
    },
    async remove(executionId) {
      const { status, incarnation } = await client.describe(executionId);
      if (status === "RUNNING")
        throw new ClientError(ClientErrorCode.INVALID_PARAMETER, `Execution ${executionId} still runs: stop it first.`);
      await store.remove(executionId, incarnation);
    },
    persist: async () => (await storageManager()?.persist?.()) ?? false,
    storage: reportStorage,
    close() {
      unwatch();
      tab.close();
      tellWorker("close");
    },
  };
}

function functionsOf(given: Functions): ReadonlyMap<string, FunctionVersions> {
  return homeFunctions(given, (functions) =>
    readFunctionMap(functions, () => {
      throw new TypeError(
        "Handlers of AWS's own SDK do not run in a browser. Make them with perdure's withDurableExecution.",
      );
    }),
  );
}

/** Pages that were not loaded over HTTPS have none. */
function storageManager(): StorageManager | undefined {
  return globalThis.navigator?.storage;
}

async function reportStorage(): Promise<StorageReport> {
  const manager = storageManager();
  const { usage, quota } = (await manager?.estimate?.()) ?? {};
  return {
    isPersisted: (await manager?.persisted?.()) ?? false,
    ...(usage !== undefined && { usage }),
    ...(quota !== undefined && { quota }),
  };
}

/** Few pages carry executions from one browser to another. */
const executionFiles = () => import("./execution-file.ts");
