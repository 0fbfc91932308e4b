import type { ChaosExecution } from "./chaos-object.ts";
import type { StoreObject } from "./store-object.ts";
import type * as worker from "./worker.ts";
import type { Directory, Execution } from "./worker.ts";

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof worker;
    }
    interface Env {
      readonly STORES: DurableObjectNamespace<StoreObject>;
      readonly EXECUTIONS: DurableObjectNamespace<InstanceType<typeof Execution>>;
      readonly CHAOS: DurableObjectNamespace<ChaosExecution>;
      readonly DIRECTORY: DurableObjectNamespace<InstanceType<typeof Directory>>;
      readonly PERDURE_CREDENTIALS: string;
    }
  }
}
