/** AWS's operation ids: the first 16 hex digits of the MD5 of an operation's position. */

import { md5 } from "./md5.ts";

const POSITION = /^\d{1,9}(-\d{1,9})*$/;

/**
 * The id of an operation on the wire. An id that is no position is one already: it came from an SDK that hashes its own.
 */
export function wireId(id: string): string {
  return POSITION.test(id) ? md5(id).slice(0, 16) : id;
}
