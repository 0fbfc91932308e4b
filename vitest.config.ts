import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import type { BrowserInstanceOption } from "vitest/node";
import { asksFor } from "./scripts/asked-projects.ts";
import { type Engine, findFirefox, findWebKit, type NoEngine } from "./scripts/browsers/find-engines.ts";
import { inEngine } from "./scripts/browsers/vitest-provider.ts";
import { LongestFirst } from "./scripts/longest-first.ts";
import { findChromium } from "./scripts/find-chromium.ts";
import { useRunFolder } from "./scripts/run-folder.ts";
import { isSlowRun, slowFiles, slowPages } from "./scripts/slow-tests.ts";

// A copy that a guide works on, and that was left behind when its test was cut off, is not what is tested.
const everywhere = ["**/node_modules/**", "**/dist/**", "**/.copy-*/**", ...(isSlowRun ? [] : slowFiles)];

if (isTestRun()) useRunFolder();

const [chromium, firefox, webkit] = await Promise.all([
  ifAsked("browser", findChromium),
  ifAsked("firefox", findFirefox),
  ifAsked("webkit", findWebKit),
]);

/**
 * More workers than cores: what one half of the tests does is to wait, mostly, for servers and browsers to come up and for
 * time to pass, and the other half works meanwhile.
 */
const maxWorkers = 4;

/** In ms. Only what hangs is cut off: no test is to fail because the machine is slow. */
const patience = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000 } } };

/** A page that is not there after this many ms is not to be expected any more, however slow the machine. */
const unseen = { enabled: true, headless: true, screenshotFailures: false, connectTimeout: patience.hookTimeout };

/**
 * What changes its process (globals, environment, modules that know of it), starts others, counts work or garbage, or uses
 * packages that do. Everything else in Node shares processes, which saves a start and a load of everything for each file.
 */
const aloneInNode = [
  "scripts/{find-chromium,unpack-chromium,browsers/*}.test.ts",
  "bench/**/*.test.ts",
  "demo/workflows/**/*.test.ts",
  "src/{adapters/dynamodb,homes/local,homes/memory}/**/*.test.ts",
  "src/adapters/hosts/{event-turns,system-host}.test.ts",
  "src/adapters/indexeddb/{indexeddb-store,page-clock}.test.ts",
  "src/engine/replay/let-go.test.ts",
  "src/homes/browser/prerender.test.ts",
  "src/lambda-compat/{api-client,callers-context,collection-serdes,combinator-inputs,file-system-serdes,logger}.test.ts",
  "src/lambda-compat/{plugin-loader,strategies,unseen-failures}.test.ts",
  "src/testing/test-runner.test.ts",
  "test/{aws,conformance,corpus,differential,guides,readme}/**/*.test.ts",
  "test/http/signature.test.ts",
  "test/promises/p10-flat-cost.test.ts",
];

const inNode = { setupFiles: ["test/property-seed.ts"], ...patience, maxWorkers };

const node: TestProjectConfiguration = {
  test: {
    name: "node",
    include: ["{src,test,demo,console,bench,scripts}/**/*.test.ts"],
    exclude: [...everywhere, ...aloneInNode, "test/runtimes/{workerd,browser}/**", "test/package/**", "test/e2e/**"],
    isolate: false,
    ...inNode,
  },
};

const nodeAlone: TestProjectConfiguration = {
  test: { name: "node-alone", include: aloneInNode, exclude: everywhere, ...inNode },
};

const workerd: TestProjectConfiguration = {
  plugins: [cloudflareTest({ wrangler: { configPath: "./test/runtimes/workerd/wrangler.test.toml" } })],
  test: {
    name: "workerd",
    include: ["test/runtimes/workerd/**/*.test.ts"],
    exclude: everywhere,
    ...patience,
    maxWorkers,
  },
};

const packaged: TestProjectConfiguration = {
  test: {
    name: "package",
    include: ["test/package/**/*.test.ts"],
    exclude: everywhere,
    globalSetup: ["test/package/setup.ts"],
    ...patience,
    maxWorkers,
  },
};

const acrossProcesses = {
  exclude: everywhere,
  globalSetup: ["test/e2e/setup.ts"],
  provide: { chromium, engines: { firefox, webkit } },
  ...patience,
  maxWorkers,
};

const endToEnd: TestProjectConfiguration = {
  test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], ...acrossProcesses },
};

/** Chaos with many seeds, for hours if need be: `npm run soak:browser`, no part of `npm test`. */
const soak: TestProjectConfiguration = {
  test: { name: "soak", include: ["test/e2e/**/*.soak.ts"], ...acrossProcesses },
};

export default defineConfig({
  test: {
    projects: [
      node,
      nodeAlone,
      workerd,
      browser(),
      inAnother("firefox", firefox),
      inAnother("webkit", webkit),
      packaged,
      endToEnd,
      ...(process.env["SOAK"] === "true" ? [soak] : []),
    ],
    sequence: { sequencer: LongestFirst },
    passWithNoTests: false,
    coverage: { include: ["src/**"], exclude: ["**/*.test.ts"] },
  },
});

/** False for a tool that only reads this file. */
function isTestRun(): boolean {
  return process.argv[1]?.includes("knip") !== true;
}

/** Nothing is started for a run that is about other projects, or for a tool that reads what is said here. */
async function ifAsked<T>(project: string, find: () => Promise<T>): Promise<T | NoEngine> {
  const isAsked = asksFor([project, "e2e", "soak"], process.argv) && isTestRun();
  return isAsked ? await find() : { found: false, reason: "not asked for" };
}

function browser(): TestProjectConfiguration {
  if (!chromium.found) return absent("browser", chromium.reason);
  const { executablePath, args, env } = chromium;
  const launchOptions = { executablePath, args: [...args], env: { ...process.env, ...env } };
  return inPages("browser", { browser: "chromium", provider: playwright({ launchOptions }) });
}

function inAnother(name: string, engine: Engine | NoEngine): TestProjectConfiguration {
  if (!engine.found) return absent(name, engine.reason);
  return inPages(name, { browser: engine.kind, provider: inEngine(engine) }, isSlowRun ? [] : slowPages);
}

function inPages(
  name: string,
  instance: BrowserInstanceOption,
  leftOut: readonly string[] = [],
): TestProjectConfiguration {
  return {
    // Found while a test runs, it would reload the page under that test.
    optimizeDeps: { include: ["idb"] },
    test: {
      name,
      include: ["test/runtimes/browser/**/*.test.ts"],
      exclude: [...everywhere, ...leftOut],
      ...patience,
      maxWorkers,
      browser: { ...unseen, instances: [instance] },
    },
  };
}

function absent(name: string, reason: string): TestProjectConfiguration {
  const include = ["test/runtimes/browser-absent.ts"];
  return { test: { name, include, env: { NO_BROWSER: reason }, maxWorkers } };
}
