/** The worker's reports about the code of this tab while it runs: calls, lines, log lines and errors. */

import { CallSites } from "../model/call-sites.ts";
import { LogLines } from "../model/log-lines.ts";
import type { SandboxEvents } from "../sandbox/sandbox-process.ts";

export interface CodeWatchOptions {
  /** By the executions' clock, ms since the epoch. */
  readonly now: () => number;
  /** True if the log of the execution has the operation, as far as it is known. */
  readonly isRecorded: (executionId: string, operationId: string) => boolean;
  readonly onChange: () => void;
  readonly onTrouble: (message: string) => void;
}

export class CodeWatch {
  readonly sites: CallSites = new CallSites();
  readonly lines: LogLines = new LogLines();
  readonly #options: CodeWatchOptions;

  constructor(options: CodeWatchOptions) {
    this.#options = options;
  }

  /** Of workers that run executions. */
  get events(): SandboxEvents {
    const { now, isRecorded, onChange, onTrouble } = this.#options;
    const told =
      <A extends readonly unknown[]>(note: (...args: A) => void) =>
      (...args: A): void => {
        note(...args);
        onChange();
      };
    return {
      onBegan: told(({ executionId, seq }) => this.sites.begin(executionId, { seq, at: now() })),
      onReached: told(({ executionId, id, ...site }) =>
        this.sites.reach(executionId, id, { site, isRecorded: isRecorded(executionId, id) }),
      ),
      onRan: told((executionId, id) => this.sites.run(executionId, id)),
      onSaid: told((line) => this.lines.say(line)),
      onThrew: told((thrown) => this.lines.throw(thrown)),
      onTrouble: (_executionId, message) => onTrouble(message),
    };
  }

  /** Of a worker that only holds a log against other code: it tells where that calls what, and no more. */
  get rehearsalEvents(): SandboxEvents {
    const none = (): void => undefined;
    return {
      ...{ onBegan: none, onRan: none, onSaid: none, onThrew: none, onTrouble: none },
      onReached: ({ executionId, id, ...site }) => this.sites.attempt(executionId, id, site),
    };
  }
}
