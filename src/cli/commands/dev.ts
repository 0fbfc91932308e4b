/**
 * `perdure dev`: the service side of Lambda durable functions on this machine, until it is ended by Ctrl+C. Its state
 * outlives it, however it ends.
 */

import { existsSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import { DATA_FOLDER, DataFolder } from "../../homes/local/data-folder.ts";
import { createLocalHost, type LocalHost, type LocalHostOptions } from "../../homes/local/local-host.ts";
import { type FunctionSource, parseSource } from "../../homes/local/function-source.ts";
import type { Arguments } from "../arguments.ts";
import type { Run } from "../command.ts";
import { CommandError, ExitCode, usageError } from "../failures.ts";
import { replayHere } from "../replay-here.ts";
import { DevLog } from "../dev-log.ts";
import { listenToKeys } from "../dev-keys.ts";
import { devWelcome } from "../dev-welcome.ts";
import { untilStopped } from "../until-stopped.ts";

/** SAM's own emulator listens there. */
const PORT = 9014;
const LOOPBACK = "127.0.0.1";
const TIMEOUT_SECONDS = 60;
const PROCESSES = 10;

export const dev: Run = async ({ args, terminal }) => {
  const sources = args.positionals.map(existingSource);
  if (sources.length === 0 && !args.has("sam"))
    throw usageError("Name the file of a handler: perdure dev ./handler.ts");
  // Files that are written from here on are for this user alone.
  process.umask(0o077);
  const log = new DevLog(terminal);
  const folder = new DataFolder(resolve(args.get("data") ?? process.env["PERDURE_FOLDER"] ?? DATA_FOLDER));
  const options = hostOptions(args, { folder, sources, log });
  const stopped = untilStopped();
  const host = await open(options);
  log.follow(host.clock);
  terminal.print(
    devWelcome(host, {
      folder: relative(process.cwd(), folder.path) || ".",
      isOpen: options.host !== LOOPBACK,
      sam: options.sam,
    }),
  );
  const stopKeys = listenToKeys(host, log);
  await stopped;
  stopKeys();
  await host.close();
  terminal.print("Stopped. The same command goes on where this left off.");
  return ExitCode.OK;
};

function existingSource(text: string): FunctionSource {
  const source = parseSource(text);
  if (existsSync(source.file)) return source;
  throw usageError(`There is no file ${relative(process.cwd(), source.file) || basename(source.file)}.`);
}

function hostOptions(
  args: Arguments,
  {
    folder,
    sources,
    log,
  }: { readonly folder: DataFolder; readonly sources: readonly FunctionSource[]; readonly log: DevLog },
): LocalHostOptions {
  const port = args.number("port", { least: 0, most: 65_535 });
  const seconds = args.number("timeout", { least: 1, most: 900 });
  const timeScale = args.number("time-scale", { least: 0.001, most: 1_000_000 });
  const most = args.number("processes", { least: 1, most: 1000 });
  return {
    folder,
    sources,
    host: args.get("host") ?? LOOPBACK,
    port: port ?? PORT,
    timeoutMs: (seconds ?? TIMEOUT_SECONDS) * 1000,
    most: Math.floor(most ?? PROCESSES),
    timeScale: timeScale ?? 1,
    watches: !args.has("no-watch"),
    sam: args.has("sam"),
    onLine: (name, line) => log.line(name, line),
    replay: (candidates, functionName, recorded) => replayHere(candidates, { functionName, log: recorded }),
    onNotice: (text) => log.notice(text),
    onOutput: (header, output) => log.output(header, output),
    onError: (id, error, header) => log.error(id, error, header),
  };
}

async function open(options: LocalHostOptions): Promise<LocalHost> {
  try {
    return await createLocalHost(options);
  } catch (error) {
    throw openFailure(error, options);
  }
}

function openFailure(error: unknown, { folder, host, port }: LocalHostOptions): unknown {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: string };
  if (code === "STORE_IN_USE") {
    const running = folder.running();
    const who = running === undefined ? "Another process" : `Process ${running.pid}, at ${running.url},`;
    return usageError(`${who} has ${folder.path} already. End it, or give this one a folder of its own: --data DIR`);
  }
  if (code === "EADDRINUSE") {
    return usageError(
      `Port ${port} of ${host} is in use. End the program that has it, or give another: --port N (0 for any that is free)`,
    );
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL")
    return usageError(`It cannot listen at ${host}:${port}: ${message}`);
  if (code === "UNUSABLE_FILE") return new CommandError(ExitCode.USAGE, message ?? "");
  return error;
}
