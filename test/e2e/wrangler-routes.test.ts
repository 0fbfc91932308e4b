/**
 * `wrangler dev` for a Worker with routes under a path: it gives the Worker the host of the first route for that of the
 * request, which AWS's clients have signed. What docs/cloudflare.md says of that is done here, by the real command.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, expect, test } from "vitest";
import { root, toolPath } from "../../scripts/command.ts";
import { inFull } from "../../scripts/slow-tests.ts";
import { unusedPort } from "../../scripts/unused-port.ts";
import { temporaryFolder } from "./seed-world.ts";

const sigv4 = { accessKeyId: "AKIDROUTES", secretAccessKey: "not a secret" };
const credentials = [{ id: "test", rights: ["admin"], bearer: "the-token", sigv4 }];

/** Two faces of the same executions: one under /durable, and one under /told that knows what it is called. */
const workerSource = (port: number): string => `
  import { createWorker } from "${root}/src/homes/cloudflare/index.ts";
  import { withDurableExecution } from "${root}/src/lambda-compat/index.ts";

  const functions = { hello: withDurableExecution(async () => "hello") };
  const app = createWorker({ functions, basePath: "/durable" });
  const told = createWorker({ functions, basePath: "/told", signedHost: ["localhost:${port}", "127.0.0.1:${port}"] });
  export default {
    fetch(request, env) {
      const { pathname } = new URL(request.url);
      if (pathname === "/seen") return Response.json([request.url, request.headers.get("host")]);
      return (pathname.startsWith("/told/") ? told : app).fetch(request, env);
    },
  };
  export const Execution = app.Execution;
  export const Directory = app.Directory;
`;

const configuration = `
  name = "orders"
  main = "worker.js"
  compatibility_date = "2026-10-01"
  compatibility_flags = ["nodejs_compat"]
  routes = [{ pattern = "shop.example.com/durable/*", zone_name = "example.com" }]
  vars = { PERDURE_CREDENTIALS = '${JSON.stringify(credentials)}' }
  durable_objects.bindings = [
    { name = "EXECUTIONS", class_name = "Execution" },
    { name = "DIRECTORY", class_name = "Directory" },
  ]
  migrations = [{ tag = "v1", new_sqlite_classes = ["Execution", "Directory"] }]
`;

let child: ChildProcess | undefined;
let folder: string;

/** Resolves to its port once it answers. */
async function wranglerDev(options: (port: number) => readonly string[]): Promise<number> {
  const port = await unusedPort();
  folder = temporaryFolder("wrangler-routes");
  writeFileSync(join(folder, "worker.js"), workerSource(port));
  writeFileSync(join(folder, "wrangler.toml"), configuration);
  const args = ["dev", "--port", `${port}`, "--inspector-port", "0", ...options(port)];
  const env = { CI: "true", NO_COLOR: "1", WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" };
  child = spawn(process.execPath, [toolPath("wrangler"), ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that workerd ends with it.
    detached: true,
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (printed += String(text)));
  while (!printed.includes("Ready on")) {
    if (child.exitCode !== null) throw new Error(`wrangler ended:\n${printed}`);
    await new Promise((next) => setTimeout(next, 50));
  }
  return port;
}

afterEach(async () => {
  if (child?.pid !== undefined && child.exitCode === null) {
    const ended = once(child, "exit");
    process.kill(-child.pid, "SIGKILL");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** What the function returns by AWS's own client, or why not. */
async function invoked(endpoint: string, secretAccessKey = sigv4.secretAccessKey): Promise<string> {
  const lambda = new LambdaClient({
    endpoint,
    region: "local",
    credentials: { ...sigv4, secretAccessKey },
    maxAttempts: 1,
  });
  const sent = lambda.send(new InvokeCommand({ FunctionName: "hello", Qualifier: "$LATEST" }));
  const said = await sent.then(
    ({ Payload }) => JSON.parse(Payload?.transformToString() ?? "") as string,
    ({ name, message }: Error) => `${name}: ${message}`,
  );
  lambda.destroy();
  return said;
}

const seen = async (url: string): Promise<unknown> => (await fetch(`${url}/seen`)).json();
const refusalOf = (hosts: string): string =>
  "InvalidSignatureException: The access key is unknown, or the signature is wrong, out of date or for another host " +
  `than ${hosts}.`;

test("a signed call counts where the Worker was told its names, and else is refused with what it was taken for", async () => {
  const port = await wranglerDev(() => []);
  const urls = [`http://localhost:${port}`, `http://127.0.0.1:${port}`] as const;
  expect(await seen(urls[0])).toEqual(["http://shop.example.com/seen", "shop.example.com"]);
  for (const url of urls) {
    expect(await invoked(`${url}/told`)).toBe("hello");
    expect(await invoked(`${url}/durable`)).toBe(refusalOf("shop.example.com"));
  }
  expect(await invoked(`${urls[0]}/told`, "wrong")).toBe(refusalOf(`localhost:${port} or 127.0.0.1:${port}`));
  const headers = { authorization: "Bearer the-token" };
  const byBearer = async (path: string) => (await fetch(`${urls[0]}${path}/2015-03-31/functions/`, { headers })).status;
  expect([await byBearer("/durable"), await byBearer("")]).toEqual([200, 404]);
});

inFull(() => {
  test("--infer-origin-from-routes=false leaves the host as it is", async () => {
    const port = await wranglerDev(() => ["--infer-origin-from-routes=false"]);
    for (const name of ["localhost", "127.0.0.1"]) {
      expect(await seen(`http://${name}:${port}`)).toEqual([`http://${name}:${port}/seen`, `${name}:${port}`]);
      expect(await invoked(`http://${name}:${port}/durable`)).toBe("hello");
    }
  });

  test("--local-upstream says what the host is called", async () => {
    const port = await wranglerDev((own) => ["--local-upstream", `localhost:${own}`]);
    expect(await invoked(`http://localhost:${port}/durable`)).toBe("hello");
    expect(await invoked(`http://127.0.0.1:${port}/durable`)).toBe(refusalOf(`localhost:${port}`));
  });
});
