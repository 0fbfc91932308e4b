import { readFileSync } from "node:fs";
import { openApi } from "../api/open-api.ts";
import type { Arguments } from "../arguments.ts";
import type { Run } from "../command.ts";
import { tagNamed } from "../executions.ts";
import { CommandError, ExitCode, usageError } from "../failures.ts";
import { follow } from "../follow.ts";
import { outcome } from "../outcome.ts";
import { printable } from "../terminal.ts";
import { eventLine, readable } from "../texts.ts";

export const invoke: Run = async ({ args, terminal }) => {
  const payload = readPayload(args.positionals[1], "The event");
  const api = await openApi(args);
  const own = ["tag", "at"].find((option) => args.has(option));
  if (api.isAws && own !== undefined) throw usageError(`AWS's Invoke takes no --${own}.`);
  const { DurableExecutionArn: arn } = await api.call("Invoke", {
    ...request(args),
    ...(payload !== undefined && { Payload: payload }),
  });
  if (arn === undefined) throw new CommandError(ExitCode.REFUSED, "That is no durable function: nothing was recorded.");
  if (args.has("async")) {
    if (args.has("json")) terminal.json({ DurableExecutionArn: arn });
    else terminal.print(arn);
    return ExitCode.OK;
  }
  if (!args.has("quiet")) terminal.note(arn);
  const details = await follow(api, arn, {
    terminal,
    onEvent: (event) => {
      if (!args.has("quiet")) terminal.note(terminal.paint(printable(eventLine(event)), "dim"));
    },
  });
  if (args.has("json")) terminal.json(readable(details));
  return outcome(terminal, details, { prints: !args.has("json"), tells: !args.has("quiet") });
};

function request(args: Arguments) {
  const [, name = "", qualifier = "$LATEST"] = /^(.+?)(?::(\$LATEST|[\w.-]+))?$/.exec(args.at(0)) ?? [];
  const isArn = name.startsWith("arn:");
  return {
    ...(isArn ? { FunctionName: args.at(0) } : { FunctionName: name, Qualifier: qualifier }),
    InvocationType: "Event",
    ...(args.has("name") && { DurableExecutionName: args.get("name") }),
    ...(args.has("tenant") && { TenantId: args.get("tenant") }),
    ...(args.has("tag") && { Tags: new URLSearchParams(args.all("tag").map(tagPair)).toString() }),
    ...(args.has("at") && { StartAt: args.get("at") }),
  };
}

function tagPair(text: string): [string, string] {
  return [...tagNamed(text)];
}

/**
 * JSON as it is given, of a file as `@FILE`, or of the standard input as `-`.
 *
 * @throws {CommandError} USAGE for what is no JSON.
 */
export function readPayload(given: string | undefined, what: string): string | undefined {
  const text = readText(given);
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw usageError(`${what} is no JSON: ${(error as Error).message}. A text needs its quotes: '"text"'.`);
  }
}

/** Text as it is given, of a file as `@FILE`, or of the standard input as `-`. */
export function readText(given: string | undefined): string | undefined {
  if (given === "-") return readFileSync(0, "utf8");
  return given?.startsWith("@") ? readFile(given.slice(1)) : given;
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw usageError(`There is no file ${path}.`);
  }
}
