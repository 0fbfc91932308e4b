/** The writing of log lines where the runtime need not be Node. */

import { nodeModule } from "./platform.ts";

export type Sink = Pick<Console, "debug" | "info" | "warn" | "error">;

interface NodeUtil {
  formatWithOptions(options: { breakLength: number }, ...values: unknown[]): string;
}

/** Makes what opens the console for the first line. */
export function consoleOpener(): () => Sink {
  // As they are now: what takes their places later may write through this logger.
  const { debug, info, warn, error } = console;
  return () => ({ debug, info, warn, error });
}

/** Values as one text, as Node's console joins them; without Node's formatter no placeholders, and objects as JSON. */
export function formatText(values: readonly unknown[]): string {
  const util = nodeModule<NodeUtil>("node:util");
  if (util?.formatWithOptions) return util.formatWithOptions({ breakLength: Number.POSITIVE_INFINITY }, ...values);
  return values.map(plainText).join(" ");
}

function plainText(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error) return value.stack ?? String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
