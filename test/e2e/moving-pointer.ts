import type { Locator } from "playwright";
import { expect } from "vitest";

/** Moves the pointer over a row, as somebody does who is about to click, until the list says that it withholds a new one. */
export async function moveUntilWithheld(row: Locator): Promise<void> {
  const notice = row.page().getByText("1 new, shown when the pointer rests or leaves");
  let moves = 0;
  await expect
    .poll(async () => {
      await row.hover({ position: { x: 5 + (moves++ % 10), y: 5 } });
      return notice.count();
    })
    .toBe(1);
}
