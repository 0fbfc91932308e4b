/**
 * `npm run pictures`: takes the pictures of README.md and docs/console.md anew, from a real emulator with its console and
 * from the playground, as they are now. `npm run pictures -- console-fork` takes those that are named. Look at them
 * before they are committed: nothing else does.
 */

import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { chromium as playwright } from "playwright";
import { root } from "./command.ts";
import { findChromium } from "./find-chromium.ts";
import { PicturedShop } from "./pictures/console-pictures.ts";
import { type Picture, take } from "./pictures/picture.ts";
import { PicturedPlayground } from "./pictures/playground-pictures.ts";

/** Something that has pictures, as long as it is open. */
interface Sight extends AsyncDisposable {
  readonly pictures: readonly Picture[];
  /** The address at which a visitor begins. */
  link(): string;
}

/** The same before it is opened, which takes a while. */
interface Place {
  readonly names: readonly string[];
  open(): Promise<Sight>;
}

const places: readonly Place[] = [PicturedShop, PicturedPlayground];

const all = places.flatMap(({ names }) => names);
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !all.includes(name));
if (unknown.length > 0) throw new Error(`There is no picture ${unknown.join(", ")}, but there are ${all.join(", ")}.`);
const named = new Set(asked.length === 0 ? all : asked);
const found = await findChromium();
if (!found.found) throw new Error(`There is no browser to take pictures with: ${found.reason}`);
const browser = await playwright.launch({
  executablePath: found.executablePath,
  args: [...found.args],
  env: { ...process.env, ...found.env },
});
try {
  for (const place of places) if (place.names.some((name) => named.has(name))) await takeAll(place);
} finally {
  await browser.close();
}

async function takeAll(place: Place): Promise<void> {
  await using sight = await place.open();
  for (const picture of sight.pictures) {
    if (!named.has(picture.name)) continue;
    const path = join(root, "docs/images", `${picture.name}.png`);
    const png = await take(picture, browser, sight.link());
    writeFileSync(path, png);
    console.log(`${relative(root, path)}  ${Math.ceil(png.length / 1024)} KiB`);
  }
}
