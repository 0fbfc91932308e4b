/**
 * `npm start`: the demo Worker on this machine, with stand-ins for S3 and MediaConvert. Everything it knows is in
 * `.perdure/`, so it may be killed at any moment and started again.
 */

import { join, relative } from "node:path";
import { startStandIns, type StandIns } from "../demo/stand-ins/stand-ins.ts";
import { buildPlayground } from "./build-playground.ts";
import { formatLogLine } from "./log-line.ts";
import { choosePorts, loadCredential, lockSettings, settingsFolder } from "./local-settings.ts";
import { startLocalWorker, type LocalWorker } from "./local-worker.ts";
import { welcome } from "./welcome.ts";

/** The time that the stand-in takes to encode a video, in ms. */
const ENCODING_MS = 20_000;

try {
  await start();
} catch (error) {
  console.error(`\nperdure did not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  // Files that are written from here on are for this user alone.
  process.umask(0o077);
  const unlock = lockSettings("npm start");
  process.once("exit", unlock);
  const credential = loadCredential();
  const ports = await choosePorts();
  const standIns = await startStandIns({
    objectStorePort: ports.objectStore,
    mediaConvertPort: ports.mediaConvert,
    progress: { milliseconds: ENCODING_MS },
    stateFile: join(settingsFolder, "stand-ins.json"),
  });
  addSource(standIns);
  const playground = join(settingsFolder, "playground");
  await buildPlayground(playground);
  console.log("Starting the Worker ...");
  const starting = startLocalWorker({
    port: ports.worker,
    folder: settingsFolder,
    assets: playground,
    environment: { ...standIns.environment, PERDURE_CREDENTIALS: JSON.stringify([credential]) },
    onLine: (line) => {
      const text = formatLogLine(line);
      if (text !== undefined) console.log(text);
    },
  });
  const worker = await starting.catch(async (error: unknown) => {
    await standIns.close();
    throw error;
  });
  console.log(welcome({ url: worker.url, standIns, credential, folder: relative(process.cwd(), settingsFolder) }));
  await untilStopped(worker);
  await standIns.close();
}

/** A film to begin with. */
function addSource(standIns: StandIns): void {
  if (standIns.objectStore.get("media", "talk.mov") !== undefined) return;
  standIns.objectStore.put("media", "talk.mov", { body: "a film, in its way", metadata: { height: "2160" } });
}

async function untilStopped(worker: LocalWorker): Promise<void> {
  const stopped = Promise.withResolvers<"stopped">();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stopped.resolve("stopped"));
  const why = await Promise.race([stopped.promise, worker.ended]);
  await worker.stop();
  if (why === "stopped") {
    console.log("\nStopped. npm start goes on where this left off.");
    return;
  }
  console.error(`\nThe Worker ended by itself, with code ${why}. Its last words are in ${settingsFolder}/worker.log.`);
  process.exitCode = 1;
}
