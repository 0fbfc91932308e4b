import type { Durability } from "../../adapters/indexeddb/indexeddb-store.ts";
import { type Form, type Forms, name } from "../options/check-options.ts";
import { HOME_FORMS, type HomeOptions, type HomeSettings } from "../options/home-options.ts";

/** What a page and a worker of a page are told alike. */
interface TabSettings {
  /**
   * `relaxed` (the default) survives the end of the tab and of the browser, `strict` a power cut too and takes twice as
   * long. The start of a step that must not run twice is strict in any case.
   */
  readonly durability?: Durability;
  /**
   * The worker that keeps time while the page is hidden: the address of `perdure/browser/clock`, for a page whose
   * security policy forbids workers made of text; or false for none.
   */
  readonly clock?: string | URL | false;
}

/** What `createBrowserHost` is told. */
export interface BrowserHostOptions extends HomeSettings, TabSettings, Partial<Pick<HomeOptions, "functions">> {
  /** Instead of `functions`: a worker that calls `serveBrowserHost`. The functions run there. */
  readonly worker?: Worker;
  /** Of the database, `perdure` by default. Pages of one origin with the same name share their executions. */
  readonly name?: string;
}

/** What `serveBrowserHost` is told. */
export interface ServedHostOptions extends HomeOptions, TabSettings {}

const worker: Form = {
  must: "a Worker whose script calls serveBrowserHost (a SharedWorker or its port is none)",
  accepts: (given) =>
    typeof given === "object" && given !== null && "terminate" in given && typeof given.terminate === "function",
};

export const SERVED_FORMS: Forms = {
  ...HOME_FORMS,
  durability: { must: '"relaxed" or "strict"', accepts: (given) => given === "relaxed" || given === "strict" },
  clock: {
    must: "the address of a script, or false",
    accepts: (given) => typeof given === "string" || given instanceof URL || given === false,
  },
};

export const BROWSER_FORMS: Forms = { ...SERVED_FORMS, name, worker };
