/**
 * A list in which new rows come in above moves what is below under the pointer, and a quick click meets another row than
 * the one that was meant. So while the pointer is over the list its rows keep their places. Whoever uses a key has let go
 * of the pointer, until it moves again.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { heldRows, type HeldRows } from "../model/held-rows.ts";

export interface Hold<T> extends HeldRows<T> {
  /** For the element of the list. */
  readonly pointer: {
    readonly onPointerEnter?: () => void;
    readonly onPointerMove?: () => void;
    readonly onPointerLeave?: () => void;
  };
}

interface Held<T> extends HeldRows<T> {
  readonly items: readonly T[];
}

export function useHeldRows<T>(items: readonly T[], keyOf: (item: T) => string, isOn: boolean): Hold<T> {
  const held = useRef<Held<T> | undefined>(undefined);
  const [, redraw] = useState(0);
  const release = (): void => {
    if (held.current === undefined) return;
    held.current = undefined;
    redraw((count) => count + 1);
  };
  useEffect(() => {
    if (!isOn) return undefined;
    window.addEventListener("keydown", release);
    return () => window.removeEventListener("keydown", release);
  }, [isOn]);
  // A list without a row is not drawn, so that it is not told that the pointer leaves it.
  if (items.length === 0) held.current = undefined;
  const before = held.current;
  if (before !== undefined && before.items !== items) {
    held.current = { ...heldRows(before.rows, items, keyOf), items };
  }
  const { rows, withheld } = held.current ?? { rows: items, withheld: 0 };
  if (!isOn) return { rows, withheld, pointer: {} };
  const hold = (): void => {
    held.current ??= { rows: items, withheld: 0, items };
  };
  return { rows, withheld, pointer: { onPointerEnter: hold, onPointerMove: hold, onPointerLeave: release } };
}
