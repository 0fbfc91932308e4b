import type { Host } from "../../engine/ports/host.ts";
import { Retries } from "../../engine/runner/retries.ts";

export interface LooksOptions {
  readonly host: Pick<Host, "now" | "timer">;
  /** Takes over what others wrote to an execution, and does what is due if it is this tab's. */
  readonly look: (executionId: string) => Promise<void>;
  readonly onError: (executionId: string, error: unknown) => void;
}

/**
 * Looks at executions after news of them: one look at a time for each, and one more after news that came meanwhile. News
 * does not come twice, so a look that failed is made up for later.
 */
export class Looks {
  readonly #options: LooksOptions;
  readonly #retries = new Retries();
  /** Executions that are being looked at, and whether to look again after that. */
  readonly #looking = new Map<string, boolean>();
  /** Looks that make up for others: what cancels them. */
  readonly #later = new Map<string, () => void>();

  constructor(options: LooksOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async ask(id: string): Promise<void> {
    const isLooking = this.#looking.has(id);
    this.#looking.set(id, isLooking);
    if (isLooking) return;
    try {
      do {
        this.#looking.set(id, false);
        await this.#options.look(id);
      } while (this.#looking.get(id) === true);
      this.#forget(id);
    } catch (error) {
      this.#options.onError(id, error);
      this.#askLater(id);
    } finally {
      this.#looking.delete(id);
    }
  }

  /** Makes up for nothing any more: the tab is away, and looks at everything when it is back. */
  stop(): void {
    for (const id of [...this.#later.keys()]) this.#forget(id);
  }

  #forget(id: string): void {
    this.#later.get(id)?.();
    this.#later.delete(id);
    this.#retries.succeeded(id);
  }

  #askLater(id: string): void {
    const { host } = this.#options;
    this.#later.get(id)?.();
    const at = this.#retries.failed(id, host.now());
    this.#later.set(
      id,
      host.timer(at, () => void this.ask(id)),
    );
  }
}
