import type { HttpFaceOptions } from "../../lambda-compat/http/face.ts";
import { atLeast, type Forms, name, wholeNumber } from "../options/check-options.ts";
import { HOME_FORMS, type HomeOptions } from "../options/home-options.ts";
import type { BindingNames } from "./bindings.ts";

/** What `createWorker` is told. */
export interface WorkerOptions extends HomeOptions, Pick<HttpFaceOptions, "allowedOrigins" | "limits"> {
  /** How the bindings are called in the Worker's configuration. */
  readonly bindings?: BindingNames;
  /** Objects that the directory is spread over, 1 to 1,000; 8 by default. May grow later, and must never shrink. */
  readonly directoryShards?: number;
}

const MOST_SHARDS = 1000;
/** As a browser sends it: in small letters, without a path. Origins are compared as a whole, so no part is a wildcard. */
const ORIGIN = /^(\*|[a-z][a-z\d+.-]*:\/\/[^/*A-Z\s]+)$/;

export const WORKER_FORMS: Forms = {
  ...HOME_FORMS,
  bindings: { executions: name, directory: name, credentials: name },
  directoryShards: wholeNumber(1, MOST_SHARDS),
  allowedOrigins: {
    must: 'a list of "*" and of origins such as "https://app.example.com"',
    accepts: (given) =>
      Array.isArray(given) && given.every((origin) => typeof origin === "string" && ORIGIN.test(origin)),
  },
  limits: { streams: atLeast(0), startsPerSecond: atLeast(1), bodyBytes: atLeast(1), bodyMs: atLeast(1) },
};
