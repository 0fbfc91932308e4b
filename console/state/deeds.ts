/** Doing things to executions: what a face cannot do is remembered, so that its buttons say so. */

import { type Signal, signal } from "@preact/signals";
import { type Face, isLacking } from "../api/face.ts";
import type { Notices } from "../views/model/notices.ts";
import { type Deed, lackingText } from "../views/ui/deed-words.ts";

export class Deeds {
  /** The actions that this face has answered not to know. */
  readonly lacking: Signal<ReadonlySet<Deed>> = signal(new Set<Deed>());
  readonly #notices: Notices;
  readonly #onDone: () => void;

  constructor(notices: Notices, onDone: () => void) {
    this.#notices = notices;
    this.#onDone = onDone;
  }

  /** Does it, and tells how it went. Answers whether it was done. */
  async attempt(deed: Deed, work: () => Promise<unknown>, done: string): Promise<boolean> {
    try {
      await work();
      this.#notices.tell(done);
      this.#onDone();
      return true;
    } catch (error) {
      this.#notices.fail(this.explain(deed, error));
      return false;
    }
  }

  /** The error, or that the face has no such call. */
  explain(deed: Deed, error: unknown): unknown {
    if (!isLacking(error)) return error;
    this.lacking.value = new Set([...this.lacking.value, deed]);
    return new Error(lackingText(deed));
  }
}

export interface DeedContext {
  readonly face: Face;
  readonly deeds: Deeds;
}
