/** Holds an HTTP face to the forms of its parts: a mistake is refused at once, and is not a default. */

import { InvalidArgumentError, shown } from "../invalid-argument.ts";

type Check = (given: unknown) => boolean;
type Forms = Readonly<Record<string, readonly [must: string, accepts: Check]>>;

const isText: Check = (given) => typeof given === "string" && given !== "";
const isRecord: Check = (given) => typeof given === "object" && given !== null && !Array.isArray(given);
/** As a browser sends it: in small letters, without a path. Origins are compared as a whole, so no part is a wildcard. */
export const ORIGIN: RegExp = /^(\*|[a-z][a-z\d+.-]*:\/\/[^/*A-Z\s]+)$/;
export const BASE_PATH: RegExp = /^(\/[\w.~-]+)*$/;
const HOST: RegExp = /^[a-z\d.[\]-]+(:[a-z\d]*)*$/;
const fits =
  (form: RegExp): Check =>
  (given) =>
    typeof given === "string" && form.test(given);
/** One host, or a list of them. */
export const isHosts: Check = (given) =>
  [given].flat().every(fits(HOST)) && !(Array.isArray(given) && given.length === 0);
export const HOSTS = 'a host in small letters, such as "api.example.com" or "localhost:8787", or a list of them';
const aFunction = ["a function", (given: unknown) => typeof given === "function"] as const;
const aText = ["a text", isText] as const;

function atLeast(least: number): readonly [string, Check] {
  return [`a number from ${least}`, (given) => typeof given === "number" && given >= least];
}

const PARTS: Forms = {
  client: [
    "the client of a host",
    (given) => isRecord(given) && typeof (given as { start?: unknown }).start === "function",
  ],
  credentials: ["a list", Array.isArray],
  logs: [
    "a source of log lines",
    (given) => isRecord(given) && typeof (given as { lines?: unknown }).lines === "function",
  ],
  options: ["an object", isRecord],
};

const OPTIONS: Forms = {
  arn: ["an object", isRecord],
  basePath: ['a path without a slash at its end, such as "/durable"', fits(BASE_PATH)],
  signedHost: [HOSTS, isHosts],
  allowedOrigins: [
    'a list of origins such as "https://app.example.com"',
    (given) => Array.isArray(given) && given.every(fits(ORIGIN)),
  ],
  heartbeatMs: atLeast(1),
  limits: ["an object", isRecord],
  now: aFunction,
  onError: aFunction,
};

const ARN: Forms = { partition: aText, region: aText, account: aText };

const LIMITS: Forms = {
  streams: atLeast(0),
  startsPerSecond: atLeast(1),
  bulkCalls: atLeast(0),
  bodyBytes: atLeast(1),
  bodyMs: atLeast(1),
};

/** @throws {InvalidArgumentError} INVALID_ARGUMENT for a part or an option that there is not, or of another form. */
export function checkParts(parts: object): void {
  check(parts, PARTS, "");
  for (const needed of ["client", "credentials"]) {
    if (!(needed in parts)) throw new InvalidArgumentError(`createHttpFace needs ${needed}.`);
  }
  const options = within(parts, "options");
  check(options, OPTIONS, "options.");
  check(within(options, "arn"), ARN, "options.arn.");
  check(within(options, "limits"), LIMITS, "options.limits.");
}

/** An object that was checked to be one, or an empty one in its place. */
function within(given: object, name: string): object {
  const value = Object.getOwnPropertyDescriptor(given, name)?.value as object | undefined;
  return value ?? {};
}

/** Refuses unknown members and wrong values. An undefined member counts as absent. */
function check(given: object, forms: Forms, path: string): void {
  for (const [name, value] of Object.entries(given)) {
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    if (form === undefined) {
      const known = Object.keys(forms).join(", ");
      throw new InvalidArgumentError(`createHttpFace has no ${path}${name}; there are ${known}.`);
    }
    const [must, accepts] = form;
    if (value === undefined || accepts(value)) continue;
    throw new InvalidArgumentError(`createHttpFace: ${path}${name} must be ${must}; ${shown(value)} was given.`);
  }
}

/** One line for each failure, without what was asked for. */
export function tellConsole(error: unknown): void {
  const { console } = globalThis as { console?: { error(line: string): void } };
  const { name, message } = error instanceof Error ? error : { name: "thrown", message: typeof error };
  console?.error(`perdure: the HTTP API failed: ${name}: ${message}`);
}
