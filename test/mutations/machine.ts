import type { Mutation } from "./mutation.ts";

const outside = ["test/promises/p05-callbacks.test.ts", "src/engine/machine/decide.test.ts"];
const limits = ["test/promises/p12-limits.test.ts"];
const plan = ["src/engine/machine/plan.test.ts"];
const sharing = ["test/runner/sharing.test.ts"];
const paused = ["test/runner/pause.test.ts"];
const forked = ["test/runner/fork.test.ts"];

/** The pure half: what follows from a log. */
export const machineMutations: readonly Mutation[] = [
  {
    keeps: "P5",
    what: "a callback is not closed by its outcome",
    code: "  kindOf(operation).register?.close(state, operation);\n",
    becomes: "",
    tests: outside,
  },
  {
    keeps: "P6",
    what: "timers fire a millisecond early",
    code: "if (entry === undefined || entry.at > now) continue;",
    becomes: "if (entry === undefined || entry.at > now + 1) continue;",
    // By the machine's own tests: the plan, too, lets none fire early.
    tests: ["src/engine/machine/timer-heap.test.ts", "src/engine/machine/decide.test.ts"],
  },
  {
    keeps: "P7",
    what: "a suspension that missed something ends all the same",
    code: "  return seen === undefined ? invocation.dueSince !== undefined : invocation.newsSeq > seen;",
    becomes: "  return false;",
    tests: ["test/promises/p07-liveness.test.ts", "test/runner/wakes.test.ts"],
  },
  {
    keeps: "P7",
    what: "suspending with nothing pending is no failure",
    code: "      return hasPending(state)\n",
    becomes: "      return hasPending(state) || true\n",
    tests: ["test/promises/p07-liveness.test.ts"],
  },
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
    keeps: "P8",
    what: "a sign of life is written in an execution that is over",
    code: "  return mayRun ? SIGN_OF_LIFE : NOTHING_CHANGES;",
    becomes: "  return mayRun || header ? SIGN_OF_LIFE : NOTHING_CHANGES;",
    tests: ["src/engine/machine/decide.test.ts"],
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
    keeps: "P10",
    what: "every operation is looked at for each commit",
    code: "  if (commit.owner !== undefined) takeOver(state, commit.owner, commit.at);",
    becomes:
      "  if (commit.owner !== undefined) takeOver(state, commit.owner, commit.at);\n  for (const id of state.operations.keys()) if (id === '') break;",
    tests: ["test/promises/p10-flat-cost.test.ts"],
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
    keeps: "P6",
    what: "timers fire during a pause",
    code: "isPaused(state.header) ? whilePaused(state, here, now) : whileRunning(state, here, now);",
    becomes: "whilePaused && whileRunning(state, here, now);",
    // By the plan's own tests: a runner would look again and again.
    tests: plan,
  },
  {
    keeps: "P6",
    what: "timers that are due are recorded with the timeout of a paused execution",
    code: "const due = isPaused(state.header) ? [] : state.timers",
    becomes: "const due = isPaused === undefined ? [] : state.timers",
    tests: paused,
  },
  {
    keeps: "P2",
    what: "a step that was to begin is recorded as begun during a pause, and counts as cut off after it",
    code: "  if (isPaused(header)) return decideUpdates(state, withoutBeginnings(updates), env);",
    becomes: "  if (isPaused(header)) return decideUpdates(state, withoutBeginnings ? updates : [], env);",
    tests: paused,
  },
  {
    keeps: "P1",
    what: "what comes of a step that ends during a pause is lost, and the step runs again",
    code: 'return invocation === "RUNNING" ? LEAVE_OFF : undefined;',
    becomes: "return LEAVE_OFF && STOP_INVOCATION;",
    tests: paused,
  },
  {
    keeps: "P14",
    what: "a breach takes the place of a pause, and whoever has the version goes on",
    code: "  if (isPaused(state.header)) return leftWith(state, error, invocation);\n",
    becomes: "",
    tests: ["src/engine/machine/decide.test.ts"],
  },
  {
    keeps: "P5",
    what: "a fork waits for an answer that belongs to its source",
    code: "    if (earliest < 0) return grouped(copy);",
    becomes: "    if (earliest < 1e9) return grouped(copy);",
    tests: forked,
  },
  {
    keeps: "P5",
    what: "a fork asks for what was answered already",
    code: "...answers(commits, recorded, end, failed)];",
    becomes: "...(answers ? [] : [])];",
    tests: forked,
  },
  {
    keeps: "P2",
    what: "an attempt that its source was making counts as cut off in the fork",
    code: "    return underWay.get(id) !== each && !(steps.has(id) && failed.has(id));",
    becomes: "    return id !== '' || each === underWay.get(id) || (steps.has(id) && failed.has(id));",
    tests: forked,
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
    keeps: "P9",
    what: "a retry folds with another meaning",
    code: "    fact.dueAt = at + fact.delaySeconds * 1000;",
    becomes: "    fact.dueAt = at + fact.delaySeconds * 1001;",
    tests: ["src/engine/machine/decide.test.ts", "src/engine/machine/checkpoint.test.ts"],
  },
  {
    keeps: "P9",
    what: "a settled operation takes no delivery number of its own",
    code: "  draft.delivery = ++state.deliveries;",
    becomes: "  draft.delivery = state.deliveries;",
    tests: ["test/promises/p09-golden.test.ts"],
  },
  {
    keeps: "P11",
    what: "errors are stored with all that came along",
    code: "  const { errorType, errorMessage, errorData, stackTrace } = error;",
    becomes:
      "  const { errorType, errorMessage, errorData, stackTrace } = error;\n  if (typeof error === 'object') return error;",
    tests: ["test/promises/p11-payloads.test.ts"],
  },
  {
    keeps: "P12",
    what: "updates are not measured",
    code: '    checkPayload(update.payload, "Payload")',
    becomes: "    undefined",
    tests: limits,
  },
  {
    keeps: "P12",
    what: "the result of the execution is not measured",
    code: 'const refused = checkPayload(output.result, "Result");',
    becomes: 'const refused = checkPayload(undefined, "Result");',
    tests: limits,
  },
  {
    keeps: "P12",
    what: "results of callbacks are not measured",
    code: '  return size > limit ? tooLarge({ what, size, limit, unit: "bytes" }) : undefined;',
    becomes: "  return undefined;",
    tests: limits,
  },
  {
    keeps: "P13",
    what: "the machine takes what comes after the end of a context",
    code: "  if (operation.parentId === undefined || isOpenContext(state, operation.parentId)) return;",
    becomes: "  if (operation.id !== '') return;",
    tests: ["src/engine/machine/fold.test.ts"],
  },
  {
    keeps: "P15",
    what: "the data of an error is not stored",
    code: '  if (typeof errorData === "string") stored.errorData = errorData;\n',
    becomes: "",
    tests: ["test/promises/p15-round-trip.test.ts", "src/engine/machine/limits.test.ts"],
  },
  {
    keeps: "P10",
    what: "what is over in a context is kept for ever",
    code: "      if (forgets) forget(state, childId);\n",
    becomes: "",
    tests: ["src/engine/machine/fold.test.ts", "src/engine/machine/machine.test.ts"],
  },
];
