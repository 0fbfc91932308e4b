/** TypeScript's diagnostics as problems, in words that fit a file without a project around it. */

import ts from "typescript-js";
import type { Fix, Problem } from "../problem.ts";

/** So that nobody takes it for what keeps the code from running. */
const RUNS_ANYHOW = "A type error: Run runs the code all the same.";

/** By code, what to say instead: TypeScript's own words speak of compiler options and packages to install. */
const reworded: Readonly<Record<number, (text: string, message: string) => string>> = {
  // A module that is not found, in its several forms.
  2307: onlyPerdure,
  2732: onlyPerdure,
  2792: onlyPerdure,
  2834: onlyPerdure,
  2835: onlyPerdure,
  2882: onlyPerdure,
  5097: onlyPerdure,
  7016: onlyPerdure,
  // `await` and `for await` outside functions.
  1378: awaitsInFunctions,
  1432: awaitsInFunctions,
  // Globals of the page, of Node, of test runners.
  2580: isElsewhere,
  2581: isElsewhere,
  2582: isElsewhere,
  2584: isElsewhere,
  2591: isElsewhere,
  2592: isElsewhere,
  2593: isElsewhere,
};

export function syntaxProblem(diagnostic: ts.DiagnosticWithLocation): Problem {
  return { ...located(diagnostic), severity: "error", message: messageOf(diagnostic) };
}

/** Undefined for what concerns no place of the file. */
export function typeProblem(diagnostic: ts.Diagnostic, fixes: readonly Fix[]): Problem | undefined {
  const { file, start, length, code } = diagnostic;
  if (file === undefined || start === undefined || length === undefined) return undefined;
  const reword = reworded[code];
  const place = located({ start, length });
  if (reword === undefined) {
    return { ...place, severity: "error", message: messageOf(diagnostic), note: RUNS_ANYHOW, fixes };
  }
  const message = reword(file.text.slice(place.from, place.to), messageOf(diagnostic));
  return { ...place, severity: "error", message };
}

function located({ start, length }: { readonly start: number; readonly length: number }): {
  readonly from: number;
  readonly to: number;
} {
  return { from: start, to: start + length };
}

function messageOf({ messageText }: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(messageText, "\n");
}

function onlyPerdure(text: string): string {
  return `Only "perdure" and "perdure/schedules" can be imported here, not ${text}.`;
}

function awaitsInFunctions(): string {
  return "The file is loaded in one go: await only inside functions.";
}

function isElsewhere(text: string): string {
  if (/^["']/.test(text)) return onlyPerdure(text);
  return `There is no ${text} here: workflows run in a worker, without the page and without Node.`;
}
