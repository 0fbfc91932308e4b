import type { Mutation } from "./mutation.ts";

const view = ["console/views/model/execution-view.test.ts"];
const objectLines = ["src/homes/cloudflare/object-lines.test.ts"];
const keptLogs = ["src/lambda-compat/http/kept-logs.test.ts"];

/** What the console shows, and what it is shown. */
export const consoleMutations: readonly Mutation[] = [
  {
    keeps: "console",
    what: "what a fork has from its source looks as if it had happened in it",
    code: "    const isCopied = isCopy && isOver;\n",
    becomes: "    const isCopied = false;\n",
    tests: view,
  },
  {
    keeps: "console",
    what: "a wait that an execution was taken back into looks as if it were over",
    code: '      if (fact.kind === "REWOUND") this.#goBack(commit.at);\n',
    becomes: "",
    tests: view,
  },
  {
    keeps: "console",
    what: "a list of several functions skips what lies in pages that were not read yet",
    code: "  const taken = unread < 0 ? merged : merged.slice(0, unread);\n",
    becomes: "  const taken = merged;\n",
    tests: ["console/model/list-store.test.ts"],
  },
  {
    keeps: "console",
    what: "many branches of steps with names of their own make a line for each pair of them",
    code: "  return lines > LINES_OF_EACH * order.items.length ? sharedJoins(order, members) : directJoins(order, members);\n",
    becomes: "  return directJoins(order, members);\n",
    tests: ["console/model/graph.test.ts"],
  },
  {
    keeps: "console",
    what: "a graph of many branches forgets what ended before the last one that did",
    code: "    if (from >= known) joins.begin();\n",
    becomes: "    joins.begin();\n",
    tests: ["console/model/graph-scrub.test.ts"],
  },
  {
    keeps: "console",
    what: "the part of the time that is shown does not follow the slider",
    code: "  const start = from + (to - from - length) * place;\n",
    becomes: "  const start = from;\n",
    tests: ["console/model/time-window.test.ts"],
  },
  {
    keeps: "console",
    what: "a time as the upper bound of a list leaves out what started just then",
    code: " || row.startedAt > (filter.before ?? row.startedAt)) return false;\n",
    becomes: " || row.startedAt >= (filter.before ?? row.startedAt + 1)) return false;\n",
    tests: ["console/model/filter.test.ts"],
  },
  {
    keeps: "console",
    what: "an attempt that has not ended counts among those that an execution has taken",
    code: '  return kind === "work" && to !== undefined;\n',
    becomes: '  return kind === "work";\n',
    tests: ["console/model/cost.test.ts"],
  },
  {
    keeps: "console",
    what: "attempts can be compared that had not ended at the commit that is looked at",
    code: " && toSeq !== undefined && toSeq <= seq)\n",
    becomes: " && toSeq !== undefined)\n",
    tests: ["console/model/comparable.test.ts"],
  },
  {
    keeps: "console",
    what: "lines that are kept of one execution have no bound",
    code: "    if (kept.lines.length > this.#linesOfEach) this.#drop(kept);\n",
    becomes: "",
    tests: keptLogs,
  },
  {
    keeps: "console",
    what: "lines that are kept of all executions have no bound",
    code: "    this.#count(kept, line.text.length);\n",
    becomes: "",
    tests: keptLogs,
  },
  {
    keeps: "console",
    what: "a long line that was cut is held in memory as a whole",
    code: "(JSON.parse(JSON.stringify(text.slice(0, LONGEST_LINE))) as string) : text;\n",
    becomes: "text.slice(0, LONGEST_LINE) : text;\n",
    tests: keptLogs,
  },
  {
    keeps: "console",
    what: "a host that was there from the start is said to lack lines",
    code: 'return since > startedAt ? { kind: "EARLIER", since, service } : undefined;\n',
    becomes: 'return { kind: "EARLIER", since, service };\n',
    tests: ["console/model/other-lines.test.ts"],
  },
  {
    keeps: "console",
    what: "the API on Lambda names its own log group, whatever it is told",
    code: 'const { region = environment("AWS_REGION"), logGroup = environment("AWS_LAMBDA_LOG_GROUP_NAME") } = options;\n',
    becomes: 'const [region, logGroup] = [environment("AWS_REGION"), environment("AWS_LAMBDA_LOG_GROUP_NAME")];\n',
    tests: ["src/homes/aws/log-group.test.ts"],
  },
  {
    keeps: "console",
    what: "lines that had to go are not told of",
    code: "    kept.since = Math.max(kept.since, line.at);\n",
    becomes: "",
    tests: keptLogs,
  },
  {
    keeps: "console",
    what: "an execution whose lines were forgotten looks as if it had written none",
    code: "    this.#since = Math.max(this.#since, kept.since, kept.lines.at(-1)?.at ?? 0);\n",
    becomes: "",
    tests: keptLogs,
  },
  {
    keeps: "console",
    what: "the lines in the memory of an object have the bounds of a machine of one's own",
    code: "    characters: CHARACTERS,\n",
    becomes: "",
    tests: objectLines,
  },
  {
    keeps: "console",
    what: "whoever has read the lines of an object misses those of the one that comes after it",
    code: "    firstNumber: now * 1000,\n",
    becomes: "",
    tests: objectLines,
  },
  {
    keeps: "P5",
    what: "who may only read finds ids of callbacks in log lines",
    code: "  return shown(call, { Lines: lines.map(toWire), NextMarker, Since: seconds(since), Elsewhere });\n",
    becomes: "  return Response.json({ Lines: lines.map(toWire), NextMarker, Since: seconds(since), Elsewhere });\n",
    tests: keptLogs,
  },
];
