import { type Signal, signal } from "@preact/signals";
import type { FirstStep } from "../ui/first-steps-bar.tsx";

interface Kept {
  readonly done: readonly FirstStep[];
  readonly isDismissed: boolean;
}

const KEY = "perdure.playground.first-steps";

/** The steps that a newcomer has taken; remembered, so that a reload can be one of them. */
export class FirstSteps {
  readonly kept: Signal<Kept>;
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
    this.kept = signal(read(storage));
  }

  /** The page was loaded again. `hasWork` says whether an execution was under way. */
  reloaded(hasWork: boolean): void {
    if (hasWork && this.kept.value.done.includes("run")) this.#did("reload");
  }

  ran(): void {
    this.#did("run");
  }

  killed(): void {
    if (this.kept.value.done.includes("run")) this.#did("kill");
  }

  /** A new worker does what a reload does. */
  restarted(): void {
    if (this.kept.value.done.includes("kill")) this.#did("reload");
  }

  dismiss(): void {
    this.#keep({ ...this.kept.value, isDismissed: true });
  }

  #did(step: FirstStep): void {
    const { done } = this.kept.value;
    if (!done.includes(step)) this.#keep({ ...this.kept.value, done: [...done, step] });
  }

  #keep(kept: Kept): void {
    this.kept.value = kept;
    this.#storage.setItem(KEY, JSON.stringify(kept));
  }
}

function read(storage: Storage): Kept {
  const none: Kept = { done: [], isDismissed: false };
  try {
    return { ...none, ...(JSON.parse(storage.getItem(KEY) ?? "null") as Partial<Kept> | null) };
  } catch {
    return none;
  }
}
