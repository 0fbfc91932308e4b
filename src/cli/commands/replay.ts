/** `perdure replay LOG HANDLER`: will executions that began with older code go on with this code? Nothing is run anew. */

import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { decodeCommit } from "../../engine/machine/commit-codec.ts";
import { exportedFunctions, handlerOf, type HandlerModule } from "../../homes/local/exported-functions.ts";
import { nameOf, parseSource } from "../../homes/local/function-source.ts";
import { loadHint } from "../../homes/local/load-hint.ts";
import { watchLoading } from "../../homes/local/loaded-files.ts";
import { takeImportsForModules } from "../../homes/local/typescript-modules.ts";
import type { DurableLambdaHandler } from "../../lambda-compat/types.ts";
import { durableFunctionOf } from "../../lambda-compat/hosted-invocation.ts";
import { replayLog, type ReplayReport } from "../../testing/replay-log.ts";
import type { Run } from "../command.ts";
import { ExitCode, usageError } from "../failures.ts";
import { logOf } from "../recorded-log.ts";
import { printable, type Terminal } from "../terminal.ts";

export const replay: Run = async ({ args, terminal }) => {
  const log = readLogFile(args.at(0));
  const [first] = log.map((body) => decodeCommit(body).facts).flat();
  const functionName = first?.kind === "EXECUTION_STARTED" ? first.functionName : "";
  const handler = await loadHandler(args.at(1), functionName);
  const report = await replayLog(log, handler, { fromEveryCommit: args.has("every-commit") });
  if (args.has("json")) terminal.json(shown(report));
  else tell(terminal, report, log);
  return report.matches ? ExitCode.OK : ExitCode.FAILED;
};

function readLogFile(path: string): readonly string[] {
  if (path !== "-" && !existsSync(path)) throw usageError(`There is no file ${path}.`);
  try {
    const log = logOf(readFileSync(path === "-" ? 0 : path, "utf8"));
    for (const body of log) decodeCommit(body);
    return log;
  } catch (error) {
    throw usageError(`${path} is no recorded execution: ${(error as Error).message}`);
  }
}

/** Of several functions the one that the log is of. */
async function loadHandler(text: string, functionName: string): Promise<DurableLambdaHandler> {
  const source = parseSource(text);
  const file = relative(process.cwd(), source.file);
  if (!existsSync(source.file)) throw usageError(`There is no file ${file}.`);
  const module = await load(source.file);
  const functions = functionsIn(module, source.exportName, file);
  const named = functions.filter((each) => functions.length === 1 || nameOf(source, each) === functionName);
  const [chosen] = named;
  if (chosen === undefined) {
    const names = functions.map(({ exportName }) => `${file}#${exportName}`);
    throw usageError(`The log is of the function "${functionName}". Say which of these it is: ${names.join(", ")}`);
  }
  const handler = handlerOf(module, chosen.exportName);
  if (durableFunctionOf(handler) !== undefined) return handler as DurableLambdaHandler;
  throw usageError(
    `${file}#${chosen.exportName} was not made by perdure's withDurableExecution: only that can be replayed.`,
  );
}

function functionsIn(module: HandlerModule, exportName: string, file: string): ReturnType<typeof exportedFunctions> {
  try {
    return exportedFunctions(module, { usesAwsSdk: false, exportName });
  } catch (error) {
    throw usageError(`${file} cannot be replayed. ${(error as Error).message}`);
  }
}

async function load(file: string): Promise<HandlerModule> {
  takeImportsForModules();
  const loading = watchLoading();
  try {
    return (await import(pathToFileURL(file).href)) as HandlerModule;
  } catch (error) {
    const hint = await loadHint(error, loading.allFiles());
    throw usageError(`${file} cannot be loaded. ${(error as Error).message}\n${hint ?? ""}`.trimEnd());
  }
}

function shown(report: ReplayReport): object {
  return report.matches ? report : { matches: false, commit: report.seq, difference: report.difference };
}

function tell(terminal: Terminal, report: ReplayReport, log: readonly string[]): void {
  if (report.matches) {
    terminal.print(terminal.paint(`The code matches, up to commit ${log.length} of ${log.length}.`, "green"));
    return;
  }
  terminal.print(terminal.paint(`The code and the log part at commit ${report.seq} of ${log.length}:`, "red"));
  terminal.print(printable(report.difference));
}
