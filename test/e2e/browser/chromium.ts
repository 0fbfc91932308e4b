/**
 * A Chromium of our own over the DevTools protocol: with a process that can be killed, a profile that outlives it, and
 * tabs whose visibility and lifecycle are the browser's own, which a testing library would smooth over.
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Profile, RemoteBrowser, RemoteTab } from "../../../scripts/browsers/remote-browser.ts";
import { chromium } from "../in-chromium.ts";

const START_MS = 60_000;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

interface Answer {
  readonly resolve: (result: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

export class Chromium implements RemoteBrowser<BrowserTab> {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #ended: Promise<void>;
  readonly #answers = new Map<number, Answer>();
  readonly #crashes = new Map<string, () => void>();
  #calls = 0;

  private constructor(process: ChildProcess, socket: WebSocket) {
    this.#process = process;
    this.#socket = socket;
    this.#ended = new Promise((resolve) => process.once("exit", () => resolve()));
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(String(data)) as Message));
    socket.addEventListener("close", () => this.#fail(new Error("the browser is gone")));
  }

  static async start(profile: Profile, flags: readonly string[] = []): Promise<Chromium> {
    if (!chromium.found) throw new Error(chromium.reason);
    const child = spawn(
      chromium.executablePath,
      [
        ...chromium.args,
        "--headless",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile.folder}`,
        ...flags,
        "about:blank",
      ],
      { env: { ...process.env, ...chromium.env }, stdio: ["ignore", "ignore", "pipe"], detached: true },
    );
    const socket = new WebSocket(await debuggerAddress(child));
    await new Promise((open, fail) => {
      socket.addEventListener("open", open);
      socket.addEventListener("error", fail);
    });
    return new Chromium(child, socket);
  }

  async send(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { resolve, reject: (error) => reject(new Error(`${method}: ${error.message}`)) });
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    });
  }

  /** Opens a tab beside the others, in a window of its own. */
  async open(url: string): Promise<BrowserTab> {
    const { targetId } = await this.send("Target.createTarget", { url });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new BrowserTab(this, String(targetId), String(sessionId));
    await tab.send("Page.enable");
    return tab;
  }

  /** Resolves when the renderer of a tab has died. */
  crashOf(sessionId: string): Promise<void> {
    return new Promise((resolve) => void this.#crashes.set(sessionId, resolve));
  }

  /** SIGKILL for the browser with all its processes: no goodbye, no flush. */
  async kill(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#process;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
    await this.#ended;
    this.#socket.close();
  }

  #hear({ id, method, params, result, error, sessionId }: Message): void {
    if (method === "Inspector.targetCrashed" || method === "Target.targetCrashed") {
      this.#crashes.get(sessionId ?? String(params?.["sessionId"]))?.();
    }
    const answer = id === undefined ? undefined : this.#answers.get(id);
    if (id === undefined || answer === undefined) return;
    this.#answers.delete(id);
    if (error === undefined) answer.resolve(result ?? {});
    else answer.reject(new Error(error.message));
  }

  #fail(error: Error): void {
    for (const { reject } of this.#answers.values()) reject(error);
    this.#answers.clear();
  }
}

export class BrowserTab implements RemoteTab {
  readonly #chromium: Chromium;
  readonly #targetId: string;
  readonly #sessionId: string;

  constructor(chromium: Chromium, targetId: string, sessionId: string) {
    this.#chromium = chromium;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
  }

  send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    return this.#chromium.send(method, params, this.#sessionId);
  }

  /** The value of an expression, or of the promise that it is. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as { result: { value: T }; exceptionDetails?: { exception?: { description?: string }; text: string } };
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  }

  async navigate(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
  }

  async reload(): Promise<void> {
    await this.send("Page.reload");
  }

  /** Kills its renderer, as running out of memory does. */
  async crash(): Promise<void> {
    const crashed = this.#chromium.crashOf(this.#sessionId);
    await this.send("Inspector.enable");
    // There is no answer from a renderer that is dead.
    this.send("Page.crash").catch(() => {});
    await crashed;
  }

  async close(): Promise<void> {
    await this.#chromium.send("Target.closeTarget", { targetId: this.#targetId });
  }

  /** Minimises its window: the page is hidden, with all that a browser does to hidden pages. */
  async hide(): Promise<void> {
    await this.#setWindow("minimized");
  }

  async show(): Promise<void> {
    await this.#setWindow("normal");
  }

  async freeze(): Promise<void> {
    await this.send("Page.setWebLifecycleState", { state: "frozen" });
  }

  async unfreeze(): Promise<void> {
    await this.send("Page.setWebLifecycleState", { state: "active" });
  }

  async #setWindow(windowState: string): Promise<void> {
    const { windowId } = await this.#chromium.send("Browser.getWindowForTarget", { targetId: this.#targetId });
    await this.#chromium.send("Browser.setWindowBounds", { windowId, bounds: { windowState } });
  }
}

function debuggerAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timeout = setTimeout(() => reject(new Error(`Chromium did not start:\n${said}`)), START_MS);
    child.once("exit", () => reject(new Error(`Chromium ended:\n${said}`)));
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timeout);
      resolve(address);
    });
  });
}
