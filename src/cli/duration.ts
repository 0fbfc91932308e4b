import { usageError } from "./failures.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MOST_MS = 366 * 86_400_000;

/**
 * "1h30m", "2d", "45s"; a number alone is seconds. Answers ms.
 *
 * @throws {CommandError} USAGE for anything else, and for more than a year.
 */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhd]?)/g)];
  const isWhole = /^(\d+[smhd])+$|^\d+$/.test(text);
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit || "s"] ?? 0), 0);
  if (isWhole && ms > 0 && ms <= MOST_MS) return ms;
  throw usageError(`A duration is like 45s, 15m, 1h30m or 2d, of at most 366 days; "${text}" was given.`);
}
