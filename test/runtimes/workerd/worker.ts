export { DirectoryObject } from "../../../src/adapters/durable-objects/directory-object.ts";
export { StoreObject } from "./store-object.ts";

export default {
  fetch: (): Response => new Response("ok"),
};
