import type { Serdes } from "../engine/ports/serdes.ts";

interface StoredReason {
  readonly name?: string;
  readonly message: string;
  readonly stack?: string;
}

type Settled = PromiseSettledResult<unknown> & { reason?: unknown };

/** JSON for the outcome of `allSettled`, in which reasons that are errors stay errors. */
export const settledSerdes: Serdes = {
  serialize: (value) => (value === undefined ? undefined : JSON.stringify((value as Settled[]).map(store))),
  deserialize: (data) => (data === undefined ? undefined : (JSON.parse(data) as Settled[]).map(restore)),
};

function store(outcome: Settled): unknown {
  if (outcome?.status !== "rejected" || !(outcome.reason instanceof Error)) return outcome;
  const { name, message, stack } = outcome.reason;
  return { ...outcome, reason: { message, name, stack } };
}

function restore(outcome: Settled): unknown {
  if (outcome?.status !== "rejected" || !isStoredReason(outcome.reason)) return outcome;
  const { name, message, stack } = outcome.reason;
  const reason = new Error(message);
  reason.name = name || "Error";
  if (stack) reason.stack = stack;
  return { ...outcome, reason };
}

function isStoredReason(reason: unknown): reason is StoredReason {
  return typeof reason === "object" && reason !== null && Boolean((reason as { message?: unknown }).message);
}
