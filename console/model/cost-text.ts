/** The cost of an execution, in words. */

import { counted } from "../views/model/counted.ts";
import type { Cost } from "./cost.ts";

const numbers = new Intl.NumberFormat("en");
/** Of the processes that wrote a log, the newest ones are named. */
const MOST_NAMED = 3;

export function operationsText({ operations, copied, attempts }: Cost): string {
  const parts = [numbers.format(operations), counted(attempts, "attempt")];
  return [...parts, ...(copied > 0 ? [`${numbers.format(copied)} more copied`] : [])].join(", ");
}

export function logText({ commits, characters }: Cost): string {
  return `${counted(commits, "row")}, ${sizeText(characters)}`;
}

export function runsText({ runs, processes }: Cost): string {
  return `${counted(runs, "time")} from the top, in ${counted(processes.length, "process")}`;
}

export function processesText({ processes }: Cost): string {
  const named = processes.slice(-MOST_NAMED).map((each) => each.slice(0, 8));
  const more = processes.length - named.length;
  return `${named.join(", ")}${more > 0 ? `, and ${more} before` : ""}`;
}

function sizeText(characters: number): string {
  return characters < 10_000 ? counted(characters, "character") : `${numbers.format(Math.round(characters / 1000))} KB`;
}
