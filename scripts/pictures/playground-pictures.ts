/** The playground's pictures: the cake of its first steps, once cut off and once with other code. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { preview, type PreviewServer } from "vite";
import { buildPlayground, playgroundConfig } from "../build-playground.ts";
import { root } from "../command.ts";
import type { Picture } from "./picture.ts";

const replay: Picture = {
  name: "playground-replay",
  size: { width: 1280, height: 800 },
  show: async (page) => {
    await press(page, "Run");
    await says(page, "“mix batter” runs.");
    await press(page, "Kill");
    await page.getByText("while it works, done").waitFor({ state: "attached" });
    await page.reload();
    await says(page, /^Finished: /);
  },
};

const breach: Picture = {
  name: "playground-breach",
  size: { width: 1280, height: 984 },
  show: async (page) => {
    await press(page, "Run");
    await edit(page, "mix batter", "knead dough");
    await says(page, /It waits for “bake”/);
    await press(page, "Kill");
    await press(page, "Restart worker");
    await says(page, "Halted: the code and the log do not match.");
    await press(page, "Hide the first steps");
    await press(page, "Dismiss");
    await says(page, /^due in [12] s$/);
  },
};

export class PicturedPlayground implements AsyncDisposable {
  static readonly names: readonly string[] = ["playground-replay", "playground-breach"];
  readonly pictures: readonly Picture[] = [replay, breach];
  readonly #folder: string;
  readonly #server: PreviewServer;

  private constructor(folder: string, server: PreviewServer) {
    this.#folder = folder;
    this.#server = server;
  }

  static async open(): Promise<PicturedPlayground> {
    const folder = mkdtempSync(join(tmpdir(), "perdure-pictures-"));
    await buildPlayground(folder);
    const server = await preview({
      configFile: playgroundConfig,
      logLevel: "warn",
      build: { outDir: folder },
      preview: { port: 0 },
    });
    return new PicturedPlayground(folder, server);
  }

  link(): string {
    return this.#server.resolvedUrls?.local[0] ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();

const says = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();

/** Pastes the example over itself, with one thing changed, and goes back to its top. */
async function edit(page: Page, from: string, to: string): Promise<void> {
  const code = readFileSync(join(root, "demo/playground/examples/bake-cake.ts"), "utf8");
  if (!code.includes(from)) throw new Error(`The example has no ${from}.`);
  await page.getByLabel("Workflow code").press("ControlOrMeta+a");
  await page.keyboard.insertText(code.replace(from, to));
  await page.keyboard.press("ControlOrMeta+Home");
}
