import type { MaybePromise } from "./maybe-promise.ts";

/** Where the value that passes a serdes belongs. */
export interface SerdesContext {
  /** The operation's position, such as `1-2`. */
  readonly entityId: string;
  /** The execution's ARN. */
  readonly durableExecutionArn: string;
}

/** Turns values into the text that is stored, and back. `undefined` is stored as no text. */
export interface Serdes<T = unknown> {
  /** Marks JSON: no user code runs, the answer comes at once, and every text it has written can be read. */
  readonly isJson?: true;
  /** The text to store for a value; undefined for none. An error thrown here fails the operation as a `SerdesError`. */
  serialize(value: T | undefined, context: SerdesContext): MaybePromise<string | undefined>;
  /**
   * The value of a stored text; undefined where no text was stored. An error thrown here ends the invocation with
   * SERDES_FAILED.
   */
  deserialize(data: string | undefined, context: SerdesContext): MaybePromise<T | undefined>;
}

/** JSON without a turn of the loop: the engine's own default. */
export const jsonSerdes: Serdes = {
  isJson: true,
  serialize: (value) => (value === undefined ? undefined : JSON.stringify(value)),
  deserialize: (data) => (data === undefined ? undefined : (JSON.parse(data) as unknown)),
};
