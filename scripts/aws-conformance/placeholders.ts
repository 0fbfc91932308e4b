/** Texts like `${ID1}`: variables of a requirement, and what the first event with it had. */

import { randomBytes } from "node:crypto";

export class Placeholders {
  readonly #values = new Map<string, unknown>();

  constructor(variables: Readonly<Record<string, unknown>> = {}) {
    for (const [name, value] of Object.entries(variables)) this.#values.set(name, generated(String(value)));
  }

  /** True if a value is that of the placeholder. The first value settles it. */
  settle(name: string, value: unknown): boolean {
    if (!this.#values.has(name)) this.#values.set(name, value);
    return this.#values.get(name) === value;
  }

  /** With the known ones filled in, at any depth. */
  fill<T>(data: T): T {
    return this.#filled(data) as T;
  }

  #filled(data: unknown): unknown {
    if (typeof data === "string") return this.#text(data);
    if (Array.isArray(data)) return data.map((item) => this.#filled(item));
    if (typeof data !== "object" || data === null) return data;
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, this.#filled(value)]));
  }

  #text(text: string): string {
    return text.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (whole, name: string) =>
      this.#values.has(name) ? String(this.#values.get(name)) : whole,
    );
  }
}

function generated(value: string): string {
  const length = /^\$\{GEN_STR:(\d+)\}$/.exec(value)?.[1];
  return length === undefined ? value : randomBytes(Number(length)).toString("hex").slice(0, Number(length));
}
