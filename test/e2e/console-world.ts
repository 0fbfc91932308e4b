/** A memory host with executions of every kind, its HTTP face and the console's built page, at one address. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DurableContext, withDurableExecution } from "perdure";
import { createMemoryHost, type MemoryHost } from "perdure/memory";
import { root, run } from "../../scripts/command.ts";
import { bearing } from "../../src/cli/api/authorize.ts";
import { createProxy, onlyBearing } from "../../src/cli/console-proxy.ts";
import { answeringReplays } from "../../src/cli/console-replay.ts";
import { createConsole } from "../../src/console/serve-console.ts";
import { OneTimeLinks } from "../../src/console/one-time-links.ts";
import type { Credential } from "../../src/lambda-compat/http/credentials.ts";
import { createHttpFace } from "../../src/lambda-compat/http/face.ts";
import { serve } from "../http/serve.ts";

export interface ConsoleWorld extends AsyncDisposable {
  readonly host: MemoryHost;
  readonly url: string;
  readonly token: string;
  /** One that may only see. */
  readonly readersToken: string;
  /** A link that lets in once. */
  link(): string;
  /** Of another origin than the page's. */
  readonly otherUrl: string;
}

const order = withDurableExecution(async (event: { readonly items?: number }, context: DurableContext) => {
  const checked = await context.step("check order", async () => ({ items: event.items ?? 3, currency: "EUR" }));
  const [payment] = await Promise.all([
    context.step("reserve payment", async () => ({ id: "pay-1", amount: 40 })),
    context.step("reserve stock", async () => ({ id: "stock-1" })),
  ]);
  const packed = await context.map("pack items", Array.from({ length: checked.items }), async (item, _value, index) =>
    item.step(`pack item ${index + 1}`, async () => `box ${index + 1}`),
  );
  await context.wait("cool off", { seconds: 1 });
  const approval = await context.waitForCallback("approve shipping", async () => undefined, {
    timeout: { hours: 4 },
    heartbeatTimeout: { hours: 1 },
  });
  return { payment, packed: packed.successCount, approval };
});

const flaky = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  await context.step("prepare", async () => "ready");
  return context.step(
    "call the shop",
    async ({ attempt }) => {
      throw new Error(`The shop answered 503 to attempt ${attempt}.\nIt may be back later.`);
    },
    { retryStrategy: (_error, attempt) => ({ shouldRetry: attempt < 4, delay: { seconds: attempt < 3 ? 1 : 3600 } }) },
  );
});

const quick = withDurableExecution(async (event: unknown, context: DurableContext) =>
  context.step("answer", async () => event ?? "done"),
);

const failing = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  await context.step("begin", async () => 1);
  throw new TypeError("The address has no country.");
});

const many = withDurableExecution(async (event: { readonly operations: number }, context: DurableContext) => {
  const { operations } = event;
  await context.map("all rows", Array.from({ length: operations / 2 }), async (row, _value, index) =>
    row.step(`row ${index}`, async () => index),
  );
  return context.waitForCallback("look at it", async () => undefined);
});

let changes = 0;

/** Never calls the same twice, so that it halts when it is resumed after a pause. */
const changing = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  await context.step(`call ${++changes}`, async () => changes);
  return context.waitForCallback("look at it", async () => undefined);
});

/** Layers of two, three and nine that follow on each other, with bars between them, and a parallel. */
const wide = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  const layer = (names: string): Promise<unknown> =>
    Promise.all([...names].map((name) => context.step(`part ${name}`, async () => name)));
  await layer("ab");
  await layer("cde");
  await layer("fghijklmn");
  await context.parallel("sides", [async () => "left", async (side) => side.step("turn", async () => "right")]);
  return "wide";
});

/** Many steps one after the other, no two alike, and then somebody to wait for. */
const tall = withDurableExecution(async (_event: unknown, context: DurableContext) => {
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  for (const letter of letters) await context.step(`check ${letter}`, async () => letter);
  await context.waitForCallback("sign it off", async () => undefined);
  return "tall";
});

/** A host that runs elsewhere, as the command `perdure console` shows it. */
export interface ConsoleFront extends AsyncDisposable {
  /** A link that lets in once. */
  link(): string;
}

export interface FrontOptions {
  /** The host's address, and a token that it takes. */
  readonly url: string;
  readonly token: string;
  /** Files of handlers, for histories to be held against. */
  readonly files?: readonly string[];
}

export async function openConsoleFront({ url, token, files = [] }: FrontOptions): Promise<ConsoleFront> {
  const folder = await builtSite();
  const own = crypto.randomUUID();
  const links = new OneTimeLinks(own);
  const page = createConsole({ folder, links });
  const guarded = onlyBearing(own, answeringReplays(files, createProxy({ url, authorize: bearing(token) })));
  const served = await serve(async (request) => (await page(request)) ?? guarded(request));
  return {
    link: () => links.linkTo(`${served.url}/console/`),
    async [Symbol.asyncDispose]() {
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function openConsoleWorld(options: { readonly site?: string } = {}): Promise<ConsoleWorld> {
  const site = options.site ?? (await builtSite());
  const host = createMemoryHost({ functions: { order, flaky, quick, failing, many, changing, wide, tall } });
  const token = crypto.randomUUID();
  const links = new OneTimeLinks(token);
  const page = createConsole({ folder: site, links });
  const readersToken = crypto.randomUUID();
  const credentials: readonly Credential[] = [
    { id: "operator", rights: ["admin"], bearer: token },
    { id: "reader", rights: ["read"], bearer: readersToken },
  ];
  const face = createHttpFace({ client: host.client, credentials });
  const served = await serve(async (request) => (await page(request)) ?? face(request));
  const other = await serve(createHttpFace({ client: host.client, credentials }));
  return {
    host,
    token,
    readersToken,
    url: served.url,
    otherUrl: other.url,
    link: () => links.linkTo(`${served.url}/console/`),
    async [Symbol.asyncDispose]() {
      host.close();
      await Promise.all([served.close(), other.close()]);
      if (options.site === undefined) rmSync(site, { recursive: true, force: true });
    },
  };
}

/** As anybody builds it, in a process of its own. */
async function builtSite(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-console-"));
  const { code, output } = await run(process.execPath, [join(root, "scripts/console.ts"), folder], {
    capture: true,
    env: { NODE_ENV: undefined },
  });
  if (code !== 0) throw new Error(`the console cannot be built:\n${output}`);
  return folder;
}
