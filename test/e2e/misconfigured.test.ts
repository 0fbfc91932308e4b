import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { bundle } from "./local-workerd.ts";

const SOURCE = `
  import { createWorker } from "./src/homes/cloudflare/index.ts";
  import { withDurableExecution } from "./src/lambda-compat/index.ts";

  const app = createWorker({ functions: { hello: withDurableExecution(async () => "hello") }, onError: () => {} });
  export default { fetch: app.fetch };
  export const Execution = app.Execution;
  export const Directory = app.Directory;
`;

interface Setting {
  readonly compatibilityDate?: string;
  readonly classes?: Readonly<Record<"EXECUTIONS" | "DIRECTORY", string>>;
  readonly useSQLite?: boolean;
}

const RIGHT = { EXECUTIONS: "Execution", DIRECTORY: "Directory" };
let script: string;

beforeAll(async () => {
  script = await bundle(SOURCE);
});

/** What an Invoke is answered with by a Worker that is set up so. */
async function invoked({ compatibilityDate = "2026-10-01", classes = RIGHT, useSQLite = true }: Setting) {
  const bound = Object.entries(classes).map(([name, className]) => [name, { className, useSQLite }]);
  const options = convertV4MiniflareOptions({
    name: "misconfigured",
    modules: true,
    script,
    compatibilityDate,
    compatibilityFlags: ["nodejs_compat"],
    bindings: { PERDURE_CREDENTIALS: JSON.stringify([{ id: "test", rights: ["admin"], bearer: "the-token" }]) },
    durableObjects: Object.fromEntries(bound),
  });
  const miniflare = new Miniflare(options);
  onTestFinished(() => miniflare.dispose());
  const response = await miniflare.dispatchFetch("http://worker/2015-03-31/functions/hello/invocations", {
    method: "POST",
    headers: { authorization: "Bearer the-token" },
  });
  return { status: response.status, answer: await response.json() };
}

test("a Worker that is set up as it should be answers", async () => {
  expect(await invoked({})).toEqual({ status: 200, answer: "hello" });
});

test.for<[string, Setting, RegExp]>([
  [
    "classes that are swapped",
    { classes: { EXECUTIONS: "Directory", DIRECTORY: "Execution" } },
    /EXECUTIONS.*Execution.*DIRECTORY/,
  ],
  ["classes without SQLite", { useSQLite: false }, /new_classes.*new_sqlite_classes/],
  [
    "a compatibility date before calls of objects",
    { compatibilityDate: "2024-03-01" },
    /compatibility_date.*2024-04-03/,
  ],
])("%s are named, and how to mend them", async ([, setting, words]) => {
  const { status, answer } = await invoked(setting);
  expect(status).toBe(500);
  expect((answer as { message: string }).message).toMatch(words);
});
