/**
 * The headers of the playground's files. Browsers are told by headers where they can be, and by a `meta` in each page
 * where the site's host sends none; only headers can say who may frame a page, and that a page has no origin.
 */

import type { Connect, Plugin, PreviewServer } from "vite";
import { CONSOLE_HEADERS } from "../src/console/serve-console.ts";

export interface HeaderRule {
  /** A path, or the beginning of one with `*` behind it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const nothing = "default-src 'none'";
const noEscape = "base-uri 'none'; form-action 'none'";

/** The policy of each page, as its `meta` has it too. */
export const pagePolicies: Readonly<Record<string, string>> = {
  "index.html": `${nothing}; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-src 'self'; img-src 'self' data:; ${noEscape}`,
  "sandbox.html": `${nothing}; script-src 'unsafe-inline' blob:; worker-src blob:; connect-src https:`,
  "sandbox-offline.html": `${nothing}; script-src 'unsafe-inline' blob:; worker-src blob:; connect-src 'none'`,
  "relay.html": `${nothing}; script-src 'self'; connect-src 'self' https: http://localhost:* http://127.0.0.1:*; ${noEscape}`,
};

const sandboxed = "sandbox allow-scripts; frame-ancestors 'self'";

/** The directives that cannot stand in a `meta`. */
const framing: Readonly<Record<string, string>> = {
  "index.html": "frame-ancestors 'none'",
  "sandbox.html": sandboxed,
  "sandbox-offline.html": sandboxed,
  "relay.html": "frame-ancestors 'self'",
};

export const headerRules: readonly HeaderRule[] = [
  { path: "/*", headers: { "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" } },
  { path: "/console/*", headers: consoleHeaders() },
  { path: "/assets/*", headers: policy(`${nothing}; frame-ancestors 'none'`) },
  ...Object.entries(pagePolicies).flatMap(([page, own]) =>
    pathsOf(page).map((path) => ({ path, headers: policy(`${own}; ${framing[page]}`) })),
  ),
];

/** Those that are not sent with every file as it is. */
function consoleHeaders(): Readonly<Record<string, string>> {
  const { "X-Content-Type-Options": _type, "Referrer-Policy": _referrer, ...own } = CONSOLE_HEADERS;
  return own;
}

function policy(text: string): Readonly<Record<string, string>> {
  return { "Content-Security-Policy": text };
}

/** Some hosts, Cloudflare's among them, serve pages without the ending too. */
function pathsOf(page: string): readonly string[] {
  return page === "index.html" ? ["/", "/index.html", "/index"] : [`/${page}`, `/${page.replace(".html", "")}`];
}

/** The headers of a path below where the playground is served. */
export function headersFor(pathname: string): Readonly<Record<string, string>> {
  const matching = headerRules.filter(({ path }) =>
    path.endsWith("*") ? pathname.startsWith(path.slice(0, -1)) : pathname === path,
  );
  return Object.assign({}, ...matching.map(({ headers }) => headers)) as Record<string, string>;
}

/** As hosts of static sites read it: Cloudflare, Netlify. */
export function headersFile(): string {
  return headerRules
    .map(({ path, headers }) => [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)])
    .map((lines) => `${lines.join("\n")}\n`)
    .join("");
}

/** Puts the headers beside the static site, and on what `npm run demo` serves. */
export function headersPlugin(): Plugin {
  return {
    name: "headers",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "_headers", source: headersFile() });
    },
    configurePreviewServer({ middlewares }: PreviewServer) {
      middlewares.use(sendHeaders);
    },
  };
}

const sendHeaders: Connect.NextHandleFunction = (request, response, next) => {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  for (const [name, value] of Object.entries(headersFor(pathname))) response.setHeader(name, value);
  next();
};
