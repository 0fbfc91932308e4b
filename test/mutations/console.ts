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
