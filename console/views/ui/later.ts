import { useEffect, useRef } from "preact/hooks";

/** After so long without a key what was written counts, in ms. */
const PAUSE_MS = 300;

export interface Later<T> {
  readonly write: (change: Partial<T>) => void;
  /** Without a pause. */
  readonly flush: () => void;
}

/** What is written in several fields is taken together. Once the fields have gone it counts no more. */
export function useLater<T>(onChange: (change: Partial<T>) => void): Later<T> {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const pending = useRef<Partial<T> | undefined>(undefined);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => () => clearTimeout(timer.current), []);
  const flush = (): void => {
    clearTimeout(timer.current);
    if (pending.current !== undefined) latest.current(pending.current);
    pending.current = undefined;
  };
  const write = (change: Partial<T>): void => {
    clearTimeout(timer.current);
    pending.current = { ...pending.current, ...change };
    timer.current = setTimeout(flush, PAUSE_MS);
  };
  return { write, flush };
}
