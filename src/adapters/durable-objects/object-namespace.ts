/**
 * A binding to a class of objects, as far as it is used here. The platform's own type describes what a method call over
 * RPC makes of every type it carries; as only plain data and byte streams are sent, saying so by hand is enough.
 */
export interface ObjectNamespace<Stub> {
  idFromName(name: string): DurableObjectId;
  get(id: DurableObjectId): Stub;
}
