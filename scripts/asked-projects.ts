/**
 * The projects of a run of vitest, by its arguments: a browser that none of its tests needs is not started to be found.
 */

/** True if a run with these arguments may include one of the projects. Without `--project` it includes all of them. */
export function asksFor(projects: readonly string[], args: readonly string[]): boolean {
  const patterns = args.flatMap((arg, at) => {
    if (arg === "--project") return args[at + 1] ?? [];
    return arg.startsWith("--project=") ? arg.slice("--project=".length) : [];
  });
  return patterns.length === 0 || patterns.some((pattern) => projects.some((project) => matches(pattern, project)));
}

/** As vitest reads them: `*` stands for anything, and what begins with `!` is all the others. */
function matches(pattern: string, project: string): boolean {
  if (pattern.startsWith("!")) return !matches(pattern.slice(1), project);
  const escaped = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "i").test(project);
}
