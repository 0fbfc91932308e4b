/** The files that an execution is recorded in. */

/**
 * The texts of the commits: of `perdure history --log`, one a line, or of what the playground exports.
 *
 * @throws {Error} that says what is wrong with the file.
 */
export function logOf(text: string): readonly string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length > 0 && lines.every((line) => line.startsWith('{"v":'))) return lines;
  const { log } = JSON.parse(text) as { readonly log?: unknown };
  if (Array.isArray(log) && log.every((body) => typeof body === "string")) return log;
  throw new Error("it has neither commits nor events.");
}
