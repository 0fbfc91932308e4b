import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { findChromium } from "./scripts/find-chromium.ts";

const everywhere = ["**/node_modules/**", "**/dist/**"];

/** Groups run one after the other: what measures or starts servers of its own is not disturbed by the rest. */
const order = { units: 0, workerd: 1, browser: 2, package: 3, e2e: 4 };

/** Only what hangs is cut off: no test is to fail because the machine is slow. */
const patienceMs = 120_000;

const node: TestProjectConfiguration = {
  test: {
    name: "node",
    include: ["{src,test,demo,bench,scripts}/**/*.test.ts"],
    exclude: [...everywhere, "test/runtimes/{workerd,browser}/**", "test/package/**", "test/e2e/**"],
    setupFiles: ["test/property-seed.ts"],
    testTimeout: patienceMs,
    hookTimeout: patienceMs,
    sequence: { groupOrder: order.units },
  },
};

const workerd: TestProjectConfiguration = {
  plugins: [cloudflareTest({ wrangler: { configPath: "./test/runtimes/workerd/wrangler.test.toml" } })],
  test: {
    name: "workerd",
    include: ["test/runtimes/workerd/**/*.test.ts"],
    exclude: everywhere,
    maxWorkers: 1,
    testTimeout: patienceMs,
    hookTimeout: patienceMs,
    sequence: { groupOrder: order.workerd },
  },
};

const packaged: TestProjectConfiguration = {
  test: {
    name: "package",
    include: ["test/package/**/*.test.ts"],
    globalSetup: ["test/package/setup.ts"],
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { groupOrder: order.package },
  },
};

const endToEnd: TestProjectConfiguration = {
  test: {
    name: "e2e",
    include: ["test/e2e/**/*.test.ts"],
    exclude: everywhere,
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    sequence: { groupOrder: order.e2e },
  },
};

export default defineConfig({
  test: {
    projects: [node, workerd, await browser(), packaged, endToEnd],
    maxWorkers: 2,
    passWithNoTests: false,
    coverage: { include: ["src/**"], exclude: ["**/*.test.ts"] },
  },
});

async function browser(): Promise<TestProjectConfiguration> {
  const chromium = await findChromium();
  if (!chromium.found) {
    return {
      test: {
        name: "browser",
        include: ["test/runtimes/browser-absent.ts"],
        env: { NO_CHROMIUM: chromium.reason },
        sequence: { groupOrder: order.browser },
      },
    };
  }
  const { executablePath, args, env } = chromium;
  return {
    // Found while a test runs, it would reload the page under that test.
    optimizeDeps: { include: ["idb"] },
    test: {
      name: "browser",
      include: ["test/runtimes/browser/**/*.test.ts"],
      exclude: everywhere,
      maxWorkers: 1,
      testTimeout: 30_000,
      sequence: { groupOrder: order.browser },
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args: [...args], env: { ...process.env, ...env } } }),
        instances: [{ browser: "chromium" }],
      },
    },
  };
}
