import type { Host } from "../../engine/ports/host.ts";
import type { Faults } from "./faults.ts";

/** The time after which most waiting messages are withdrawn, in ms. */
const LONGEST_WAITING_MS = 300_000;
const STILL_DELIVERED = 0.05;

/** True for most of what has waited long for a frozen process: in days thousands of calls would pile up. */
export function isWithdrawn(
  sentAt: number,
  { world, faults }: { readonly world: Pick<Host, "now">; readonly faults: Faults },
): boolean {
  return world.now() - sentAt > LONGEST_WAITING_MS && !faults.random.chance(STILL_DELIVERED);
}
