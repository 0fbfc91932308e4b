/** The functions of the language, the platforms and the usual packages whose answers differ from run to run. */

import type { Origin } from "./names.ts";
import { is, type Node } from "./syntax.ts";

export type OutsideKind = "time" | "chance" | "request" | "timer";

const GLOBALS: Readonly<Record<string, OutsideKind>> = {
  "Date.now": "time",
  "Date()": "time",
  "new Date()": "time",
  "performance.now": "time",
  "process.hrtime": "time",
  "process.hrtime.bigint": "time",
  "Math.random": "chance",
  "crypto.randomUUID": "chance",
  "crypto.getRandomValues": "chance",
  "crypto.subtle.generateKey": "chance",
  fetch: "request",
  setTimeout: "timer",
  setInterval: "timer",
};

/** By module, without `node:`, and what is called of it; a default import itself is nothing of it. */
const IMPORTS: Readonly<Record<string, OutsideKind>> = {
  ...all("crypto", "chance", ["randomUUID", "randomBytes", "randomInt", "getRandomValues"]),
  ...all("crypto", "chance", ["webcrypto.randomUUID", "webcrypto.getRandomValues"]),
  ...all("perf_hooks", "time", ["performance.now"]),
  ...all("timers", "timer", ["setTimeout", "setInterval"]),
  ...all("timers/promises", "timer", ["setTimeout", "setInterval", "scheduler.wait"]),
  ...all("http", "request", ["request", "get"]),
  ...all("https", "request", ["request", "get"]),
  ...all("uuid", "chance", ["v1", "v4", "v6", "v7"]),
  ...all("nanoid", "chance", ["nanoid"]),
  ...all("ulid", "chance", ["ulid"]),
  ...all("undici", "request", ["fetch", "request"]),
  ...all("axios", "request", ["", "request", "get", "post", "put", "patch", "delete", "head"]),
};

function all(module: string, kind: OutsideKind, names: readonly string[]): Readonly<Record<string, OutsideKind>> {
  return Object.fromEntries(names.map((name) => [`${module}:${name}`, kind]));
}

/** The kind of question that a call of such a function asks, or handing the function over to be called. */
export function outsideKind(node: Node, origin: Origin | undefined): OutsideKind | undefined {
  if (origin?.kind === "import") return IMPORTS[`${origin.module.replace(/^node:/, "")}:${origin.path.join(".")}`];
  if (origin?.kind !== "global") return undefined;
  const path = origin.path.join(".");
  if (is(node, "NewExpression")) return node.arguments.length > 0 ? undefined : GLOBALS[`new ${path}()`];
  return GLOBALS[is(node, "CallExpression") && path === "Date" ? "Date()" : path];
}
