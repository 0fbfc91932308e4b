/**
 * The possible outcomes of a program. The winner of a race is not known beforehand, and neither are the outside's
 * answers.
 */

import type { Act, SimpleAct } from "./act.ts";

/** The fault of the value of some acts, in words; undefined if there is none. */
export function mismatch(acts: readonly Act[], value: unknown, tag: string): string | undefined {
  if (!Array.isArray(value) || value.length !== acts.length)
    return `${JSON.stringify(value)} is not ${acts.length} values`;
  for (const [index, act] of acts.entries()) {
    const wrong = actMismatch(act, value[index], tag);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function actMismatch(act: Act, value: unknown, tag: string): string | undefined {
  switch (act.act) {
    case "child":
    case "virtual":
      return mismatch(act.acts, value, tag);
    case "invoke":
      return mismatch(act.acts, value, `${tag}/${act.name}`);
    case "map":
    case "parallel":
      return branchesMismatch(act, value, { tag, least: act.enough ?? act.branches.length });
    case "contexts":
      if (act.join === "race") return isIndex(value, act.branches.length) ? undefined : told(act.name, value);
      return branchesMismatch(act, value, { tag, least: act.branches.length });
    case "graph":
      return graphMismatch(act, value, tag);
    case "loser":
      return value === null ? undefined : told(act.name, value);
    default:
      return isValueOf(act, value, tag) ? undefined : told(act.name, value);
  }
}

function branchesMismatch(
  { name, branches }: { readonly name: string; readonly branches: readonly (readonly Act[])[] },
  value: unknown,
  { tag, least }: { tag: string; least: number },
): string | undefined {
  if (!Array.isArray(value) || value.length < least) return told(name, value);
  for (const item of value as readonly { index: number; values: unknown }[]) {
    const branch = branches[item.index];
    if (branch === undefined) return told(name, item);
    const wrong = mismatch(branch, item.values, tag);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function graphMismatch(act: Extract<Act, { act: "graph" }>, value: unknown, tag: string): string | undefined {
  if (act.join === "race" || act.join === "any")
    return isIndex(value, act.operations.length) ? undefined : told(act.name, value);
  if (!Array.isArray(value) || value.length !== act.operations.length) return told(act.name, value);
  const wrong = act.operations.findIndex((operation, index) => !isValueOf(operation, value[index], tag));
  return wrong < 0 ? undefined : told(act.name, value);
}

/** True if an operation may have this value. */
export function isValueOf(act: SimpleAct, value: unknown, tag: string): boolean {
  switch (act.act) {
    case "wait":
      return value === null;
    case "poll":
      return value === act.rounds;
    case "plain":
      return value === `${tag}:${act.name}`;
    case "step":
      return value === `${tag}:${act.name}` || (isGivenUp(act) && value === `failed:${act.name}`);
    case "callback":
    case "waitForCallback": {
      const timesOut = act.timeoutSeconds !== undefined || act.heartbeatSeconds !== undefined;
      if (timesOut && value === `timed out:${act.name}`) return true;
      return typeof value === "string" && value.startsWith(`answer:${tag}:${act.name}:`);
    }
  }
}

/** At most once means that a crash uses an attempt up. */
function isGivenUp({ mostAttempts, failures, atMostOnce }: Extract<SimpleAct, { act: "step" }>): boolean {
  return mostAttempts !== undefined && (failures >= mostAttempts || atMostOnce);
}

function isIndex(value: unknown, below: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < below;
}

function told(name: string, value: unknown): string {
  return `${name} came to ${JSON.stringify(value)}`;
}
