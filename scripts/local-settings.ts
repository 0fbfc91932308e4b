/**
 * The settings that `npm start` keeps in `.perdure/` from one start to the next: a credential, the ports, and the
 * process that runs it.
 */

import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { root } from "./command.ts";

/** `.perdure/`, or what `PERDURE_FOLDER` names. */
export const settingsFolder: string = process.env["PERDURE_FOLDER"] ?? join(root, ".perdure");

/** One of the Worker's credentials, in the form in which it takes them. */
export interface LocalCredential {
  readonly id: string;
  readonly rights: readonly string[];
  readonly bearer: string;
  readonly sigv4: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The command that starts the example workflows on this machine. */
export type StartCommand = "npm start" | "npm run start:aws";

export interface LocalPorts {
  readonly worker: number;
  readonly objectStore: number;
  readonly mediaConvert: number;
}

const WORKER_PORT = 8787;
const STAND_INS_PORT = 8790;
const PORTS_TRIED = 50;

/** Made if need be, and closed to everybody but this user, with all that is in it: inputs, results, callback ids. */
export function privateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

/** The credential of an earlier start, or a new one that only this user can read. */
export function loadCredential(): LocalCredential {
  privateFolder(settingsFolder);
  const path = join(settingsFolder, "credential.json");
  if (!existsSync(path)) {
    const credential = newCredential("local");
    writeFileSync(path, `${JSON.stringify(credential, null, 2)}\n`, { mode: 0o600 });
  }
  const credential = JSON.parse(readFileSync(path, "utf8")) as LocalCredential;
  writeFileSync(join(settingsFolder, "token"), credential.bearer, { mode: 0o600 });
  return credential;
}

/** With all rights. */
export function newCredential(id: string): LocalCredential {
  return {
    id,
    rights: ["admin"],
    bearer: randomBytes(24).toString("base64url"),
    sigv4: {
      accessKeyId: `LOCAL${randomBytes(8).toString("hex").toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString("base64url"),
    },
  };
}

/** The ports of the last start, if there was one. */
export function readPorts(): LocalPorts | undefined {
  const path = join(settingsFolder, "ports.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as LocalPorts) : undefined;
}

/**
 * The ports of the last start where they are free. The stand-ins must have theirs again, because executions that are
 * on their way remember the address of their job; the Worker may move.
 */
export async function choosePorts(): Promise<LocalPorts> {
  const last = readPorts();
  const worker = await freePort(last?.worker ?? WORKER_PORT, WORKER_PORT);
  const objectStore = last?.objectStore ?? (await freePort(STAND_INS_PORT, STAND_INS_PORT, [worker]));
  const mediaConvert = last?.mediaConvert ?? (await freePort(objectStore + 1, STAND_INS_PORT, [worker, objectStore]));
  for (const [name, port] of Object.entries({ S3: objectStore, MediaConvert: mediaConvert })) {
    if (await isFree(port)) continue;
    throw new Error(
      `Port ${port}, which stands in for ${name}, is in use. Executions that are on their way count on it: end the ` +
        `program that has it, or delete ${settingsFolder} to begin anew.`,
    );
  }
  const ports: LocalPorts = { worker, objectStore, mediaConvert };
  writeFileSync(join(settingsFolder, "ports.json"), `${JSON.stringify(ports)}\n`);
  return ports;
}

/** `preferred`, or the first free one from `first` on. */
export async function freePort(preferred: number, first: number, taken: readonly number[] = []): Promise<number> {
  const candidates = [preferred, ...Array.from({ length: PORTS_TRIED }, (_, index) => first + index)];
  for (const port of candidates) {
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`No port between ${first} and ${first + PORTS_TRIED} is free.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once("error", () => answer(false));
    server.listen(port, "127.0.0.1", () => server.close(() => answer(true)));
  });
}

/** With which command the workflows were started last. */
export function readStartCommand(): StartCommand {
  const path = join(settingsFolder, "command");
  return existsSync(path) ? (readFileSync(path, "utf8") as StartCommand) : "npm start";
}

/** Keeps a second start from using the same state. Returns what lets go of it; throws when another one runs. */
export function lockSettings(command: StartCommand): () => void {
  privateFolder(settingsFolder);
  const path = join(settingsFolder, "start.pid");
  const owner = existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
  if (owner !== 0 && owner !== process.pid && isAlive(owner)) {
    throw new Error(
      `perdure already runs here, as process ${owner}: end it first. If ${owner} is something else, delete ${path}.`,
    );
  }
  writeFileSync(path, String(process.pid));
  writeFileSync(join(settingsFolder, "command"), command);
  return () => rmSync(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
