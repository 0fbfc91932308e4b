/** Whom a command speaks to. */

import type { Answers, Input, Operation } from "./operations.ts";

export interface Api {
  /** The address of the face, for people. */
  readonly place: string;
  /** AWS itself, which has none of what is perdure's own. */
  readonly isAws: boolean;
  /** @throws {CommandError} UNREACHABLE or REFUSED */
  call<Name extends Operation>(operation: Name, input: Input): Promise<Answers[Name]>;
  /**
   * Sends JSON to a path of perdure's own, by POST unless told otherwise, and answers with the JSON that comes back.
   *
   * @throws {CommandError} USAGE on AWS.
   */
  own(path: string, body: object, method?: "POST" | "DELETE"): Promise<unknown>;
  /**
   * The commits of an execution's log from its start on, as they land.
   *
   * @throws {CommandError} USAGE on AWS.
   */
  commits(arn: string): AsyncIterable<string>;
}
