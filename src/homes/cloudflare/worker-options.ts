import { type Forms, name, wholeNumber } from "../options/check-options.ts";
import { HOME_FORMS, type HomeOptions } from "../options/home-options.ts";
import { HTTP_FORMS, type HttpOptions } from "../options/http-options.ts";
import type { BindingNames } from "./bindings.ts";

/** The options of `createWorker`. */
export interface WorkerOptions extends HomeOptions, HttpOptions {
  /** The names of the bindings in the Worker's configuration. */
  readonly bindings?: BindingNames;
  /** Objects that the directory is spread over, 1 to 1,000; 8 by default. May grow later, and must never shrink. */
  readonly directoryShards?: number;
}

const MOST_SHARDS = 1000;
export const WORKER_FORMS: Forms = {
  ...HOME_FORMS,
  bindings: { executions: name, directory: name, credentials: name },
  directoryShards: wholeNumber(1, MOST_SHARDS),
  ...HTTP_FORMS,
};
