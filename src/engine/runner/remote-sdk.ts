/**
 * The tokens of an SDK that runs elsewhere and calls with its checkpoints. A token is good for one call that succeeds.
 * A token is 128 random bits, stands in no commit, and is given to the SDK alone.
 */

import { ClientError, ClientErrorCode } from "./client.ts";

export class RemoteSdk {
  readonly #randomId: () => string;
  #token: string;

  constructor(randomId: () => string) {
    this.#randomId = randomId;
    this.#token = randomId();
  }

  /** The token of the next call. */
  get token(): string {
    return this.#token;
  }

  /** @throws {ClientError} InvalidParameterValueException for any other token than the last one given out. */
  check(token: string): void {
    if (token !== this.#token) throw invalidToken();
  }

  /** Carries out a call, and uses its token up unless the call is refused. */
  async call<T>(token: string, task: () => T | Promise<T>): Promise<T> {
    this.check(token);
    // Until the answer is there, no second call has a token.
    this.#token = this.#randomId();
    try {
      return await task();
    } catch (error) {
      if (error instanceof ClientError) this.#token = token;
      throw error;
    }
  }
}

const MOST_LOST = 1000;

/** The tokens of invocations that another process has taken over, as long as their SDKs may come back with them. */
export class LostTokens {
  readonly #tokens = new Set<string>();

  add(token: string): void {
    this.#tokens.add(token);
    if (this.#tokens.size <= MOST_LOST) return;
    const [oldest] = this.#tokens;
    if (oldest !== undefined) this.#tokens.delete(oldest);
  }

  has(token: string): boolean {
    return this.#tokens.has(token);
  }
}

export function invalidToken(): ClientError {
  return new ClientError(ClientErrorCode.INVALID_PARAMETER, "Invalid Checkpoint Token");
}
