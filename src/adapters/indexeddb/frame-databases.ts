/**
 * Another way to the same databases. Every window has an `indexedDB` of its own, and they all lead to what the origin has
 * stored. A browser that has lost its database server may never give a window another connection ("Refresh the page to
 * try again"), and yet gives one to every window that is new: an empty frame of the page, which nobody sees.
 */

import { frameWindow } from "./frame-window.ts";

/** A way to the databases, and what ends it together with every connection that was opened by it. */
export interface FrameDatabases {
  readonly databases: IDBFactory;
  readonly remove: () => void;
}

/** A worker has no frames. */
export function frameDatabases(): FrameDatabases | undefined {
  const frame = frameWindow();
  if (frame === undefined) return undefined;
  adopt(frame.window);
  return { databases: frame.window.indexedDB, remove: frame.remove };
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
