/** The graph for who does not see it, as Chromium's accessibility tree has it, and for who sees a large one. */

import type { Browser, CDPSession } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConsoleWorld, openConsoleWorld } from "./console-world.ts";
import { launchChromium, Visitor } from "./console-visit.ts";
import { inChromium } from "./in-chromium.ts";

let world: ConsoleWorld;
let browser: Browser;

/** As much of a node of the accessibility tree as is looked at. */
interface Told {
  readonly role: string;
  readonly name: string;
  readonly description: string;
  readonly level: unknown;
  readonly id: string;
  readonly children: readonly string[];
  readonly dom: number;
  /** Which node has the keyboard in this one, by `dom`. */
  readonly active: number | undefined;
}

interface AxNode {
  readonly nodeId: string;
  readonly childIds?: readonly string[];
  readonly ignored: boolean;
  readonly role?: { readonly value?: string };
  readonly name?: { readonly value?: string };
  readonly description?: { readonly value?: string };
  readonly backendDOMNodeId?: number;
  readonly properties?: readonly {
    readonly name: string;
    readonly value: {
      readonly value?: unknown;
      readonly relatedNodes?: readonly { readonly backendDOMNodeId: number }[];
    };
  }[];
}

async function toldBy(session: CDPSession): Promise<readonly Told[]> {
  const { nodes } = (await session.send("Accessibility.getFullAXTree")) as unknown as {
    readonly nodes: readonly AxNode[];
  };
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ nodeId: id, childIds: children = [], role, name, description, backendDOMNodeId = 0, properties = [] }) => {
      const property = (wanted: string) => properties.find((each) => each.name === wanted)?.value;
      return {
        ...{ role: role?.value ?? "", name: name?.value ?? "", description: description?.value ?? "" },
        ...{ id, children, level: property("level")?.value, dom: backendDOMNodeId },
        active: property("activedescendant")?.relatedNodes?.[0]?.backendDOMNodeId,
      };
    });
}

/** What a screen reader says of the node that has the keyboard, without its status and its times. */
async function spoken(session: CDPSession): Promise<string> {
  const all = await toldBy(session);
  const active = all.find(({ name }) => name === "Operations as a graph")?.active;
  const { name = "", description } = all.find(({ dom }) => dom === active) ?? {};
  return `${name.replace(/,.*/, "")}: ${description}`;
}

inChromium("the graph", () => {
  beforeAll(async () => {
    world = await openConsoleWorld();
    browser = await launchChromium();
    for (const name of ["order", "wide", "tall"]) {
      await world.host.client.start({ functionName: name, name: `${name}-1`, input: "{}" });
    }
  });

  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  async function opened(name: string): Promise<{ readonly visitor: Visitor; readonly session: CDPSession }> {
    const visitor = await Visitor.open(browser, world.link());
    await visitor.openNamed(name);
    return { visitor, session: await visitor.page.context().newCDPSession(visitor.page) };
  }

  test("is followed by ear: each node says what comes before it and after it, as the arrow keys go along", async () => {
    const { visitor: open, session } = await opened("order-1");
    await using visitor = open;
    await visitor.sees(/It waits for an answer/);
    await visitor.tabTo("Operations as a graph");
    const heard: string[] = [];
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"]) {
      await visitor.press(key);
      heard.push(await spoken(session));
    }
    expect(heard).toEqual([
      "check order: First; before reserve payment and reserve stock.",
      "reserve payment: After check order; before pack items.",
      "reserve stock: After check order; before pack items.",
      "pack items: After reserve payment and reserve stock; before cool off.",
      "map-item-1: One of 3 in pack items.",
      "pack item 2: Alone in map-item-1.",
      "cool off: After pack items; before approve shipping.",
    ]);
    await visitor.press("ArrowUp");
    expect(await spoken(session)).toBe("pack item 2: Alone in map-item-1.");
    await visitor.press("Home");
    expect(await spoken(session)).toMatch(/^check order:/);
    expect(
      await visitor.page.locator(".node-current .node-box").evaluate((box) => getComputedStyle(box).strokeWidth),
    ).toBe("2.5px");
    await visitor.press("End");
    expect(await spoken(session)).toMatch(/^(submitter|callback): One of 2 in approve shipping\.$/);
  });

  test("has nothing without a name in the accessibility tree, its lines and bars are told by the nodes", async () => {
    const { visitor: open, session } = await opened("wide-1");
    await using visitor = open;
    await visitor.tabTo("Operations as a graph");
    await visitor.press("ArrowDown");
    expect(await visitor.page.locator(".graph .wire").count()).toBeGreaterThan(20);
    const all = await toldBy(session);
    const items = all.filter(({ role }) => role === "treeitem");
    const tree = all.find(({ name }) => name === "Operations as a graph");
    expect(tree?.children.toSorted()).toEqual(items.map(({ id }) => id).toSorted());
    expect(items.flatMap(({ children }) => children)).toEqual([]);
    expect(items).toHaveLength(18);
    expect(items.filter(({ name, description }) => name === "" || description === "")).toEqual([]);
    expect(items.map(({ level }) => level)).toEqual([...Array.from({ length: 15 }, () => 1), 2, 2, 3]);
    const joined = items.find(({ name }) => name.startsWith("sides"))?.description;
    expect(joined).toBe("After part f, part g, part h, part i and 5 more; nothing follows.");
  });

  test("is never so small by itself that it cannot be read, and shows where the execution is then", async () => {
    const { visitor: open } = await opened("tall-1");
    await using visitor = open;
    const { page } = visitor;
    await visitor.sees(/It waits for an answer/);
    await expect.poll(() => isSeen(visitor, "callback")).toBe(true);
    expect(await smallestText(visitor)).toBeGreaterThanOrEqual(9.5);
    await page.locator(".graph-minimap").waitFor();
    await visitor.tabTo("Operations as a graph");
    await visitor.press("Home");
    await expect.poll(() => isSeen(visitor, "check a,")).toBe(true);
    expect(await isSeen(visitor, "callback")).toBe(false);
    await page.getByRole("button", { name: "Fit" }).click();
    await expect.poll(() => isSeen(visitor, "callback")).toBe(true);
    expect(await smallestText(visitor)).toBeGreaterThanOrEqual(9.5);
    const map = await page.locator(".graph-minimap").boundingBox();
    if (map === null) throw new Error("There is no map.");
    await page.mouse.click(map.x + map.width / 2, map.y + 8);
    await expect.poll(() => isSeen(visitor, "check a,")).toBe(true);
  });
});

/** Whether the box whose label begins so lies in the part that is seen. */
function isSeen({ page }: Visitor, label: string): Promise<boolean> {
  return page.evaluate((wanted) => {
    const titles = [...document.querySelectorAll(".graph-box .node > title")];
    const title = titles.find(({ textContent }) => textContent?.startsWith(wanted) === true);
    const found = title?.parentElement?.querySelector(".node-box");
    const room = document.querySelector(".graph-box")?.getBoundingClientRect();
    const box = found?.getBoundingClientRect();
    return box !== undefined && room !== undefined && box.top >= room.top && box.bottom <= room.bottom;
  }, label);
}

/** In px on the screen. */
function smallestText({ page }: Visitor): Promise<number> {
  return page.evaluate(() => {
    const sizes = [...document.querySelectorAll<SVGTextElement>(".graph-box text")].map(
      (text) => Number.parseFloat(getComputedStyle(text).fontSize) * (text.getScreenCTM()?.a ?? 0),
    );
    return Math.min(...sizes);
  });
}
