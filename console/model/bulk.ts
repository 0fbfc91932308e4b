/** The same done to many executions: so many at a time, what failed is told and the others go on. */

export interface BulkFailure<T> {
  readonly item: T;
  readonly error: unknown;
}

export interface BulkProgress<T> {
  readonly total: number;
  readonly done: number;
  readonly failures: readonly BulkFailure<T>[];
  readonly isOver: boolean;
}

export interface BulkOptions<T> {
  readonly onProgress: (progress: BulkProgress<T>) => void;
  /** Once it is aborted no further one is begun. */
  readonly signal: AbortSignal;
  /** True for an error that only says: later again. */
  readonly isPassing: (error: unknown) => boolean;
  /** How many at a time. */
  readonly atATime?: number;
  /** Before one is tried again that was refused for now, in ms; twice as long each time. */
  readonly pauseMs?: number;
}

const MOST_TRIES = 6;

export async function doToAll<T>(
  items: readonly T[],
  deed: (item: T) => Promise<unknown>,
  options: BulkOptions<T>,
): Promise<BulkProgress<T>> {
  const { onProgress, signal, atATime = 4 } = options;
  const failures: BulkFailure<T>[] = [];
  let [next, done] = [0, 0];
  const progress = (isOver: boolean): BulkProgress<T> => ({
    ...{ total: items.length, done, failures: [...failures], isOver },
  });
  const work = async (): Promise<void> => {
    while (next < items.length && !signal.aborted) {
      const item = items[next++] as T;
      try {
        await insisting(() => deed(item), options);
      } catch (error) {
        failures.push({ item, error });
      }
      done++;
      onProgress(progress(false));
    }
  };
  onProgress(progress(false));
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, work));
  const last = progress(true);
  onProgress(last);
  return last;
}

async function insisting<T>(deed: () => Promise<unknown>, options: BulkOptions<T>): Promise<void> {
  const { isPassing, signal, pauseMs = 500 } = options;
  for (let tries = 1; ; tries++) {
    try {
      await deed();
      return;
    } catch (error) {
      if (!isPassing(error) || tries >= MOST_TRIES || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * 2 ** (tries - 1)));
    }
  }
}
