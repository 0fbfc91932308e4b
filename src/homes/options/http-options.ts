/** What homes with an HTTP face are told alike. */

import { atLeast, type Forms } from "./check-options.ts";

/** As a browser sends it: in small letters, without a path. Origins are compared as a whole, so no part is a wildcard. */
const ORIGIN = /^(\*|[a-z][a-z\d+.-]*:\/\/[^/*A-Z\s]+)$/;

/** The forms of the options of an HTTP face. */
export const HTTP_FORMS: Forms = {
  allowedOrigins: {
    must: 'a list of "*" and of origins such as "https://app.example.com"',
    accepts: (given) =>
      Array.isArray(given) && given.every((origin) => typeof origin === "string" && ORIGIN.test(origin)),
  },
  limits: { streams: atLeast(0), startsPerSecond: atLeast(1), bodyBytes: atLeast(1), bodyMs: atLeast(1) },
};
