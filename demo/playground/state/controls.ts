/** The actions of the buttons, and the notices about them. */

import type { CallbackOutcome } from "perdure/engine";
import { moment } from "../../../console/views/ui/labels.ts";
import { DONE } from "../../../console/views/ui/deed-words.ts";
import type { Playground } from "./playground.ts";

export class Controls {
  readonly #page: Playground;

  constructor(page: Playground) {
    this.#page = page;
  }

  /** Starts an execution of the code as it stands. */
  run(): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      this.#page.select(await this.#page.runs.start());
      this.#page.firstSteps.ran();
      this.#page.showExecution();
      this.#page.notices.tell(this.#startedText("Started. Every result is in the log before the code goes on."));
    });
  }

  /** Starts a function at the Worker. */
  startRemote(name: string): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      const { bench, clock, connection } = this.#page;
      const { payload } = bench;
      this.#page.select(await connection.remote.start(name, payload, bench.startWith(clock.look())));
      this.#page.showExecution();
      await this.#page.listing.refresh();
      this.#page.notices.tell(this.#startedText("Started at the Worker."));
    });
  }

  #startedText(atOnce: string): string {
    const now = this.#page.clock.look();
    const { startAt = now } = this.#page.bench.startWith(now);
    return startAt > now ? `Scheduled: it begins on ${moment(startAt)}. Skip time takes you there.` : atOnce;
  }

  kill(): void {
    this.#page.local.kill();
    this.#page.firstSteps.killed();
    this.#page.notices.tell("Killed. What the worker had in memory is gone; the log is not.");
  }

  restart(): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      await this.#page.runs.restart();
      this.#page.firstSteps.restarted();
      this.#page.notices.tell("A new worker runs the code from the top. What the log has, it does not do again.");
    });
  }

  /** Goes on with a halted execution: of this browser, with the code of the editor. */
  resume(): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      if (this.#page.connection.isRemote) {
        await this.#page.connection.source.resume(this.#page.selection.required);
        return this.#page.notices.tell("Resumed, with the code that the Worker has.");
      }
      const file = await this.#page.runs.resume();
      this.#page.notices.tell(`Resumed. It runs the code that is in the editor, ${file}.`);
    });
  }

  restartFrom(operationId: string): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      const { id, file } = await this.#page.runs.restartFrom(operationId);
      this.#page.select(id);
      this.#page.showExecution();
      this.#page.notices.tell(
        `A new execution, with the log of the old one up to there. From there it runs the code that is in the editor, ${file}.`,
      );
    });
  }

  pause(): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      await this.#page.connection.source.pause(this.#page.selection.required);
    }, `${DONE.pause} A step that runs comes to its end, and nothing else begins.`);
  }

  /** Goes on with a paused execution, with the code that it had. */
  unpause(): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      await this.#page.connection.source.resume(this.#page.selection.required);
    }, DONE.resume);
  }

  /** Answers whether it was done. */
  rewind(operationId: string): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      const { connection, notices, runs, selection } = this.#page;
      const isPaused = selection.view.value.header?.halt?.reason === "PAUSED";
      const done = isPaused ? "It is back there, and stays paused." : DONE.rewind;
      if (connection.isRemote) {
        await connection.source.rewind(selection.required, operationId);
        notices.tell(done);
      } else {
        const file = await runs.rewind(operationId);
        notices.tell(`${done} It runs the code that is in the editor, ${file}.`);
      }
      selection.lookAtAll();
      this.#page.showExecution();
    });
  }

  /** Moves the clock to when the execution goes on by itself; once it has ended, to when the next scheduled one begins. */
  skipTime(): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      const { local, notices, selection } = this.#page;
      const { header, isEnded, nextTimer } = selection.view.value;
      const at = header === undefined || isEnded ? await local.nextStart() : nextTimer;
      if (at === undefined || at <= local.clock.now()) return notices.tell("Nothing waits for a time.");
      local.skipTo(at);
      const isPaused = header?.halt?.reason === "PAUSED";
      notices.tell(
        `The clock is now at ${moment(at)}, for the code too.${isPaused ? " The execution is paused, and stays so." : ""}`,
      );
    });
  }

  stop(): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      await this.#page.connection.source.stop(this.#page.selection.required);
      this.#page.notices.tell("Stopped.");
    });
  }

  purge(): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      await this.#page.runs.purge();
      await this.#page.listing.refresh();
      this.#page.notices.tell("Purged: its log is gone.");
    });
  }

  importLog(file: File): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      this.#page.select(await this.#page.runs.importLog(file));
      this.#page.notices.tell("Imported, under a name of its own.");
    });
  }

  completeCallback(callbackId: string, outcome: CallbackOutcome): Promise<boolean> {
    return this.#page.notices.attempt(async () => {
      await this.#page.connection.source.completeCallback(callbackId, outcome);
      this.#page.notices.tell(outcome.type === "HEARTBEAT" ? "Heartbeat sent." : "The callback is completed.");
    });
  }
}
