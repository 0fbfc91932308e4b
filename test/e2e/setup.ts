/**
 * Serves the playground to all test files, built once: when the first of them asks for it. A build that fails is an answer
 * to them instead of thrown: an error in a global set-up would keep every other project's tests from running.
 */

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import type { TestProject } from "vitest/node";
import { root, run } from "../../scripts/command.ts";
import type { Engine, NoEngine } from "../../scripts/browsers/find-engines.ts";
import type { Chromium, NoChromium } from "../../scripts/find-chromium.ts";
import { headersFor } from "../../scripts/playground-headers.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the playground is served. */
    playground: string;
    chromium: Chromium | NoChromium;
    /** The browsers of other makers. */
    engines: Readonly<Record<"firefox" | "webkit", Engine | NoEngine>>;
  }
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
};

export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-playground-"));
  let built: Promise<string> | undefined;
  const server = createServer(({ url = "/" }, response) => {
    built ??= build(folder);
    void built.then((trouble) => {
      if (trouble === "") answer(folder, new URL(url, "http://localhost").pathname, response);
      else response.writeHead(500).end(trouble);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("playground", `http://localhost:${(server.address() as AddressInfo).port}/`);
  return () => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** As anybody builds it, in a process of its own. Answers what went wrong; empty when nothing did. */
async function build(folder: string): Promise<string> {
  const { code, output } = await run(process.execPath, [join(root, "scripts/playground.ts"), folder], {
    capture: true,
    env: { NODE_ENV: undefined },
  });
  return code === 0 ? "" : `the playground cannot be built:\n${output}`;
}

function answer(folder: string, pathname: string, response: ServerResponse): void {
  const path = join(folder, normalize(decodeURIComponent(pathname)));
  const file = path.endsWith("/") ? join(path, "index.html") : path;
  const isThere = file.startsWith(folder) && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  if (!isThere) return void response.writeHead(404).end();
  const type = types[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { ...headersFor(pathname), "Content-Type": type });
  response.end(readFileSync(file));
}
