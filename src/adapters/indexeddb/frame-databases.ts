/**
 * Another way to the same databases. Every window has an `indexedDB` of its own, and they all lead to what the origin has
 * stored. A browser that has lost its database server may never give a window another connection ("Refresh the page to
 * try again"), and yet gives one to every window that is new: an empty frame of the page, which nobody sees.
 */

/** A way to the databases, and what ends it together with every connection that was opened by it. */
export interface FrameDatabases {
  readonly databases: IDBFactory;
  readonly remove: () => void;
}

/** A worker has no frames. */
export function frameDatabases(): FrameDatabases | undefined {
  if (typeof document === "undefined") return undefined;
  const frame = document.createElement("iframe");
  frame.hidden = true;
  // By the methods of nodes: those of elements have other types where Workers' types are known too.
  document.documentElement.appendChild(frame);
  const remove = (): void => void frame.parentNode?.removeChild(frame);
  const { contentWindow } = frame as { contentWindow: typeof globalThis | null };
  if (contentWindow === null) {
    remove();
    return undefined;
  }
  adopt(contentWindow);
  return { databases: contentWindow.indexedDB, remove };
}

const CLASSES = ["IDBCursor", "IDBDatabase", "IDBIndex", "IDBObjectStore", "IDBRequest", "IDBTransaction"] as const;

/** Makes what comes from a window be of this one's classes, by which everybody here tells it. */
function adopt(foreign: typeof globalThis): void {
  for (const name of CLASSES) {
    const { prototype } = foreign[name];
    for (const key of Reflect.ownKeys(prototype)) Reflect.deleteProperty(prototype, key);
    Object.setPrototypeOf(prototype, globalThis[name].prototype);
  }
}
