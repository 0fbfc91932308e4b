/** A page is often rendered in a process first, which has no databases, no tabs, and is to end. */

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** What a program prints until it ends by itself; one that does not end fails. */
function run(program: string): string {
  const cwd = fileURLToPath(new URL("../../..", import.meta.url));
  const imports = `
    import { withDurableExecution } from "./src/lambda-compat/with-durable-execution.ts";
    import { createBrowserHost } from "./src/homes/browser/index.ts";
    const greet = withDurableExecution(async (_, context) => {
      await context.wait({ seconds: 1 });
      return "hello";
    });
  `;
  const args = ["--input-type=module", "-e", imports + program];
  return execFileSync(process.execPath, args, { cwd, timeout: 240_000, encoding: "utf8", stdio: "pipe" });
}

test("a host in a process without databases says so, and does not keep the process alive", () => {
  const output = run(`
    const host = createBrowserHost({ functions: { greet } });
    const view = host.execution("greet/one");
    host.subscribe("greet/one", () => {});
    await new Promise((next) => setTimeout(next, 50));
    const refusal = await host.client.start({ functionName: "greet" }).catch(({ code }) => code);
    console.log(JSON.stringify([host.status.get().state, refusal, view.get()]));
  `);
  expect(JSON.parse(output)).toEqual([
    "UNAVAILABLE",
    "STORAGE_UNAVAILABLE",
    { isLoaded: false, operations: [], seq: 0 },
  ]);
});

test("a host that is closed does not keep the process alive either", () => {
  const output = run(`
    await import("fake-indexeddb/auto");
    const host = createBrowserHost({ functions: { greet } });
    const { execution } = await host.client.start({ functionName: "greet" });
    const { result } = await host.client.settled(execution.id, Date.now() + 30_000);
    await host.client.start({ functionName: "greet" });
    host.close();
    console.log(result, host.status.get().state);
  `);
  expect(output).toBe('"hello" CLOSED\n');
});
