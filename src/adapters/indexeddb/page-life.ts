/** The moments in the life of a page at which time may have passed unseen, or is about to. */
export interface PageLifeListener {
  /** The page is about to be frozen, kept in the back/forward cache, or ended: nothing of it may be needed by others. */
  readonly onLeave: () => void;
  /** It is back, from whichever of these, or shown: whoever sees it sees it alive. */
  readonly onReturn: () => void;
  readonly onHidden: () => void;
}

/** Listens to the page, until the answer is called. In a worker, whose page listens for it, there is nothing to hear. */
export function watchPage({ onLeave, onReturn, onHidden }: PageLifeListener): () => void {
  if (typeof document === "undefined") return () => {};
  const watching = new AbortController();
  const { signal } = watching;
  addEventListener("pagehide", onLeave, { signal });
  addEventListener("pageshow", ({ persisted }) => persisted && onReturn(), { signal });
  document.addEventListener("freeze", onLeave, { signal });
  document.addEventListener("resume", onReturn, { signal });
  const onVisibility = (): void => (document.visibilityState === "hidden" ? onHidden() : onReturn());
  document.addEventListener("visibilitychange", onVisibility, { signal });
  return () => watching.abort();
}
