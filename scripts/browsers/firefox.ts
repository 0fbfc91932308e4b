/** Firefox over WebDriver BiDi, which it speaks without a driver between. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProcessGroup, type Profile, type RemoteBrowser, type RemoteTab } from "./remote-browser.ts";

/** Of `about:config`. */
export type Preferences = Readonly<Record<string, boolean | number | string>>;

/** Nothing but the pages under test: no updates, no reports, no session of before. */
const quiet: Preferences = {
  "app.update.disabledForTesting": true,
  "browser.sessionstore.resume_from_crash": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  // It asks the user, whose part nobody plays.
  "dom.storageManager.prompt.testing": true,
  "dom.storageManager.prompt.testing.allow": true,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.startup.max_resumed_crashes": -1,
};

interface Message {
  readonly id?: number;
  readonly type?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: string;
  readonly message?: string;
}

interface Answer {
  readonly resolve: (result: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

type Evaluation =
  | { readonly type: "success"; readonly result: { readonly value?: string } }
  | { readonly type: "exception"; readonly exceptionDetails: { readonly text: string } };

export class Firefox implements RemoteBrowser {
  readonly #process: ProcessGroup;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, Answer>();
  #calls = 0;

  private constructor(group: ProcessGroup, socket: WebSocket) {
    this.#process = group;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#hear(JSON.parse(String(data)) as Message));
    socket.addEventListener("close", () => this.#fail(new Error("the browser is gone")));
  }

  static async start(executablePath: string, profile: Profile, preferences: Preferences = {}): Promise<Firefox> {
    const settings = Object.entries({ ...quiet, ...preferences }).map(
      ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
    );
    writeFileSync(join(profile.folder, "user.js"), settings.join("\n"));
    const group = new ProcessGroup(
      executablePath,
      ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile.folder, "about:blank"],
      { MOZ_CRASHREPORTER_DISABLE: "1" },
    );
    try {
      const socket = new WebSocket(`${await group.tells(/WebDriver BiDi listening on (ws:\S+)/)}/session`);
      await new Promise((open, fail) => {
        socket.addEventListener("open", open);
        socket.addEventListener("error", () => fail(new Error("does not answer to WebDriver BiDi")));
      });
      const firefox = new Firefox(group, socket);
      await firefox.send("session.new", { capabilities: {} });
      return firefox;
    } catch (error) {
      await group.kill();
      throw error;
    }
  }

  async open(url: string): Promise<RemoteTab> {
    const { context } = await this.send("browsingContext.create", { type: "window" });
    const tab = new FirefoxTab(this, String(context));
    await tab.navigate(url);
    return tab;
  }

  async kill(): Promise<void> {
    await this.#process.kill();
    this.#socket.close();
  }

  send(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { resolve, reject: ({ message }) => reject(new Error(`${method}: ${message}`)) });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #hear({ id, type, result, error, message }: Message): void {
    const answer = id === undefined ? undefined : this.#answers.get(id);
    if (id === undefined || answer === undefined) return;
    this.#answers.delete(id);
    if (type === "error") answer.reject(new Error(`${error} ${message}`));
    else answer.resolve(result ?? {});
  }

  #fail(error: Error): void {
    for (const { reject } of this.#answers.values()) reject(error);
    this.#answers.clear();
  }
}

class FirefoxTab implements RemoteTab {
  readonly #firefox: Firefox;
  readonly #context: string;

  constructor(firefox: Firefox, context: string) {
    this.#firefox = firefox;
    this.#context = context;
  }

  async evaluate<T>(expression: string): Promise<T> {
    const evaluation = (await this.#firefox.send("script.evaluate", {
      expression: `(async () => JSON.stringify(await (${expression})))()`,
      target: { context: this.#context },
      awaitPromise: true,
    })) as Evaluation;
    if (evaluation.type === "exception") throw new Error(evaluation.exceptionDetails.text);
    const { value } = evaluation.result;
    return (value === undefined ? undefined : JSON.parse(value)) as T;
  }

  async navigate(url: string): Promise<void> {
    await this.#firefox.send("browsingContext.navigate", { context: this.#context, url, wait: "none" });
  }

  async reload(): Promise<void> {
    await this.#firefox.send("browsingContext.reload", { context: this.#context, wait: "none" });
  }

  async close(): Promise<void> {
    await this.#firefox.send("browsingContext.close", { context: this.#context });
  }
}
