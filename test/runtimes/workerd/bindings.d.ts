declare namespace Cloudflare {
  interface Env {
    readonly STORES: DurableObjectNamespace<import("./store-object.ts").StoreObject>;
    readonly DIRECTORY: DurableObjectNamespace<import("./worker.ts").DirectoryObject>;
  }
}
