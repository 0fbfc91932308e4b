/**
 * WebKitGTK's MiniBrowser as a user has it, by the protocol of its own inspector: what pages store lies on a disk and
 * outlives the browser, and the process that serves it may be killed. By its driver it keeps nothing, and a lost process
 * is the end of the driver's session.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unusedPort } from "../unused-port.ts";
import { ProcessGroup, type Profile, type RemoteBrowser, type RemoteTab, START_MS } from "./remote-browser.ts";
import { quiet, showNobody, type WebKitPrograms } from "./webkit.ts";

export class InspectedWebKit implements RemoteBrowser {
  readonly #processes: readonly ProcessGroup[];
  readonly #inspector: string;
  /** The window that the browser began with: it opens the others. */
  readonly #first: InspectedTab;
  /** The inspector's addresses of the windows that are known. */
  readonly #known = new Set<string>();
  /** The window before, so that a new one can be told from it. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(processes: readonly ProcessGroup[], inspector: string, first: InspectedTab) {
    this.#processes = processes;
    this.#inspector = inspector;
    this.#first = first;
  }

  static async start({ browser, display }: Omit<WebKitPrograms, "driver">, profile: Profile): Promise<InspectedWebKit> {
    const processes: ProcessGroup[] = [];
    try {
      const env = display === undefined ? {} : await showNobody(display, processes);
      const inspector = `127.0.0.1:${await unusedPort()}`;
      const group = new ProcessGroup(browser, ["--javascript-can-open-windows-automatically=true", "about:blank"], {
        ...quiet,
        ...env,
        ...foldersIn(profile),
        WEBKIT_INSPECTOR_HTTP_SERVER: inspector,
      });
      processes.push(group);
      const [path] = await found(async () => {
        if (group.child.exitCode !== null) throw new Error(`ended. ${group.said}`.trim());
        return await windowsOf(inspector).catch(() => []);
      });
      const webkit = new InspectedWebKit(processes, inspector, await InspectedTab.attach(`ws://${inspector}/${path}`));
      webkit.#known.add(path);
      return webkit;
    } catch (error) {
      for (const each of processes.reverse()) await each.kill();
      throw error;
    }
  }

  open(url: string): Promise<RemoteTab> {
    const tab = this.#last.then(() => this.#open(url));
    this.#last = tab.catch(() => {});
    return tab;
  }

  async #open(url: string): Promise<RemoteTab> {
    // In a process of its own, as a tab that the user opens.
    await this.#first.evaluate(`void open(${JSON.stringify(url)}, "_blank", "noopener,popup")`);
    const [path] = await found(async () => (await windowsOf(this.#inspector)).filter((each) => !this.#known.has(each)));
    this.#known.add(path);
    return await InspectedTab.attach(`ws://${this.#inspector}/${path}`);
  }

  /** SIGKILL for the process that serves IndexedDB and the network; the browser starts another one when it is needed. */
  killServer(): void {
    const pid = childrenOf(this.#processes.at(-1)?.child.pid).find(([, name]) => name.startsWith("WebKitNetwork"))?.[0];
    if (pid === undefined) throw new Error("there is no network process");
    process.kill(pid, "SIGKILL");
  }

  async kill(): Promise<void> {
    for (const each of this.#processes.toReversed()) await each.kill();
  }
}

/** Everything that the browser and its libraries keep. */
function foldersIn({ folder }: Profile): Readonly<Record<string, string>> {
  return {
    HOME: folder,
    XDG_DATA_HOME: join(folder, "data"),
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_CONFIG_HOME: join(folder, "config"),
  };
}

/** The inspector's addresses of the windows, from the page on which people choose one. */
async function windowsOf(inspector: string): Promise<string[]> {
  const page = await (await fetch(`http://${inspector}/`)).text();
  return [...page.matchAll(/socket\/\d+\/\d+\/WebPage/g)].map(([path]) => path);
}

/** Looks until something is there. */
async function found<T>(look: () => Promise<readonly T[]>): Promise<readonly [T, ...T[]]> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const [first, ...others] = await look();
    if (first !== undefined) return [first, ...others];
    if (Date.now() > deadline) throw new Error(`does not come up within ${START_MS / 1000} s`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** The processes that one has started, with their names. */
function childrenOf(parent: number | undefined): [pid: number, name: string][] {
  return readdirSync("/proc").flatMap((pid): [number, string][] => {
    if (!/^\d+$/.test(pid)) return [];
    const [, name = "", of] = /^\d+ \((.*)\) \S (\d+)/.exec(statOf(pid)) ?? [];
    return Number(of) === parent ? [[Number(pid), name]] : [];
  });
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly targetInfo?: TargetInfo; readonly newTargetId?: string; readonly message?: string };
  readonly result?: { readonly result?: Value; readonly wasThrown?: boolean };
  readonly error?: { readonly message: string };
}

interface TargetInfo {
  readonly targetId: string;
  readonly type: string;
  readonly isProvisional?: boolean;
}

interface Value {
  readonly objectId?: string;
  readonly value?: string;
  readonly description?: string;
}

interface Answer {
  readonly target: string;
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

class InspectedTab implements RemoteTab {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, Answer>();
  /** The page in the window: another one where it has changed its process. */
  #target = "";
  #calls = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("close", () => this.#fail(() => true));
  }

  static async attach(url: string): Promise<InspectedTab> {
    const socket = new WebSocket(url);
    const tab = new InspectedTab(socket);
    await new Promise<void>((ready, fail) => {
      socket.addEventListener("error", () => fail(new Error("the inspector does not answer")));
      socket.addEventListener("message", ({ data }) => {
        tab.#hear(JSON.parse(String(data)) as Message);
        if (tab.#target !== "") ready();
      });
    });
    return tab;
  }

  async evaluate<T>(expression: string): Promise<T> {
    const script = `(async () => JSON.stringify(await (${expression})))()`;
    const { objectId } = await this.#value("Runtime.evaluate", { expression: script });
    const { value } = await this.#value("Runtime.awaitPromise", { promiseObjectId: objectId, returnByValue: true });
    return (value === undefined ? undefined : JSON.parse(value)) as T;
  }

  // A page that goes settles no promise, so none is awaited.
  async navigate(url: string): Promise<void> {
    await this.#value("Runtime.evaluate", { expression: `void (location.href = ${JSON.stringify(url)})` });
  }

  async reload(): Promise<void> {
    await this.#value("Runtime.evaluate", { expression: "location.reload()" });
  }

  /** The window stays, empty. */
  async close(): Promise<void> {
    await this.navigate("about:blank");
  }

  async #value(method: string, params: object): Promise<Value> {
    const { result, error } = await this.#send(method, params);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    const value = result?.result ?? {};
    if (result?.wasThrown === true) throw new Error(value.description ?? String(value.value));
    return value;
  }

  #send(method: string, params: object): Promise<Message> {
    const id = ++this.#calls;
    const target = this.#target;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { target, resolve, reject });
      const message = JSON.stringify({ id, method, params });
      this.#socket.send(
        JSON.stringify({ id: -id, method: "Target.sendMessageToTarget", params: { targetId: target, message } }),
      );
    });
  }

  #hear({ id, method, params, error }: Message): void {
    const info = params?.targetInfo;
    if (method === "Target.targetCreated" && info?.type === "page" && info.isProvisional !== true)
      this.#moveTo(info.targetId);
    if (method === "Target.didCommitProvisionalTarget") this.#moveTo(params?.newTargetId ?? this.#target);
    if (method === "Target.dispatchMessageFromTarget")
      this.#answer(JSON.parse(params?.message ?? "{}") as Message & { id?: number });
    // The window itself refuses what is asked of a page that is gone.
    if (id !== undefined && error !== undefined) this.#answer({ id: -id, error });
  }

  #answer(message: Message): void {
    const answer = message.id === undefined ? undefined : this.#answers.get(message.id);
    if (message.id === undefined || answer === undefined) return;
    this.#answers.delete(message.id);
    answer.resolve(message);
  }

  /** Requests to the page before are not answered any more. */
  #moveTo(target: string): void {
    this.#target = target;
    this.#fail((each) => each.target !== target);
  }

  #fail(isMeant: (answer: Answer) => boolean): void {
    for (const [id, answer] of this.#answers) {
      if (!isMeant(answer)) continue;
      this.#answers.delete(id);
      answer.reject(new Error("the page is gone"));
    }
  }
}
