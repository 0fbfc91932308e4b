import type { Mutation } from "./mutation.ts";

const paused = ["test/runner/pause.test.ts"];
const forked = ["test/runner/fork.test.ts"];
const rewound = ["test/runner/rewind.test.ts"];
const plan = ["src/engine/machine/plan.test.ts"];

/** Pauses, forks and rewinds. */
export const operatingMutations: readonly Mutation[] = [
  {
    keeps: "operating",
    what: "the command reads from the history what is open, and so names what a rewind has left behind",
    code: "  if (api.isAws) return openInHistory(",
    becomes: "  if (api.place !== '') return openInHistory(",
    tests: ["test/cli/faces.test.ts"],
  },
  {
    keeps: "operating",
    what: "a name means operations that a rewind has left behind, too",
    code: "  const named = isRewound ? await namedInLog(",
    becomes: "  const named = isRewound && text === '' ? await namedInLog(",
    tests: ["test/cli/faces.test.ts"],
  },
  {
    keeps: "operating",
    what: "what a context that has ended had begun is open still",
    code: "journal.filter((operation) => isLive(state, operation)) : journal;",
    becomes: "journal.filter(({ endedAt }) => endedAt === undefined) : journal;",
    tests: ["test/runner/open-operations.test.ts"],
  },
  {
    keeps: "tags",
    what: "a fork has none of the tags that its source was started with",
    code: "  if (command.fork.tags !== undefined) fact.tags = command.fork.tags;\n",
    becomes: "",
    tests: ["test/runner/tags.test.ts"],
  },
  {
    keeps: "tags",
    what: "an execution that was rewound keeps tags that were undone",
    code: "    tags: _tags,\n",
    becomes: "",
    tests: ["test/runner/tags.test.ts"],
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
    keeps: "P7",
    what: "a fork of what was rewound waits for a callee that has told its outcome long ago",
    code: "return grouped(copy.map(asFirstCalled));",
    becomes: "return grouped(asFirstCalled === undefined ? [] : copy);",
    tests: forked,
  },
  {
    keeps: "P2",
    what: "a step that had begun when a pause came is not known to have, and runs again after it",
    code: 'this.update("START", atMostOnce ? undefined : BEGUN)',
    becomes: 'this.update("START", BEGUN && undefined)',
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
    code: "    if (earliest < 0) return grouped(copy.map(asFirstCalled));",
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
    keeps: "P4",
    what: "an invocation goes on in an execution that was rewound under it",
    code: 'if (commit.facts[0]?.kind === "REWOUND") this.#claims.fence("HERE");',
    becomes: 'if (commit.facts[0]?.kind === "REWOUND") return;',
    tests: rewound,
  },
  {
    keeps: "P7",
    what: "what was called before a rewind is not called again after it",
    code: "    if (this.#rewinds === rewinds) return;\n",
    becomes: "    if (this.#rewinds !== rewinds || this.#options !== undefined) return;\n",
    tests: rewound,
  },
  {
    keeps: "P7",
    what: "the outcome of a call from before a rewind is taken for that of the call after it",
    code: 'if (operation?.type !== "CHAINED_INVOKE" || (operation.rewinds ?? 0) !== rewinds) return NOTHING_CHANGES;',
    becomes: 'if (operation?.type !== "CHAINED_INVOKE" || rewinds < 0) return NOTHING_CHANGES;',
    tests: rewound,
  },
  {
    keeps: "P1",
    what: "what ends during a pause does not lead to another invocation after a resume that came before it",
    code: "  return hasLeftOff ? { ...output, again: true } : { ...output, seen };",
    becomes: "  return { ...output, seen: hasLeftOff ? seen : seen };",
    tests: ["test/runner/pause.test.ts"],
  },
  {
    keeps: "P6",
    what: "a rewind that finds another one under way, or the pause of one whose process is gone, leaves the execution paused",
    code: "if (header.halt === undefined || !isPaused(header) || isPausedForRewind(header)) return { facts: [fact] };",
    becomes: "if (header.halt === undefined || !isPaused(header)) return { facts: [fact] };",
    tests: rewound,
  },
  {
    keeps: "P6",
    what: "a rewind ends the pause that an operator has asked for meanwhile",
    code: "if (isPaused(header) && (isForRewind || !isPausedForRewind(header))) return NOTHING_CHANGES;",
    becomes: "if (isPaused(header)) return NOTHING_CHANGES;",
    tests: rewound,
  },
  {
    keeps: "P7",
    what: "a rewind that is refused in the midst of it leaves the execution paused",
    code: "    await goOn(session);\n",
    becomes: "",
    tests: rewound,
  },
  {
    keeps: "P6",
    what: "a fork of what has not begun yet begins at once",
    code: "    ...(startAt !== undefined && { startAt }),\n  };\n}\n\nfunction invalid",
    becomes: "  };\n}\n\nfunction invalid",
    tests: forked,
  },
];
