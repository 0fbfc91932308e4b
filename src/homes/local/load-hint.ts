/**
 * The hint for a module that Node cannot load: the place of the fault and its remedy, which Node's own message leaves
 * out.
 */

import { execFile } from "node:child_process";

/** Files of JavaScript that are asked for a fault of syntax, at most: each takes a process. */
const MOST_CHECKED = 100;
/** The longest time of one of these checks, in ms. */
const CHECK_MS = 10_000;

interface LoadError {
  readonly code?: unknown;
  readonly message?: unknown;
}

/** `loaded` are the paths of the files that have been loaded, the newest last. */
export async function loadHint(error: unknown, loaded: readonly string[]): Promise<string | undefined> {
  return error instanceof SyntaxError ? syntaxHint(error, loaded) : adviceFor(error);
}

/**
 * The place of a fault of syntax, which may be in a file that is imported. Node writes it before the error, but not for
 * modules of JavaScript: there the stack has Node's own frames alone.
 */
async function syntaxHint(error: SyntaxError, loaded: readonly string[]): Promise<string | undefined> {
  const stack = String(error.stack);
  const advice = adviceFor(error);
  if (advice !== undefined) return advice;
  const frames = stack.split("\n").filter((line) => /^ +at /.test(line));
  return placeIn(stack) ?? (frames.every((frame) => frame.includes("node:")) ? placeAmong(loaded) : undefined);
}

function placeIn(text: string): string | undefined {
  return /^.+:\d+\n[^]*?(?=\n+SyntaxError)/.exec(text)?.[0];
}

/** Asks Node of one file after the other whether it is JavaScript, the newest first. */
async function placeAmong(loaded: readonly string[]): Promise<string | undefined> {
  const files = loaded.filter((file) => /\.[cm]?js$/.test(file)).toReversed();
  for (const file of files.slice(0, MOST_CHECKED)) {
    const place = placeIn(await checked(file));
    if (place !== undefined) return place;
  }
  return undefined;
}

/** Node's report about a file's syntax; empty where the syntax is in order. */
function checked(file: string): Promise<string> {
  const options = { env: { ...process.env, NODE_OPTIONS: "" }, timeout: CHECK_MS };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--check", file], options, (_error, _out, err) => resolve(err));
  });
}

function adviceFor(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as LoadError;
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return (
      "Node strips types and does not translate TypeScript. For enums, namespaces and parameter properties set " +
      'NODE_OPTIONS=--experimental-transform-types, or install tsx and set NODE_OPTIONS="--import tsx".'
    );
  }
  if (code === "ERR_MODULE_NOT_FOUND" && /imported from .*\.[cm]?tsx?$/m.test(String(message))) {
    return 'Node wants whole file names: import "./steps.ts" instead of "./steps". Or install tsx and set NODE_OPTIONS="--import tsx".';
  }
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
    return 'This Node cannot load such files: install tsx and set NODE_OPTIONS="--import tsx", or build them first.';
  }
  return undefined;
}
