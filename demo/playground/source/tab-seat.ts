/**
 * Of all tabs one has the worker, by a lock that the browser passes on when that tab is gone. The others look on, and
 * take the seat when Run is pressed there.
 */

const LOCK = "perdure.playground.worker";

export interface TabSeatEvents {
  /** The seat has become this tab's, without its having asked for it by force. */
  readonly onSeated: () => void;
  /** Another tab has taken it. */
  readonly onLost: () => void;
}

export class TabSeat {
  readonly #events: TabSeatEvents;
  #isHeld = false;
  /** Counts how often this tab has asked for the lock: only the newest request counts. */
  #turn = 0;

  constructor(events: TabSeatEvents) {
    this.#events = events;
  }

  /** Takes the seat as soon as no other tab has it. */
  wait(): void {
    void this.#hold({ onHeld: () => this.#events.onSeated() });
  }

  /** Takes the seat, whichever tab has it. */
  async take(): Promise<void> {
    if (this.#isHeld) return;
    await new Promise<void>((resolve) => {
      void this.#hold({ steal: true, onHeld: resolve });
    });
  }

  /** Holds the lock until it is stolen or the tab is gone. */
  async #hold({ steal = false, onHeld }: { steal?: boolean; onHeld: () => void }): Promise<void> {
    const turn = ++this.#turn;
    try {
      await navigator.locks.request(LOCK, { steal }, async () => {
        // This tab has asked again since, and taken what it asked for.
        if (turn !== this.#turn) return;
        this.#isHeld = true;
        onHeld();
        await new Promise(() => undefined);
      });
    } catch {
      if (turn !== this.#turn) return;
      this.#isHeld = false;
      this.#events.onLost();
    }
  }
}
