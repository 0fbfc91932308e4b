/** What homes with an HTTP face are told alike. */

import type { HttpFaceOptions } from "../../lambda-compat/http/face.ts";
import { atLeast, type Forms, text } from "./check-options.ts";

/** As a browser sends it: in small letters, without a path. Origins are compared as a whole, so no part is a wildcard. */
const ORIGIN = /^(\*|[a-z][a-z\d+.-]*:\/\/[^/*A-Z\s]+)$/;

/** What a home is told of its HTTP face. */
export type HttpOptions = Pick<HttpFaceOptions, "allowedOrigins" | "basePath" | "limits" | "signedHost">;

/** What the face is told of it. */
export function httpOptions({ allowedOrigins, basePath, limits, signedHost }: HttpOptions): HttpFaceOptions {
  return {
    ...(allowedOrigins && { allowedOrigins }),
    ...(basePath !== undefined && { basePath }),
    ...(limits && { limits }),
    ...(signedHost !== undefined && { signedHost }),
  };
}

/** The forms of the options of an HTTP face. */
export const HTTP_FORMS: Forms = {
  basePath: text('a path without a slash at its end, such as "/durable"', /^(\/[\w.~-]+)*$/),
  signedHost: text(
    'a host in small letters, such as "api.example.com" or "localhost:8787"',
    /^[a-z\d.[\]-]+(:[a-z\d]*)*$/,
  ),
  allowedOrigins: {
    must: 'a list of "*" and of origins such as "https://app.example.com"',
    accepts: (given) =>
      Array.isArray(given) && given.every((origin) => typeof origin === "string" && ORIGIN.test(origin)),
  },
  limits: { streams: atLeast(0), startsPerSecond: atLeast(1), bodyBytes: atLeast(1), bodyMs: atLeast(1) },
};
