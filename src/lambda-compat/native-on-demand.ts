/**
 * In place of `native-invocation.ts` in browsers, by the `#native-invocation` import of package.json: a page invokes
 * handlers natively in tests at most, and loads what that takes when it does. Elsewhere it is loaded at once, since a
 * bundle of one file has it in any case, and is larger and slower for every module that it is to begin later.
 */

import type { NativeRequest } from "./native-invocation.ts";
import type { Program } from "./program.ts";
import type { DurableExecutionInvocationOutput } from "./types.ts";

export async function invokeNatively(
  program: Program,
  request: NativeRequest,
): Promise<DurableExecutionInvocationOutput> {
  const native = await import("./native-invocation.ts");
  return native.invokeNatively(program, request);
}
