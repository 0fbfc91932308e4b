import type { MaybePromise } from "./maybe-promise.ts";

export interface SerdesContext {
  /** The operation's position, such as `1-2`. */
  readonly entityId: string;
  readonly durableExecutionArn: string;
}

/** Turns values into the text that is stored, and back. `undefined` is stored as no text. */
export interface Serdes<T = unknown> {
  /** It is JSON: it runs no code of the user's, answers at once, and reads whatever it has written. */
  readonly isJson?: true;
  serialize(value: T | undefined, context: SerdesContext): MaybePromise<string | undefined>;
  deserialize(data: string | undefined, context: SerdesContext): MaybePromise<T | undefined>;
}

/** JSON without a turn of the loop: the engine's own default. */
export const jsonSerdes: Serdes = {
  isJson: true,
  serialize: (value) => (value === undefined ? undefined : JSON.stringify(value)),
  deserialize: (data) => (data === undefined ? undefined : (JSON.parse(data) as unknown)),
};
