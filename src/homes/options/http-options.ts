/** The options that homes with an HTTP face share. */

import type { HttpFaceOptions } from "../../lambda-compat/http/face.ts";
import { BASE_PATH, HOSTS, isHosts, ORIGIN } from "../../lambda-compat/http/face-options.ts";
import { atLeast, type Forms, text } from "./check-options.ts";

/** A home's options for its HTTP face. */
export type HttpOptions = Pick<HttpFaceOptions, "allowedOrigins" | "basePath" | "limits" | "signedHost">;

/** The face's options, from those of a home. */
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
