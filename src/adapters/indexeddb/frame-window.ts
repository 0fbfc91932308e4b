/** A window of the page that is new, and what ends it. */
export interface FrameWindow {
  readonly window: typeof globalThis;
  readonly remove: () => void;
}

/** An empty frame of the page, which nobody sees. A worker has none. */
export function frameWindow(): FrameWindow | undefined {
  if (typeof document === "undefined") return undefined;
  const frame = document.createElement("iframe");
  frame.hidden = true;
  // By the methods of nodes: those of elements have other types where Workers' types are known too.
  document.documentElement.appendChild(frame);
  const remove = (): void => void frame.parentNode?.removeChild(frame);
  const { contentWindow } = frame as { contentWindow: typeof globalThis | null };
  if (contentWindow !== null) return { window: contentWindow, remove };
  remove();
  return undefined;
}
