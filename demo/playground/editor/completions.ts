import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
} from "@codemirror/autocomplete";

const methods: readonly Completion[] = [
  snippetCompletion('step("${name}", async () => ${value})', {
    label: "step",
    type: "method",
    detail: "(name, fn, config?)",
    info: "Runs a function and records its result. On replay the record answers and the function does not run.",
  }),
  snippetCompletion('wait("${name}", { seconds: ${10} })', {
    label: "wait",
    type: "method",
    detail: "(name, duration)",
    info: "Waits a second or a year. Nothing has to stay in memory meanwhile.",
  }),
  snippetCompletion('waitForCallback("${name}", async (callbackId) => {\n\t${}\n}, { timeout: { hours: ${1} } })', {
    label: "waitForCallback",
    type: "method",
    detail: "(name, submitter, config?)",
    info: "Hands out a callback id, then waits until somebody completes it.",
  }),
  snippetCompletion('createCallback("${name}", { timeout: { hours: ${1} } })', {
    label: "createCallback",
    type: "method",
    detail: "(name, config?)",
    info: "Resolves with [promise, callbackId]. The promise settles when somebody completes the callback.",
  }),
  snippetCompletion(
    'waitForCondition("${name}", async (state) => ${state}, {\n\tinitialState: ${0},\n\twaitStrategy: (state) => ({ shouldContinue: true, delay: { seconds: 10 } }),\n})',
    {
      label: "waitForCondition",
      type: "method",
      detail: "(name, check, config)",
      info: "Checks again and again, waiting in between, until the strategy says that it is enough.",
    },
  ),
  snippetCompletion('invoke("${name}", "${functionName}", ${input})', {
    label: "invoke",
    type: "method",
    detail: "(name, function, input, config?)",
    info: "Starts another durable function and waits for its result.",
  }),
  snippetCompletion('runInChildContext("${name}", async (child) => {\n\t${}\n})', {
    label: "runInChildContext",
    type: "method",
    detail: "(name, fn, config?)",
    info: "Groups operations. The group's result is recorded as one.",
  }),
  snippetCompletion('map("${name}", ${items}, async (item, value, index) => {\n\t${}\n}, { maxConcurrency: ${3} })', {
    label: "map",
    type: "method",
    detail: "(name, items, fn, config?)",
    info: "Runs a function for each item, several at a time, each in a context of its own.",
  }),
  snippetCompletion('parallel("${name}", [\n\tasync (branch) => ${value},\n])', {
    label: "parallel",
    type: "method",
    detail: "(name, branches, config?)",
    info: "Runs branches at once, each in a context of its own.",
  }),
  {
    label: "promise",
    type: "property",
    detail: "all, allSettled, any, race",
    info: "Combinators whose outcome is recorded.",
  },
  { label: "logger", type: "property", detail: "debug, info, warn, error", info: "Silent while replaying." },
  { label: "executionContext", type: "property", detail: "{ durableExecutionArn }" },
  { label: "configureLogger", type: "method", detail: "(config)" },
  { label: "configureSerdes", type: "method", detail: "(config)" },
];

const combinators: readonly Completion[] = ["all", "allSettled", "any", "race"].map((name) =>
  snippetCompletion(`${name}("\${name}", [\${promises}])`, { label: name, type: "method", detail: "(name, promises)" }),
);

const logs: readonly Completion[] = ["debug", "info", "warn", "error"].map((label) => ({
  label,
  type: "method",
  detail: "(message, data?)",
}));

const imports: readonly Completion[] = [
  "withDurableExecution",
  "DurableContext",
  "Duration",
  "createRetryStrategy",
  "createLinearRetryStrategy",
  "createWaitStrategy",
  "retryPresets",
  "withRetry",
  "StepSemantics",
  "StepError",
  "CallbackError",
  "CallbackTimeoutError",
  "InvokeError",
  "ChildContextError",
].map((label) => ({ label, type: /^[A-Z]/.test(label) ? "class" : "function", detail: "perdure" }));

/** Completes the members of durable contexts, and what `perdure` exports. */
export function completeDurable(context: CompletionContext): CompletionResult | null {
  const member = context.matchBefore(/[\w$]+(?:\.promise|\.logger)?\.\w*$/);
  if (member !== null) return completeMember(context, member.text);
  const word = context.matchBefore(/\w+$/);
  if (word === null || (word.text.length < 2 && !context.explicit)) return null;
  return { from: word.from, options: [...imports], validFor: /^\w*$/ };
}

function completeMember(context: CompletionContext, text: string): CompletionResult | null {
  const [object = "", ...path] = text.split(".");
  const typed = path.at(-1) ?? "";
  if (!isContext(object, context.state.doc.toString())) return null;
  const options = path.length === 1 ? methods : path[0] === "promise" ? combinators : logs;
  return { from: context.pos - typed.length, options: [...options], validFor: /^\w*$/ };
}

/** By its type, or as the first parameter of a child's function. */
export function isContext(name: string, code: string): boolean {
  const escaped = name.replaceAll("$", "\\$");
  const declared = new RegExp(`\\b${escaped}\\s*:\\s*DurableContext\\b`);
  const child = new RegExp(`\\.(runInChildContext|map|parallel)\\([^]*?\\(\\s*${escaped}\\b[^)]*\\)\\s*=>`);
  return declared.test(code) || child.test(code) || /^(context|ctx)$/.test(name);
}
