/** A worker of functions that loses its databases for good when its page says so, as in a browser whose server of them is lost. */

import { serveBrowserHost } from "../../../src/homes/browser/index.ts";
import { withDurableExecution } from "../../../src/lambda-compat/index.ts";

const opened: IDBDatabase[] = [];
const { open } = IDBFactory.prototype;
IDBFactory.prototype.open = function (...parameters) {
  const request = open.apply(this, parameters);
  request.addEventListener("success", () => opened.push(request.result));
  return request;
};

addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (data !== "rob") return;
  IDBFactory.prototype.open = () => {
    throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
  };
  for (const database of opened) database.close();
  postMessage("robbed");
});

const runs: string[] = [];
const answer = async (name: string): Promise<string> => `${runs.push(name)}`;

/** Its steps tell how many of them this worker has run. */
const approval = withDurableExecution(async (_: unknown, context) => {
  const first = await context.step("first", () => answer("first"));
  const approved = await context.waitForCallback("approve", async () => {});
  return `${first} ${approved} ${await context.step("second", () => answer("second"))}`;
});

serveBrowserHost({ functions: { approval }, clock: false });
