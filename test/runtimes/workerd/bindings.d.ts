import type { StoreObject } from "./store-object.ts";
import type { DirectoryObject } from "./worker.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      readonly STORES: DurableObjectNamespace<StoreObject>;
      readonly DIRECTORY: DurableObjectNamespace<DirectoryObject>;
    }
  }
}
