/**
 * Counts work instead of timing it: how often each block of perdure's own code runs, and how many elements the
 * language's own collections touch on its behalf. Both are the same on every machine.
 */

import { Session } from "node:inspector/promises";

export interface Work {
  /** Blocks of code in src that were run. */
  readonly blocks: number;
  /** Elements that were walked over, moved or copied by arrays, maps and sets. */
  readonly elements: number;
}

/**
 * Counts from its making on. It must be made before the code runs for the first time: what is compiled by then has no
 * counters. One at a time, since it counts for the whole process.
 */
export class WorkCounter {
  readonly #session = new Session();

  static async start(): Promise<WorkCounter> {
    const counter = new WorkCounter();
    counter.#session.connect();
    await counter.#session.post("Profiler.enable");
    await counter.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    return counter;
  }

  async stop(): Promise<void> {
    await this.#session.post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }

  async count(body: () => Promise<void>): Promise<Work> {
    await this.#blocks();
    const elements = new ElementCount();
    elements.patch();
    try {
      await body();
    } finally {
      elements.restore();
    }
    return { blocks: await this.#blocks(), elements: elements.count };
  }

  /** Since it was last asked. */
  async #blocks(): Promise<number> {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    let blocks = 0;
    for (const { url, functions } of result) {
      if (!isOurs(url)) continue;
      for (const { ranges } of functions) for (const { count } of ranges) blocks += count;
    }
    return blocks;
  }
}

const SOURCE = new URL("../../src/", import.meta.url);

function isOurs(url: string): boolean {
  return url.startsWith(SOURCE.href) || url.startsWith(SOURCE.pathname);
}

type Method = (this: never, ...args: never[]) => unknown;

/** Methods that look at, move or copy as many elements as there are. */
const ARRAY_METHODS = [
  ...[
    "concat",
    "every",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "flat",
    "flatMap",
    "forEach",
    "includes",
    "indexOf",
    "join",
  ],
  ...["lastIndexOf", "map", "reduce", "reverse", "shift", "some", "sort", "splice", "toSorted", "unshift", "with"],
];

class ElementCount {
  count = 0;
  readonly #patched: (() => void)[] = [];

  patch(): void {
    for (const name of ARRAY_METHODS) this.#countOf(Array.prototype, name, (array: readonly unknown[]) => array.length);
    this.#countOf(Array.prototype, "slice", (_array, _from, copy: readonly unknown[]) => copy.length);
    this.#countOf(Map.prototype, "forEach", (map: ReadonlyMap<unknown, unknown>) => map.size);
    this.#countOf(Set.prototype, "forEach", (set: ReadonlySet<unknown>) => set.size);
    for (const iterator of [[][Symbol.iterator](), new Map()[Symbol.iterator](), new Set()[Symbol.iterator]()]) {
      this.#countOf(Object.getPrototypeOf(iterator) as object, "next", () => 1);
    }
    for (const name of ["keys", "values", "entries"])
      this.#countOf(Object, name, (_: unknown, of: object) => sizeOf(of));
  }

  restore(): void {
    for (const restore of this.#patched.splice(0)) restore();
  }

  #countOf(target: object, name: string, size: (self: never, argument: never, result: never) => number): void {
    const original = Reflect.get(target, name) as Method;
    const add = (elements: number): void => {
      this.count += elements;
    };
    const counted = function (this: never, ...args: never[]): unknown {
      const result = original.apply(this, args);
      add(size(this, args[0] as never, result as never));
      return result;
    };
    const descriptor = Object.getOwnPropertyDescriptor(target, name) ?? {};
    Object.defineProperty(target, name, { ...descriptor, value: counted });
    this.#patched.push(() => Object.defineProperty(target, name, descriptor));
  }
}

function sizeOf(of: object): number {
  let size = 0;
  for (const key in of) if (Object.hasOwn(of, key)) size++;
  return size;
}
