import { transform } from "sucrase";
import type { Problem } from "./problem.ts";

export type Compiled = { readonly script: string } | { readonly problem: Problem };

/** TypeScript to a script, line for line. */
export function compile(code: string): Compiled {
  try {
    const { code: script } = transform(code, {
      transforms: ["typescript", "imports"],
      disableESTransforms: true,
      preserveDynamicImport: true,
    });
    return { script };
  } catch (error) {
    return { problem: problemOf(code, error) };
  }
}

function problemOf(code: string, error: unknown): Problem {
  const { message, pos } = error as { message: string; pos?: number };
  const from = Math.min(pos ?? 0, code.length);
  const [, text = message] = /^(?:Error transforming .*?: )?(.*?)(?: \(\d+:\d+\))?$/s.exec(message) ?? [];
  return { from, to: Math.min(from + 1, code.length), severity: "error", message: text };
}
