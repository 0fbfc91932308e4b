import { type Signal, signal } from "@preact/signals";

/** Something to tell the visitor. What went wrong stays until it was read. */
export interface Notice {
  readonly text: string;
  readonly isError: boolean;
}

export class Notices {
  readonly current: Signal<Notice | undefined> = signal(undefined);

  tell(text: string): void {
    this.current.value = { text, isError: false };
  }

  /** What has to be read. */
  warn(error: unknown): void {
    this.current.value = { text: textOf(error), isError: true };
  }

  dismiss(): void {
    this.current.value = undefined;
  }

  /** Does what a control is for; a failure is told. */
  async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.warn(error);
    }
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
