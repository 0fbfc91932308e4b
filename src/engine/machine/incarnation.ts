import { decodeCommit } from "./commit-codec.ts";

/** The incarnation of the execution whose log begins with this commit; empty if no log can begin with it. */
export function incarnationOf(body: string): string {
  const [first] = decodeCommit(body).facts;
  return first?.kind === "EXECUTION_STARTED" ? first.incarnation : "";
}
