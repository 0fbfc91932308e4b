import { InvalidArgumentError, shown } from "./invalid-argument.ts";
import type { Duration } from "./types.ts";

const SECONDS = { days: 86_400, hours: 3600, minutes: 60, seconds: 1 } as const;
const UNITS = Object.keys(SECONDS) as (keyof typeof SECONDS)[];
/** Texts that people write for durations: a number, and a word that begins with the first letter of a unit. */
const TEXT = /^\s*(\d+)\s*([dhms])(?!s$)[a-z]*\s*$/i;

type Parts = Partial<Record<keyof typeof SECONDS, number>>;

/** The plain sum in seconds, as AWS has it: fractions and signs stay. */
export function toSeconds(duration: Duration): number {
  const parts: Parts = duration;
  const { days = 0, hours = 0, minutes = 0, seconds = 0 } = parts;
  return days * SECONDS.days + hours * SECONDS.hours + minutes * SECONDS.minutes + seconds;
}

/**
 * The sum in seconds of what is meant as the duration of `what`.
 *
 * @throws {InvalidArgumentError} INVALID_ARGUMENT for anything but numbers of days, hours, minutes and seconds.
 */
export function readSeconds(what: () => string, duration: unknown): number {
  requireDuration(what, duration);
  return toSeconds(duration as Duration);
}

/** @throws {InvalidArgumentError} INVALID_ARGUMENT for anything but numbers of days, hours, minutes and seconds. */
export function requireDuration(what: () => string, duration: unknown): void {
  if (isDuration(duration)) return;
  throw new InvalidArgumentError(
    `${what()} must be an object with days, hours, minutes or seconds and is ${shown(duration)}: write ${meant(duration)}.`,
  );
}

/** @throws {InvalidArgumentError} INVALID_ARGUMENT for a member that is there and no duration. */
export function requireDurations<Config extends object>(
  maker: string,
  config: Config,
  members: readonly (keyof Config & string)[],
): void {
  for (const member of members) {
    const duration = config[member];
    // With nothing in it, it is no time, as with AWS.
    const isEmpty = typeof duration === "object" && duration !== null && Object.keys(duration).length === 0;
    if (duration !== undefined && !isEmpty) requireDuration(() => `The ${member} of ${maker}`, duration);
  }
}

/** @throws {InvalidArgumentError} INVALID_ARGUMENT for a timeout that is there and no duration, or no time. */
export function requireTimeout(where: string, timeout: unknown): void {
  if (timeout === undefined) return;
  requireDuration(() => `The timeout of ${where}`, timeout);
  if (toSeconds(timeout as Duration) > 0) return;
  throw new InvalidArgumentError(
    `The timeout of ${where} must be longer than 0 s and is ${shown(timeout)}: leave it out for none.`,
  );
}

function isDuration(duration: unknown): boolean {
  if (typeof duration !== "object" || duration === null) return false;
  const parts = UNITS.map((unit) => (duration as Parts)[unit]).filter((part) => part !== undefined);
  const isNumeric = parts.every((part) => typeof part === "number" && !Number.isNaN(part));
  return parts.length > 0 && isNumeric && Object.keys(duration).every((key) => key in SECONDS);
}

function meant(duration: unknown): string {
  if (typeof duration === "number" && Number.isFinite(duration)) return `{ seconds: ${duration} }`;
  if (typeof duration === "object" && duration !== null) {
    const [key = "", value] = Object.entries(duration)[0] ?? [];
    const unit = UNITS.find((each) => each.slice(0, 3) === key.toLowerCase().slice(0, 3));
    if (unit !== undefined && typeof value === "number" && Number.isFinite(value)) return `{ ${unit}: ${value} }`;
  }
  const [, count = "5", letter = "s"] = TEXT.exec(String(duration)) ?? [];
  const unit = UNITS.find((each) => each.startsWith(letter.toLowerCase())) ?? "seconds";
  return `{ ${unit}: ${count} }`;
}
