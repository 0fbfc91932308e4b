/** All commands, in the order in which the help lists them. */

import { API_OPTIONS } from "./api/open-api.ts";
import type { OptionSpecs } from "./arguments.ts";
import type { CommandSpec } from "./command.ts";
import { requireNode } from "./require-node.ts";

const JSON_OPTION: OptionSpecs = { json: { help: "the answer as JSON" } };
const FAILURE: OptionSpecs = {
  message: { value: "TEXT", help: "the error's message" },
  type: { value: "NAME", help: "the error's type" },
};
const POINT: OptionSpecs = {
  before: { value: "OPERATION", help: "from before this operation, by its id or its name" },
  commit: { value: "N", help: "from what was recorded up to this commit of its log" },
};
const FILTERS: OptionSpecs = {
  status: {
    value: "STATUS",
    help: "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or STOPPED; may be repeated",
    repeats: true,
  },
  name: { value: "NAME", help: "those of this name" },
  prefix: { value: "TEXT", help: "those whose names begin with it; not on AWS" },
  tag: { value: "KEY=VALUE", help: "those with this tag; repeated, with all of them; not on AWS", repeats: true },
  halted: { help: "those that wait for a repair; not on AWS" },
};
const EXECUTION = "An execution is FUNCTION/NAME, an ARN, or NAME alone where that is clear.";

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "dev",
    usage: "FILE...",
    summary: "run durable functions on this machine, as Lambda does",
    details:
      "A file is ./handler.ts, ./handler.ts#export or name=./handler.ts#export, of perdure or of AWS's SDK. It is loaded\n" +
      "as it is, watched, and run in processes of its own.",
    options: {
      port: { value: "N", help: "where it listens (default 9014; 0 for any that is free)" },
      host: { value: "ADDRESS", help: "to whom it listens (default 127.0.0.1, this machine alone)" },
      data: { value: "DIR", help: "where its state is kept (default .perdure)" },
      timeout: { value: "SECONDS", help: "how long one invocation may take, 1 to 900 (default 60)" },
      processes: { value: "N", help: "how many processes a function has at a time, at most (default 10)" },
      "time-scale": { value: "N", help: "how fast its clock goes: 60 makes an hour a minute (default 1)" },
      "no-watch": { help: "do not load files again when they change" },
      sam: { help: "take what sam local sends: needs no credential on this machine" },
    },
    count: [0, Number.POSITIVE_INFINITY],
    load: async () => {
      requireNode(process.versions.node);
      return (await import("./commands/dev.ts")).dev;
    },
  },
  {
    name: "invoke",
    usage: "FUNCTION [EVENT]",
    summary: "start an execution, and wait for its result",
    details: "EVENT is JSON, @FILE, or - for the standard input. What happens is told on the standard error.",
    options: {
      name: { value: "NAME", help: "of the execution: the same name, event and version find the same one" },
      async: { help: "print the execution's ARN, and do not wait" },
      tenant: { value: "ID", help: "the tenant that it is invoked for" },
      tag: { value: "KEY=VALUE", help: "what it is found by; may be repeated; not on AWS", repeats: true },
      at: { value: "TIME", help: "when it begins, as 2030-01-31T09:00Z; not on AWS" },
      quiet: { short: "q", help: "do not tell what happens" },
      ...JSON_OPTION,
      ...API_OPTIONS,
    },
    count: [1, 2],
    load: async () => (await import("./commands/invoke.ts")).invoke,
  },
  {
    name: "list",
    usage: "[FUNCTION]",
    summary: "executions, the newest first",
    options: {
      ...FILTERS,
      limit: { value: "N", help: "how many at most (default 50)" },
      ...JSON_OPTION,
      ...API_OPTIONS,
    },
    count: [0, 1],
    load: async () => (await import("./commands/list.ts")).list,
  },
  {
    name: "show",
    usage: "EXECUTION",
    summary: "how an execution stands",
    details: EXECUTION,
    options: { ...JSON_OPTION, ...API_OPTIONS },
    count: [1, 1],
    load: async () => (await import("./commands/show.ts")).show,
  },
  {
    name: "history",
    usage: "EXECUTION",
    summary: "all that has happened",
    details: `${EXECUTION}\nWhat --json and --log print can be replayed against other code: perdure replay.`,
    options: {
      ...JSON_OPTION,
      log: { help: "the log itself, a commit a line; not from AWS" },
      ...API_OPTIONS,
    },
    count: [1, 1],
    load: async () => (await import("./commands/history.ts")).history,
  },
  {
    name: "tail",
    usage: "EXECUTION",
    summary: "what happens, until the execution has ended",
    details: EXECUTION,
    options: { json: { help: "an event a line, as JSON" }, ...API_OPTIONS },
    count: [1, 1],
    load: async () => (await import("./commands/tail.ts")).tail,
  },
  {
    name: "callback",
    usage: "succeed|fail|heartbeat [ID] [RESULT]",
    summary: "answer what an execution waits for",
    details:
      "RESULT is text as the handler gets it, @FILE, or - for the standard input; JSON if the handler's serdes reads " +
      "JSON. With --of no ID is given.",
    options: {
      of: { value: "EXECUTION", help: "the callback that this execution waits for" },
      callback: { value: "NAME", help: "with --of: the one of this name" },
      ...FAILURE,
      quiet: { short: "q", help: "say nothing when it is done" },
      ...API_OPTIONS,
    },
    count: [1, 3],
    load: async () => (await import("./commands/callback.ts")).callback,
  },
  {
    name: "stop",
    usage: "EXECUTION",
    summary: "end an execution where it is",
    details: EXECUTION,
    options: { ...FAILURE, ...JSON_OPTION, ...API_OPTIONS },
    count: [1, 1],
    load: async () => (await import("./commands/stop.ts")).stop,
  },
  {
    name: "resume",
    usage: "EXECUTION",
    summary: "go on with one that waits for a repair; not on AWS",
    details: EXECUTION,
    options: { to: { value: "VERSION", help: "go on with this version of the function" }, ...API_OPTIONS },
    count: [1, 1],
    load: async () => (await import("./commands/resume.ts")).resume,
  },
  {
    name: "pause",
    usage: "EXECUTION",
    summary: "have nothing begin in one until it is resumed; not on AWS",
    details: `${EXECUTION}\nA step that runs comes to its end, and callbacks are taken.`,
    options: { reason: { value: "TEXT", help: "why, for whoever looks at it" }, ...API_OPTIONS },
    count: [1, 1],
    load: async () => (await import("./commands/operate.ts")).pause,
  },
  {
    name: "fork",
    usage: "EXECUTION",
    summary: "begin a new one with what this one has recorded; not on AWS",
    details: `${EXECUTION}\nWithout --before and --commit it retries what has failed. The new one's ARN is printed.`,
    options: {
      ...POINT,
      name: { value: "NAME", help: "of the new execution: asked again, it is found" },
      to: { value: "VERSION", help: "the version of the function that it runs" },
      ...JSON_OPTION,
      ...API_OPTIONS,
    },
    count: [1, 1],
    load: async () => (await import("./commands/operate.ts")).fork,
  },
  {
    name: "rewind",
    usage: "EXECUTION",
    summary: "have one go on from an earlier point; not on AWS",
    details: EXECUTION,
    options: { ...POINT, to: { value: "VERSION", help: "go on with this version of the function" }, ...API_OPTIONS },
    count: [1, 1],
    load: async () => (await import("./commands/operate.ts")).rewind,
  },
  {
    name: "purge",
    usage: "EXECUTION",
    summary: "remove one that has ended, now; not on AWS",
    details: EXECUTION,
    options: { ...API_OPTIONS },
    count: [1, 1],
    load: async () => (await import("./commands/operate.ts")).purge,
  },
  {
    name: "bulk",
    usage: "stop|pause|resume|purge [FUNCTION]",
    summary: "the same for all executions that the filters find; on AWS stop alone",
    details:
      "Without --yes it only says how many there are. What was done before it is cut off stays done, and the same command\n" +
      "goes on with the others. Without --status: stop and pause are for those that run, purge for those that have ended,\n" +
      "resume for those that are halted or paused.",
    options: {
      yes: { help: "do it" },
      ...FILTERS,
      limit: { value: "N", help: "to how many at most, the newest first (default: to all)" },
      ...FAILURE,
      reason: { value: "TEXT", help: "why they are paused, for people" },
      to: { value: "VERSION", help: "resume with this version of the function" },
      ...JSON_OPTION,
      ...API_OPTIONS,
    },
    count: [1, 2],
    load: async () => (await import("./commands/bulk.ts")).bulk,
  },
  {
    name: "console",
    usage: "[FILE...]",
    summary: "look at executions in a browser, and do something about them",
    details:
      "A page on this machine, opened with a link for one use. It shows the executions of an emulator, of --url, or of AWS\n" +
      "itself, whose calls are signed with your credentials. The token and the credentials stay in this process. With the\n" +
      "files of handlers it also holds a history against their code.",
    options: { port: { value: "N", help: "where it listens (default: any that is free)" }, ...API_OPTIONS },
    count: [0, Number.POSITIVE_INFINITY],
    load: async () => (await import("./commands/console.ts")).openConsole,
  },
  {
    name: "replay",
    usage: "LOG HANDLER",
    summary: "a recorded execution against today's code: where do they part?",
    details:
      "LOG is a file that history --log, history --json or the playground wrote, or - for the standard input. HANDLER is a\n" +
      "file, or FILE#export. No step runs and nothing is written.",
    options: {
      "every-commit": { help: "from every commit, as if the process had died after each" },
      ...JSON_OPTION,
    },
    count: [2, 2],
    load: async () => (await import("./commands/replay.ts")).replay,
  },
  {
    name: "skip",
    usage: "[DURATION]",
    summary: "put the emulator's clock forward: 45s, 15m, 1h30m, 2d",
    details: "Without a duration it tells the time.",
    options: { ...JSON_OPTION, data: API_OPTIONS["data"] ?? { help: "" } },
    count: [0, 1],
    load: async () => (await import("./commands/skip.ts")).skip,
  },
];
