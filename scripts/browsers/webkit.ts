/**
 * WebKitGTK's MiniBrowser by its WebDriver, on a display that nobody looks at. The driver does one thing after the other
 * and asks it of the window that was chosen last, so each tab's calls wait for those of all others.
 */

import { unusedPort } from "../unused-port.ts";
import { ProcessGroup, type RemoteBrowser, type RemoteTab, START_MS } from "./remote-browser.ts";

export interface WebKitPrograms {
  readonly driver: string;
  readonly browser: string;
  /** The server of a display that is made for the browser, on a machine without a display. */
  readonly display?: string;
}

/** Without a graphics card, a bus or a second sandbox, as in a container. */
export const quiet: Readonly<Record<string, string>> = {
  GTK_A11Y: "none",
  NO_AT_BRIDGE: "1",
  LIBGL_ALWAYS_SOFTWARE: "1",
  WEBKIT_DISABLE_DMABUF_RENDERER: "1",
  WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
};

export class WebKit implements RemoteBrowser {
  readonly #processes: readonly ProcessGroup[];
  readonly #session: DriverSession;

  private constructor(processes: readonly ProcessGroup[], session: DriverSession) {
    this.#processes = processes;
    this.#session = session;
  }

  static async start({ driver, browser, display }: WebKitPrograms): Promise<WebKit> {
    const processes: ProcessGroup[] = [];
    try {
      const env = display === undefined ? {} : await showNobody(display, processes);
      const port = await unusedPort();
      const group = new ProcessGroup(driver, [`--port=${port}`], { ...quiet, ...env });
      processes.push(group);
      const session = await DriverSession.begin(`http://127.0.0.1:${port}`, browser, group);
      return new WebKit(processes, session);
    } catch (error) {
      for (const each of processes.reverse()) await each.kill();
      throw error;
    }
  }

  async open(url: string): Promise<RemoteTab> {
    const handle = await this.#session.newWindow();
    const tab = new WebKitTab(this.#session, handle);
    await tab.navigate(url);
    return tab;
  }

  async kill(): Promise<void> {
    for (const each of this.#processes.toReversed()) await each.kill();
  }
}

/** Starts the server of a display, among the processes to be ended. Answers by what programs find it. */
export async function showNobody(display: string, processes: ProcessGroup[]): Promise<{ readonly DISPLAY: string }> {
  const server = new ProcessGroup(display, ["-screen", "0", "1024x768x24", "-nolisten", "tcp", "-displayfd", "1"]);
  processes.push(server);
  return { DISPLAY: `:${await server.tells(/^(\d+)\n/m)}` };
}

class WebKitTab implements RemoteTab {
  readonly #session: DriverSession;
  readonly #handle: string;

  constructor(session: DriverSession, handle: string) {
    this.#session = session;
    this.#handle = handle;
  }

  async evaluate<T>(expression: string): Promise<T> {
    const script = `const done = arguments[arguments.length - 1];
      (async () => JSON.stringify(await (${expression})))().then((value) => done([value]), (error) => done([, String(error)]));`;
    const [value, error] = (await this.#session.in(this.#handle, "POST", "/execute/async", { script, args: [] })) as [
      string | null | undefined,
      string?,
    ];
    if (typeof error === "string") throw new Error(error);
    return (typeof value === "string" ? JSON.parse(value) : undefined) as T;
  }

  async navigate(url: string): Promise<void> {
    await this.#session.in(this.#handle, "POST", "/url", { url });
  }

  async reload(): Promise<void> {
    await this.#session.in(this.#handle, "POST", "/refresh", {});
  }

  async close(): Promise<void> {
    await this.#session.in(this.#handle, "DELETE", "/window");
  }
}

class DriverSession {
  readonly #url: string;
  /** The window that the browser began with, and that is never closed. */
  readonly #first: string;
  /** The call before. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(url: string, first: string) {
    this.#url = url;
    this.#first = first;
  }

  static async begin(driver: string, browser: string, group: ProcessGroup): Promise<DriverSession> {
    await answers(driver, group);
    const options = { binary: browser, args: ["--automation"] };
    const wanted = { pageLoadStrategy: "none", timeouts: { script: 60_000 }, "webkitgtk:browserOptions": options };
    const { sessionId } = (await call("POST", `${driver}/session`, { capabilities: { alwaysMatch: wanted } })) as {
      sessionId: string;
    };
    const url = `${driver}/session/${sessionId}`;
    return new DriverSession(url, (await call("GET", `${url}/window`)) as string);
  }

  async newWindow(): Promise<string> {
    // Of a window that is closed nothing can be asked, not even another one.
    const { handle } = (await this.in(this.#first, "POST", "/window/new", { type: "window" })) as { handle: string };
    return handle;
  }

  /** Asks something of a window, after what was asked before. */
  in(handle: string, method: string, path: string, body?: object): Promise<unknown> {
    const result = this.#last.then(async () => {
      await call("POST", `${this.#url}/window`, { handle });
      return call(method, `${this.#url}${path}`, body);
    });
    this.#last = result.catch(() => {});
    return result;
  }
}

async function call(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: unknown };
  if (response.ok) return value;
  const { error, message } = value as { error: string; message: string };
  throw new Error(`WebDriver: ${error} ${message}`);
}

/** Resolves once the driver answers. */
async function answers(driver: string, group: ProcessGroup): Promise<void> {
  const { child } = group;
  const deadline = Date.now() + START_MS;
  for (;;) {
    if (child.pid === undefined) throw new Error("does not start");
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended. ${group.said}`.trim());
    if (Date.now() > deadline) throw new Error(`does not answer within ${START_MS / 1000} s`);
    const isUp = await fetch(`${driver}/status`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((next) => setTimeout(next, 50));
  }
}
