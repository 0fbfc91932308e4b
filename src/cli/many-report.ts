/** Tells how something is done to many executions, while it is: nothing is kept but numbers. */

import type { Failure, ManyProgress } from "../lambda-compat/do-to-many.ts";
import type { ApiError, ExecutionSummary } from "./api/operations.ts";
import { functionOf } from "./executions.ts";
import { printTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { errorText } from "./texts.ts";

export interface ManyReportOptions {
  readonly terminal: Terminal;
  /** The word for an execution that it was done to. */
  readonly word: string;
  readonly isJson: boolean;
}

/** Up to here a line tells of each hundred, from here on of each thousand. */
const FIRST_THOUSAND = 1000;

type Counts = Pick<ManyProgress<unknown>, "done" | "unchanged"> & { readonly failed: number };

export class ManyReport {
  readonly #options: ManyReportOptions;
  #counts: Counts = { done: 0, unchanged: 0, failed: 0 };
  #left = 0;
  /** The number of executions at which the next line is due. */
  #nextLine = 100;
  #toldLine = "";
  /** The line of the last failure: what follows decides whether a comma does. */
  #failure: string | undefined;

  constructor(options: ManyReportOptions) {
    this.#options = options;
  }

  /** The number of executions that failed. */
  get failed(): number {
    return this.#counts.failed;
  }

  /** Reports the progress of a page. */
  readonly onProgress = (progress: ManyProgress<ExecutionSummary>): void => {
    const counts = this.#with(progress);
    const told = counts.done + counts.unchanged + counts.failed;
    if (told < this.#nextLine) return;
    const step = told < FIRST_THOUSAND ? 100 : FIRST_THOUSAND;
    this.#nextLine = told - (told % step) + step;
    this.#tell(counts);
  };

  /** A page that is over. */
  add(progress: ManyProgress<ExecutionSummary>): void {
    this.#counts = this.#with(progress);
    this.#left += progress.left.length;
    const { terminal, isJson } = this.#options;
    if (isJson) for (const failure of progress.failures) this.#printJson(failure);
    else if (progress.failures.length > 0)
      printTable(terminal, ["EXECUTION", "WHY NOT"], progress.failures.map(failureCells));
  }

  /** All that there was, or all until it broke. */
  end(): void {
    const { terminal, isJson } = this.#options;
    const { done: Done, unchanged: Unchanged } = this.#counts;
    this.#tell(this.#counts);
    if (!isJson) return;
    if (this.#failure === undefined) terminal.print(`{\n  "Failed": [],`);
    else terminal.print(`    ${this.#failure}\n  ],`);
    const [, ...rest] = JSON.stringify({ Done, Unchanged, Left: this.#left }, null, 2).split("\n");
    terminal.print(rest.join("\n"));
  }

  #tell(counts: Counts): void {
    const { terminal, word } = this.#options;
    const line = lineOf(counts, word);
    if (line !== this.#toldLine) terminal.note(line);
    this.#toldLine = line;
  }

  #with({ done, unchanged, failures }: ManyProgress<unknown>): Counts {
    const before = this.#counts;
    return {
      done: before.done + done,
      unchanged: before.unchanged + unchanged,
      failed: before.failed + failures.length,
    };
  }

  #printJson({ item, error }: Failure<ExecutionSummary>): void {
    const { terminal } = this.#options;
    terminal.print(this.#failure === undefined ? `{\n  "Failed": [` : `    ${this.#failure},`);
    this.#failure = JSON.stringify({ DurableExecutionArn: item.DurableExecutionArn, ...(error as ApiError) });
  }
}

function lineOf({ done, unchanged, failed }: Counts, word: string): string {
  const parts = [
    `${done} ${word}`,
    ...(unchanged > 0 ? [`${unchanged} were so already`] : []),
    ...(failed > 0 ? [`${failed} not`] : []),
  ];
  return parts.join(", ");
}

function failureCells({ item, error }: Failure<ExecutionSummary>) {
  return [{ text: nameOf(item) }, { text: errorText(error as ApiError) }];
}

/** FUNCTION/NAME. */
export function nameOf({ FunctionArn, DurableExecutionName }: ExecutionSummary): string {
  return `${functionOf(FunctionArn)}/${DurableExecutionName}`;
}
