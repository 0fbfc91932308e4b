import { inject } from "vitest";
import type { Packed } from "./setup.ts";

/** The package that was packed for these tests; throws what went wrong when there is none. */
export function packedPackage(): Packed {
  const packed = inject("packed");
  if ("error" in packed) throw new Error(packed.error);
  return packed;
}
