/** The face that a command speaks to: the emulator of this folder, another host, or AWS. */

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DATA_FOLDER, DataFolder } from "../../homes/local/data-folder.ts";
import type { Arguments, OptionSpecs } from "../arguments.ts";
import { CommandError, ExitCode, usageError } from "../failures.ts";
import type { Api } from "./api.ts";
import { bearing, signing } from "./authorize.ts";
import { openAws } from "./aws-api.ts";
import { FetchApi, type FetchApiOptions } from "./fetch-api.ts";
import { findKeyPair } from "./key-pair.ts";

/** Of every command that speaks to a face. */
export const API_OPTIONS: OptionSpecs = {
  data: { value: "DIR", help: "the folder of the emulator (default: .perdure here or in a folder above)" },
  url: { value: "URL", help: "a Worker or another host; its bearer token is taken from PERDURE_TOKEN" },
  sigv4: {
    help: "with --url: sign calls, with AWS's credentials or PERDURE_ACCESS_KEY_ID and PERDURE_SECRET_ACCESS_KEY",
  },
  aws: { help: "AWS itself, with the credentials and the region of your environment" },
  region: { value: "REGION", help: "of AWS" },
};

/** @throws {CommandError} USAGE, or UNREACHABLE if there is no emulator. */
export async function openApi(args: Arguments): Promise<Api> {
  checkPlace(args);
  if (args.has("aws")) return openAws(args.get("region"));
  return new FetchApi(await placeOf(args));
}

/** The address of a face that is not AWS's, and the credential for it. */
export async function openPlace(args: Arguments): Promise<FetchApiOptions> {
  checkPlace(args);
  return placeOf(args);
}

function checkPlace(args: Arguments): void {
  const given = ["data", "url", "aws"].filter((name) => args.has(name));
  if (given.length > 1) throw usageError(`--${given.join(" and --")} are two places: give one.`);
  if (args.has("region") && !args.has("aws")) throw usageError("--region goes with --aws.");
  if (args.has("sigv4") && !args.has("url")) throw usageError("--sigv4 goes with --url.");
}

async function placeOf(args: Arguments): Promise<FetchApiOptions> {
  const url = args.get("url");
  if (url === undefined) return openEmulator(dataFolder(args));
  if (!/^https?:\/\/[^/]/.test(url))
    throw usageError(`--url must be an address such as https://my-worker.example.com; "${url}" was given.`);
  const authorize = args.has("sigv4") ? signing(await findKeyPair()) : bearing(tokenOfEnvironment());
  return { url: url.replace(/\/+$/, ""), authorize, advice: "Is it running?" };
}

function tokenOfEnvironment(): string {
  const { PERDURE_TOKEN: token } = process.env;
  if (token) return token;
  throw usageError(
    "With --url, put the bearer token into PERDURE_TOKEN: a command line can be read by others. Or give --sigv4.",
  );
}

function openEmulator(path: string): FetchApiOptions {
  const folder = new DataFolder(path);
  const running = folder.running();
  const credential = folder.credential();
  const advice = "Start it in another terminal: perdure dev ./handler.ts";
  if (running === undefined || credential === undefined) {
    throw new CommandError(ExitCode.UNREACHABLE, `No emulator runs on ${path}. ${advice}`);
  }
  return { url: running.url, authorize: bearing(credential.bearer), advice: `The emulator has ended. ${advice}` };
}

/** The one that was given, or the nearest above that there is, or the one that there would be. */
export function dataFolder(args: Arguments): string {
  const given = args.get("data") ?? process.env["PERDURE_FOLDER"];
  if (given !== undefined) return resolve(given);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const path = join(folder, DATA_FOLDER);
    if (existsSync(join(path, "credential.json"))) return path;
    if (dirname(folder) === folder) return resolve(DATA_FOLDER);
  }
}
