import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { findChromium } from "./scripts/find-chromium.ts";

const everywhere = ["**/node_modules/**", "**/dist/**"];

const chromium = await findChromium();

/**
 * More workers than cores: what one half of the tests does is to wait, mostly, for servers and browsers to come up and for
 * time to pass, and the other half works meanwhile.
 */
const maxWorkers = 4;

/** In ms. Only what hangs is cut off: no test is to fail because the machine is slow. */
const patience = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000 } } };

const node: TestProjectConfiguration = {
  test: {
    name: "node",
    include: ["{src,test,demo,bench,scripts}/**/*.test.ts"],
    exclude: [...everywhere, "test/runtimes/{workerd,browser}/**", "test/package/**", "test/e2e/**"],
    setupFiles: ["test/property-seed.ts"],
    ...patience,
    maxWorkers,
  },
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
    globalSetup: ["test/package/setup.ts"],
    ...patience,
    maxWorkers,
  },
};

const acrossProcesses = {
  exclude: everywhere,
  globalSetup: ["test/e2e/setup.ts"],
  provide: { chromium },
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
    projects: [node, workerd, browser(), packaged, endToEnd, ...(process.env["SOAK"] === "true" ? [soak] : [])],
    passWithNoTests: false,
    coverage: { include: ["src/**"], exclude: ["**/*.test.ts"] },
  },
});

function browser(): TestProjectConfiguration {
  if (!chromium.found) {
    return {
      test: {
        name: "browser",
        include: ["test/runtimes/browser-absent.ts"],
        env: { NO_CHROMIUM: chromium.reason },
        maxWorkers,
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
      ...patience,
      maxWorkers,
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
