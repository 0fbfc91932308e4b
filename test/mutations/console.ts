import type { Mutation } from "./mutation.ts";

const view = ["console/views/model/execution-view.test.ts"];
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
    what: "links that share the room between two layers of a graph share a bar, which says of each what the other says",
    code: "  return gap !== undefined && gaps.size === 1 && uses[gap] === 1;\n",
    becomes: "  return gap !== undefined && gaps.size === 1;\n",
    tests: ["console/model/graph-wires.test.ts"],
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
    keeps: "P5",
    what: "who may only read finds ids of callbacks in log lines",
    code: "  return shown(call, { Lines: lines.map(toWire), NextMarker });\n",
    becomes: "  return Response.json({ Lines: lines.map(toWire), NextMarker });\n",
    tests: keptLogs,
  },
];
