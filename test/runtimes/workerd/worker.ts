import { createWorker } from "../../../src/homes/cloudflare/create-worker.ts";
import { functions } from "./functions.ts";

export { ChaosExecution } from "./chaos-object.ts";
export { StoreObject } from "./store-object.ts";

export const app = createWorker({ functions, directoryShards: 3 });

export const Execution = app.Execution;
export const Directory = app.Directory;

export default { fetch: app.fetch };
