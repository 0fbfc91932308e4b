/** The built playground in a real Chromium. */

import { createReadStream, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { chromium, type Browser, type BrowserContext } from "playwright";
import { buildPlayground } from "../../scripts/build-playground.ts";
import { findChromium } from "../../scripts/find-chromium.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

export interface PlaygroundBrowser {
  readonly url: string;
  readonly browser: Browser;
  /** A visitor with storage of its own. */
  visitor(options?: Parameters<Browser["newContext"]>[0]): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** Undefined where there is no Chromium. */
export async function openPlayground(outDir: string): Promise<PlaygroundBrowser | undefined> {
  const found = await findChromium();
  if (!found.found) return undefined;
  await buildPlayground(outDir);
  const server = await serve(outDir);
  const browser = await chromium.launch({
    executablePath: found.executablePath,
    args: [...found.args],
    env: { ...process.env, ...found.env },
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    browser,
    visitor: (options) => browser.newContext(options),
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function serve(folder: string): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const path = join(folder, normalize(decodeURIComponent(new URL(url, "http://localhost").pathname)));
    const file = path.endsWith("/") ? join(path, "index.html") : path;
    if (!file.startsWith(folder) || !existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
