/** The texts that can be held against each other: what was given, what came of it, and what went wrong between. */

import type { ExecutionHeader } from "perdure/engine";
import { operationAt, type Track } from "../views/model/execution-view.ts";
import { pretty } from "../views/ui/labels.ts";

export interface Comparable {
  readonly name: string;
  readonly text: string;
}

/** The input and the outcomes of an operation, attempt by attempt, as of a commit. */
export function textsOfOperation(track: Track, seq: number): readonly Comparable[] {
  const operation = operationAt(track, seq);
  const input = operation !== undefined && "input" in operation ? operation.input : undefined;
  const attempts = track.spans
    .filter(({ kind, toSeq }) => kind === "work" && toSeq !== undefined && toSeq <= seq)
    .flatMap(({ error }, index) =>
      error === undefined ? [] : [{ name: `Attempt ${index + 1}`, text: JSON.stringify(error, null, 2) }],
    );
  return [...given(input), ...attempts, ...came(operation?.result)];
}

/** The input and the result of an execution. */
export function textsOfExecution({ input, result }: ExecutionHeader): readonly Comparable[] {
  return [...given(input), ...came(result)];
}

function given(input: string | undefined): readonly Comparable[] {
  return input === undefined ? [] : [{ name: "Input", text: pretty(input) }];
}

function came(result: string | undefined): readonly Comparable[] {
  return result === undefined ? [] : [{ name: "Result", text: pretty(result) }];
}
