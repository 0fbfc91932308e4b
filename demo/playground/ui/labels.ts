import type { Operation } from "perdure/engine";

/** A length of time in ms, as people say it. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}

export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString([], {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
    fractionalSecondDigits: 3,
  });
}

const kinds: Readonly<Record<string, string>> = {
  Step: "step",
  Wait: "wait",
  Callback: "callback",
  RunInChildContext: "child",
  Map: "map",
  MapIteration: "item",
  Parallel: "parallel",
  ParallelBranch: "branch",
  WaitForCallback: "wait for callback",
  WaitForCondition: "condition",
  ChainedInvoke: "invoke",
};

export function kindLabel({ type, subType }: Operation): string {
  return kinds[subType ?? ""] ?? type.toLowerCase();
}

export function titleOf(operation: Operation): string {
  return operation.name ?? kindLabel(operation);
}

/** `TIMED_OUT` becomes `timed out`. */
export function statusLabel(status: string): string {
  return status.toLowerCase().replaceAll("_", " ");
}

/** JSON text, indented; any other text as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
