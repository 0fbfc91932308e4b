/** The execution that is looked at: its log, live, and what the face tells beyond that. */

import { type Signal, signal } from "@preact/signals";
import { type Details, type LineScope, readDetails, readLinePage, type WrittenLine } from "../api/answers.ts";
import { executionPath, type Face, FaceError, isLacking, isPassing } from "../api/face.ts";
import { messageOf } from "../views/model/message-of.ts";
import { watchLog } from "../api/watch.ts";
import { ExecutionView } from "../views/model/execution-view.ts";

/** The time between two requests for the details of a running execution, in ms. */
const POLL_MS = 3_000;

export class Subject {
  readonly arn: string;
  readonly view: ExecutionView = new ExecutionView();
  /** Counts what has come to be known: the view is changed in place. */
  readonly revision: Signal<number> = signal(0);
  readonly details: Signal<Details | undefined> = signal(undefined);
  readonly error: Signal<string | undefined> = signal(undefined);
  readonly isMissing: Signal<boolean> = signal(false);
  /** The lines of the execution's code, the oldest first; undefined where nobody keeps them. */
  readonly lines: Signal<readonly WrittenLine[] | undefined> = signal([]);
  /** The extent of the lines, or undefined before any were asked for. */
  readonly lineScope: Signal<LineScope | undefined> = signal(undefined);
  #lastLine = 0;
  /** Why the log is read no further; what else is asked for goes on. */
  #brokenLog: string | undefined;
  readonly #face: Face;
  readonly #leave: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #isDrawing = false;

  constructor(face: Face, arn: string) {
    this.#face = face;
    this.arn = arn;
    this.#leave = watchLog(face, arn, {
      onCommit: (body) => this.#add(body),
      onError: (error) => this.#failLog(error),
    });
    void this.#poll();
  }

  close(): void {
    this.#isClosed = true;
    this.#leave();
    clearTimeout(this.#timer);
  }

  /** Asks for the details at once: something was done to it. */
  async refresh(): Promise<void> {
    try {
      const details = readDetails(await this.#face.json(executionPath(this.arn)));
      if (this.#isClosed) return;
      this.details.value = details;
      this.error.value = this.#brokenLog;
      await this.#readLines();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Reads the lines since the last one that was read. */
  async #readLines(): Promise<void> {
    for (let hasMore = this.lines.value !== undefined; hasMore && !this.#isClosed; ) {
      const query = new URLSearchParams({ MaxItems: "1000", Marker: String(this.#lastLine) });
      try {
        const page = readLinePage(await this.#face.json(executionPath(this.arn, `/logs?${query}`)));
        this.#lastLine = page.last ?? this.#lastLine;
        this.lineScope.value = page.scope;
        if (page.lines.length > 0) this.lines.value = [...(this.lines.value ?? []), ...page.lines].slice(-MOST_LINES);
        ({ hasMore } = page);
      } catch (error) {
        if (!isLacking(error)) throw error;
        this.lines.value = undefined;
        hasMore = false;
      }
    }
  }

  async #poll(): Promise<void> {
    await this.refresh();
    const hasEnded = this.details.value?.endedAt !== undefined && this.view.isEnded;
    if (this.#isClosed || this.isMissing.value || hasEnded) return;
    this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
  }

  #add(body: string): void {
    if (this.#isClosed) return;
    this.view.add(body);
    if (this.#isDrawing) return;
    // Once a frame, however many commits come in it; of a long log less often, since its views take longer to make.
    this.#isDrawing = true;
    setTimeout(
      () => {
        this.#isDrawing = false;
        this.revision.value++;
        if (this.view.isEnded) void this.refresh();
      },
      this.view.tracks.length > LONG ? LONG_MS : FRAME_MS,
    );
  }

  #failLog(error: unknown): void {
    if (!isPassing(error)) this.#brokenLog = messageOf(error);
    this.#fail(error);
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.isMissing.value = error instanceof FaceError && NONE_SUCH.has(error.type);
    this.error.value = isPassing(error) ? `${messageOf(error)} It is asked again.` : messageOf(error);
  }
}

/** There is none, or a link names none that there could be. */
const NONE_SUCH: ReadonlySet<string> = new Set(["ResourceNotFoundException", "InvalidParameterValueException"]);
/** Of the lines the newest. */
const MOST_LINES = 10_000;
const FRAME_MS = 16;
const [LONG, LONG_MS] = [2_000, 250];
