/** The console's built files, as answers to requests. They have no data: the page asks the HTTP face for what it shows. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { OneTimeLinks } from "./one-time-links.ts";

/** The path of the console, and the check of its visitors. */
export interface ConsoleOptions {
  /** The path below which it is served, with a slash at both ends; `/console/` by default. */
  readonly path?: string;
  /** Links that let in without a token; by default the page asks for one. */
  readonly links?: OneTimeLinks;
  /** The folder of the built files; the package's own by default. */
  readonly folder?: string;
}

const OWN_FOLDER = new URL("./site/", import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

/** The page speaks to its own origin alone: it is served beside the face that it shows. */
export const CONSOLE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * Answers the requests for the console's files, and undefined for all others: those are the face's. It runs in Node; a
 * host elsewhere serves the files of the package's folder `console/site` as it serves others.
 *
 * @example
 * ```ts
 * import { createConsole } from "perdure/console";
 *
 * const page = createConsole();
 * const answer = async (request: Request): Promise<Response> => (await page(request)) ?? face(request);
 * ```
 */
export function createConsole(options: ConsoleOptions = {}): (request: Request) => Promise<Response | undefined> {
  const { path = "/console/", links, folder = fileURLToPath(OWN_FOLDER) } = options;
  return async (request) => {
    const { pathname } = new URL(request.url);
    if (`${pathname}/` === path) return new Response(null, { status: 308, headers: { Location: path } });
    if (!pathname.startsWith(path)) return undefined;
    const name = pathname.slice(path.length);
    if (name === "session" && links !== undefined) return handIn(request, links);
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    return fileNamed(folder, name === "" ? "index.html" : name);
  };
}

/** A page of another origin gets no answer that it may read, and a code that it does not know lets nobody in. */
async function handIn(request: Request, links: OneTimeLinks): Promise<Response> {
  if (request.method !== "POST")
    return new Response(null, { status: 405, headers: { Allow: "POST", ...CONSOLE_HEADERS } });
  const token = links.exchange(await readCode(request));
  const headers = { ...CONSOLE_HEADERS, "Cache-Control": "no-store" };
  if (token === undefined) return Response.json({ message: "This link has been used." }, { status: 403, headers });
  return Response.json({ token }, { headers });
}

/** In bytes; a code is shorter. */
const LONGEST_CODE = 100;

/** Nobody has said yet who sends it, so of a text that is no code nothing more is read. */
async function readCode({ body }: Request): Promise<string> {
  const decoder = new TextDecoder();
  let code = "";
  try {
    for await (const chunk of body ?? []) {
      if (code.length + chunk.length > LONGEST_CODE) return "";
      code += decoder.decode(chunk, { stream: true });
    }
  } catch {
    return "";
  }
  return code;
}

/** Names without folders but one, so that a name leads nowhere else. */
const NAME = /^(?:assets\/)?[\w-][\w.-]*\.(html|js|css)$/;

async function fileNamed(folder: string, name: string): Promise<Response | undefined> {
  const [, ending = ""] = NAME.exec(name) ?? [];
  if (ending === "") return undefined;
  try {
    const body = await readFile(`${folder.replace(/\/$/, "")}/${name}`, "utf8");
    // Other files than the page have names that change with what is in them.
    const keep = ending === "html" ? "no-cache" : "public, max-age=31536000, immutable";
    return new Response(body, {
      headers: { ...CONSOLE_HEADERS, "Content-Type": TYPES[ending] ?? "", "Cache-Control": keep },
    });
  } catch {
    if (name !== "index.html") return undefined;
    return new Response("The console's files are not here. npm run build makes them.", { status: 404 });
  }
}
