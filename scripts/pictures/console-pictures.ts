/** The console's pictures: three orders of one shop, in an emulator of their own. */

import type { Page } from "playwright";
import { EmulatorWorld } from "../../test/e2e/console-emulator.ts";
import { BROKEN, MENDED, orderCode, type PicturedOrder } from "./order-code.ts";
import type { Picture } from "./picture.ts";

/** The number of earlier orders, so that nobody looks at an empty shop. */
const PAST_ORDERS = 40;
const articles = ["cup", "plate", "bowl", "fork", "knife", "spoon", "glass", "jug", "pan", "lid", "tray", "vase"];

const large: PicturedOrder = { id: "1042", items: articles, total: 640, country: "NL" };
const refused: PicturedOrder = {
  ...{ id: "1043", items: ["cup", "plate"], total: 38, country: "BE" },
  carrierAnswers: ["503, no answer", "503, closed for now", "429, too many calls"],
};
const homeless: PicturedOrder = { id: "1044", items: ["cup", "glass"], total: 24 };

const graph: Picture = {
  name: "console-graph",
  size: { width: 1280, height: 860 },
  show: async (page) => {
    await open(page, "order-1042");
    await page.getByRole("treeitem", { name: /times parcel, 9 of 12 done/ }).waitFor();
    await page.getByText("It waits for an answer to “approve order”").first().waitFor();
    await choose(page, /^charge card/);
    await page.getByRole("region", { name: "Log lines" }).getByText("charged").waitFor();
  },
};

const attempts: Picture = {
  name: "console-attempts",
  size: { width: 1024, height: 768 },
  show: async (page) => {
    await open(page, "order-1043");
    await page
      .getByText(/to try “book carrier” again, in \d+ min/)
      .first()
      .waitFor();
    await choose(page, /^book carrier/);
    await page.getByRole("button", { name: "Compare attempts" }).click();
    await page.locator(".diff-after").first().waitFor();
  },
};

function fork(world: EmulatorWorld): Picture {
  return {
    name: "console-fork",
    size: { width: 1280, height: 860 },
    show: async (page) => {
      await open(page, "order-1044");
      await page
        .getByText(/to try “print label” again, in \d+ min/)
        .first()
        .waitFor();
      await world.save(orderCode(MENDED));
      await choose(page, /^print label/);
      await page.getByRole("button", { name: "Restart from here" }).click();
      await page.getByRole("button", { name: "Start it anew" }).click();
      await page.getByRole("heading", { name: "order-1044-fork-1" }).waitFor();
      await page.getByText(/^Finished: .*NL-1044/).waitFor();
      await page.getByText("This is the new execution.").waitFor();
      await page.getByRole("button", { name: "Dismiss" }).click();
    },
  };
}

export class PicturedShop implements AsyncDisposable {
  static readonly names: readonly string[] = ["console-graph", "console-attempts", "console-fork"];
  readonly #world: EmulatorWorld;
  readonly pictures: readonly Picture[];

  private constructor(world: EmulatorWorld) {
    this.#world = world;
    this.pictures = [graph, attempts, fork(world)];
  }

  static async open(): Promise<PicturedShop> {
    const world = await EmulatorWorld.open({ executions: PAST_ORDERS, code: orderCode(BROKEN) });
    const tags = { customer: "c-4711" };
    for (const order of [large, refused, homeless]) await world.order(`order-${order.id}`, order, tags);
    return new PicturedShop(world);
  }

  /** A link that lets in once. */
  link(): string {
    return this.#world.link();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#world[Symbol.asyncDispose]();
  }
}

async function open(page: Page, name: string): Promise<void> {
  await page.getByRole("option", { name: new RegExp(`\\b${name} `) }).click();
  await page.getByRole("heading", { name, exact: true }).waitFor();
}

/** An operation of the graph. */
async function choose(page: Page, name: RegExp): Promise<void> {
  await page.getByRole("tree", { name: "Operations as a graph" }).getByRole("treeitem", { name }).click();
}
