import type { Duration } from "./types.ts";

const SECONDS = { days: 86_400, hours: 3600, minutes: 60, seconds: 1 } as const;

/** The plain sum in seconds, as AWS has it: unknown members count nothing, fractions and signs stay. */
export function toSeconds(duration: Duration): number {
  const parts: Partial<Record<keyof typeof SECONDS, number>> = duration;
  const { days = 0, hours = 0, minutes = 0, seconds = 0 } = parts;
  return days * SECONDS.days + hours * SECONDS.hours + minutes * SECONDS.minutes + seconds;
}
