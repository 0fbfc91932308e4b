import type { StoreObject } from "./store-object.ts";
import type { Directory, Execution } from "./worker.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      readonly STORES: DurableObjectNamespace<StoreObject>;
      readonly EXECUTIONS: DurableObjectNamespace<InstanceType<typeof Execution>>;
      readonly DIRECTORY: DurableObjectNamespace<InstanceType<typeof Directory>>;
      readonly PERDURE_CREDENTIALS: string;
    }
  }
}
