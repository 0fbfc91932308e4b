/** The execution that is looked at: its log so far, the commit that it is looked at as of, and the chosen operation. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { ExecutionView } from "../../../console/views/model/execution-view.ts";
import type { ExecutionSource } from "../source/execution-source.ts";

const SELECTED_KEY = "perdure.playground.selected";

export interface SelectionEvents {
  /** More is known of the execution. */
  readonly onCommit: () => void;
  readonly onError: (error: unknown) => void;
}

export class Selection {
  readonly id: Signal<string | undefined> = signal(undefined);
  readonly view: Signal<ExecutionView> = signal(new ExecutionView());
  /** Counts what has come to be known: the view is changed in place. */
  readonly revision: Signal<number> = signal(0);
  /** The commit that is looked at; undefined follows the newest. */
  readonly scrub: Signal<number | undefined> = signal(undefined);
  readonly operationId: Signal<string | undefined> = signal(undefined);
  readonly seq: ReadonlySignal<number> = computed(() => {
    void this.revision.value;
    return this.scrub.value ?? this.view.value.length;
  });
  readonly #events: SelectionEvents;
  readonly #storage: Storage;
  #leave: () => void = () => undefined;

  constructor(storage: Storage, events: SelectionEvents) {
    this.#storage = storage;
    this.#events = events;
  }

  /** The one that was looked at before the page was loaded again. */
  get remembered(): string | undefined {
    return this.#storage.getItem(SELECTED_KEY) ?? undefined;
  }

  /** The id of the execution. @throws if there is none. */
  get required(): string {
    const id = this.id.value;
    if (id === undefined) throw new Error("No execution is selected.");
    return id;
  }

  select(id: string, source: ExecutionSource): void {
    const view = this.#show(id);
    this.#storage.setItem(SELECTED_KEY, id);
    this.#leave = source.watch(id, {
      onCommit: (body) => {
        view.add(body);
        this.#events.onCommit();
      },
      onError: (error) => this.#events.onError(error),
    });
  }

  /** The execution as a whole, as it is now. */
  lookAtAll(): void {
    batch(() => {
      this.scrub.value = undefined;
      this.operationId.value = undefined;
    });
  }

  clear(): void {
    this.#show(undefined);
  }

  #show(id: string | undefined): ExecutionView {
    this.#leave();
    this.#leave = () => undefined;
    const view = new ExecutionView();
    batch(() => {
      this.id.value = id;
      this.view.value = view;
      this.scrub.value = undefined;
      this.operationId.value = undefined;
      this.revision.value++;
    });
    return view;
  }
}
