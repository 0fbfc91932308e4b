/** In place of `../md5.ts` on Node, by the `#md5` import of package.json. */

import { createHash } from "node:crypto";

/** The MD5 of a text's UTF-8, 32 hex digits. */
export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
