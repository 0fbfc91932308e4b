/**
 * Links that let in once. What stands in such a link is worth nothing after its first use, so it may be in a terminal's
 * scrollback, or in a browser's history. The page hands it in and gets the token, which is in no address.
 */

import { randomBytes } from "node:crypto";

/** The most links that wait to be used; the oldest are forgotten first. */
const MOST_OPEN = 16;

/** Issues one-time codes for a token, and hands the token out for each of them once. */
export class OneTimeLinks {
  readonly #codes = new Set<string>();
  readonly #token: string;

  /** `token` is the bearer token that the page is to have. */
  constructor(token: string) {
    this.#token = token;
  }

  /** The address of the page, with a code that lets in once. `page` is the page's address, such as `http://127.0.0.1:9014/console/`. */
  linkTo(page: string): string {
    const code = randomBytes(24).toString("base64url");
    this.#codes.add(code);
    for (const oldest of this.#codes) {
      if (this.#codes.size <= MOST_OPEN) break;
      this.#codes.delete(oldest);
    }
    return `${page}#once=${code}`;
  }

  /** The token for a code that has not been used before; undefined for any other. */
  exchange(code: string): string | undefined {
    return this.#codes.delete(code) ? this.#token : undefined;
  }
}
