/**
 * A list in which new rows come in above moves what is below under the pointer, and a quick click meets another row than
 * the one that was meant. So its rows keep their places while the pointer moves over it, and for a while after that: a
 * pointer that rests there for longer, or lay there before the list did, is nobody's who is about to click. Whoever uses a
 * key has let go of the pointer, until it moves again.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { heldRows, type HeldRows } from "../model/held-rows.ts";

/** How long a pointer that has come to rest still holds the rows, in ms. */
const REST_MS = 5000;

export interface Hold<T> extends HeldRows<T> {
  /** For the element of the list. */
  readonly pointer: {
    readonly onPointerMove?: () => void;
    readonly onPointerLeave?: () => void;
  };
}

interface Held<T> extends HeldRows<T> {
  readonly items: readonly T[];
}

export function useHeldRows<T>(items: readonly T[], keyOf: (item: T) => string, isOn: boolean): Hold<T> {
  const held = useRef<Held<T> | undefined>(undefined);
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [, redraw] = useState(0);
  const release = (): void => {
    clearTimeout(rest.current);
    if (held.current === undefined) return;
    held.current = undefined;
    redraw((count) => count + 1);
  };
  useEffect(() => {
    if (!isOn) return undefined;
    window.addEventListener("keydown", release);
    return () => {
      clearTimeout(rest.current);
      window.removeEventListener("keydown", release);
    };
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
    clearTimeout(rest.current);
    rest.current = setTimeout(release, REST_MS);
  };
  return { rows, withheld, pointer: { onPointerMove: hold, onPointerLeave: release } };
}
