import { type Signal, signal } from "@preact/signals";
import { messageOf } from "./message-of.ts";

/** Something to tell whoever looks. What went wrong stays until it was read. */
export interface Notice {
  readonly text: string;
  readonly isError: boolean;
}

/** The notice in the last line of the page. */
export class Notices {
  readonly current: Signal<Notice | undefined> = signal(undefined);

  tell(text: string): void {
    this.current.value = { text, isError: false };
  }

  fail(error: unknown): void {
    this.current.value = { text: messageOf(error), isError: true };
  }

  dismiss(): void {
    this.current.value = undefined;
  }

  /** Does something, and tells what went wrong if it did. Answers whether it was done. */
  async attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
    try {
      await work();
      if (done !== undefined) this.tell(done);
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }
}
