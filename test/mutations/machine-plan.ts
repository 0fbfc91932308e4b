import type { Mutation } from "./mutation.ts";

const plan = ["src/engine/machine/plan.test.ts"];
const sharing = ["test/runner/sharing.test.ts"];

/** What a state asks for, and when it is to be looked at again. */
export const machinePlanMutations: readonly Mutation[] = [
  {
    keeps: "P7",
    what: "an invocation of a process that is gone is not taken over",
    code: "  return isLeftAlone ? activeAt + lease.ms : Math.min(dueSince ?? activeAt, now);",
    becomes: "  return isLeftAlone ? activeAt + lease.ms : undefined;",
    tests: plan,
  },
  {
    keeps: "P10",
    what: "an invocation elsewhere is taken over at every wake",
    code: "  return isLeftAlone ? activeAt + lease.ms : Math.min(dueSince ?? activeAt, now);",
    becomes: "  return now;",
    tests: plan,
  },
  {
    keeps: "P2",
    what: "an invocation that runs for long gives no sign of life",
    code: 'duties: renewAt <= now ? [...duties, { kind: "RENEW" }] : duties',
    becomes: "duties",
    tests: [...plan, ...sharing],
  },
  {
    keeps: "P7",
    what: "a process that lacks the version halts what another one could run",
    code: "  if (at === undefined || at > now || hasVersion || lease === undefined) return at;",
    becomes: "  if (hasVersion || at !== 0) return at;",
    tests: [...plan, ...sharing],
  },
  {
    keeps: "P7",
    what: "what was halted for want of a version waits for people although it is back",
    code: 'duties.push({ kind: "RESUME" });',
    becomes: "void 0;",
    tests: [...plan, ...sharing],
  },
  {
    keeps: "P14",
    what: "any halt is resumed by the first process that looks",
    code: "  if (here.hasVersion && state.header.halt?.reason === HaltReason.VERSION_MISSING)",
    becomes: "  if (here.hasVersion && state.header.halt !== undefined && HaltReason)",
    tests: plan,
  },
  {
    keeps: "P14",
    what: "a halt does not keep invocations back",
    code: "  if (header.halt !== undefined) return undefined;\n",
    becomes: "",
    tests: ["test/promises/p14-breach.test.ts", ...plan],
  },
  {
    keeps: "P13",
    what: "an invocation runs on when its execution has ended",
    code: "  if (isEnded(state)) return STOP_INVOCATION;\n",
    becomes: "",
    tests: plan,
  },
  {
    keeps: "P8",
    what: "a parent is told of an outcome only if it asks",
    code: 'if (parent !== undefined && parentNotified !== true) duties.push({ kind: "TELL_PARENT" });',
    becomes: "",
    tests: plan,
  },
  {
    keeps: "retention",
    what: "what has expired is kept",
    code: 'if (isExpired) duties.push({ kind: "REMOVE" });\n  else if',
    becomes: "if",
    tests: plan,
  },
  {
    keeps: "P7",
    what: "open invokes are not sent again",
    code: '    if (at <= now) duties.push({ kind: "CALL", operation });\n    else if',
    becomes: '    if (at <= now) duties.push({ kind: "SHOW" });\n    else if',
    tests: [...plan, "test/promises/p07-liveness.test.ts"],
  },
  {
    keeps: "P10",
    what: "an invocation elsewhere that asks for news itself is taken over when some come",
    code: "!lease.isOwn && (lease.hearsNews || dueSince === undefined);",
    becomes: "!lease.isOwn && dueSince === undefined;",
    tests: plan,
  },
  {
    keeps: "P7",
    what: "a process leaves its own invocation alone, which it knows to be over",
    code: "lease !== undefined && !lease.isOwn && (",
    becomes: "lease !== undefined && (",
    tests: plan,
  },
  {
    keeps: "P2",
    what: "the sign of life of an invocation comes when its lease is over",
    code: "  return Math.max(runsSince, invocation.activeAt ?? 0) + lease.ms / 2;",
    becomes: "  return Math.max(runsSince, invocation.activeAt ?? 0) + lease.ms;",
    tests: plan,
  },
  {
    keeps: "P7",
    what: "a process that lacks the version wakes no other one",
    code: "Math.min(until, now + Math.max(FIRST_OFFER_MS, now - at));",
    becomes: "until + 0 * FIRST_OFFER_MS;",
    tests: plan,
  },
  {
    keeps: "P10",
    what: "a fault is tried again at once",
    code: "  if (retryAt !== undefined) return retryAt;",
    becomes: "  if (retryAt !== undefined) return Math.min(retryAt, now);",
    tests: plan,
  },
  {
    keeps: "directory",
    what: "what was halted or resumed is shown as it was before",
    code: 'if (here.shown < state.rowSeq) duties.push({ kind: "SHOW" });\n  const callAt',
    becomes: "const callAt",
    tests: plan,
  },
];
