/** What homes with an HTTP face are told alike. */

import type { HttpFaceOptions } from "../../lambda-compat/http/face.ts";
import { BASE_PATH, HOSTS, isHosts, ORIGIN } from "../../lambda-compat/http/face-options.ts";
import { atLeast, type Forms, text } from "./check-options.ts";

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
  basePath: text('a path without a slash at its end, such as "/durable"', BASE_PATH),
  signedHost: { must: HOSTS, accepts: isHosts },
  allowedOrigins: {
    must: 'a list of "*" and of origins such as "https://app.example.com"',
    accepts: (given) =>
      Array.isArray(given) && given.every((origin) => typeof origin === "string" && ORIGIN.test(origin)),
  },
  limits: {
    ...{ streams: atLeast(0), startsPerSecond: atLeast(1), bulkCalls: atLeast(0) },
    ...{ bodyBytes: atLeast(1), bodyMs: atLeast(1) },
  },
};
