import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, runTool } from "../scripts/command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const hostGlobals: readonly string[] = [
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "fetch",
  "console",
  "process",
  "Buffer",
  "crypto",
  "performance",
  "structuredClone",
  "TextEncoder",
  "URL",
  "AbortController",
  "EventTarget",
  "indexedDB",
  "navigator",
  "self",
  "window",
  "require",
];

describe("the globals that the engine's tsconfig knows", () => {
  test("are those of the language, none of a host", async () => {
    const output = await typeCheck(hostGlobals.map((name) => `export const _${name}: unknown = ${name};`));
    const unknown = hostGlobals.filter((name) => output.includes(`Cannot find name '${name}'`));
    expect(unknown).toEqual(hostGlobals);
  });

  test("include promises, maps and everything of ES2022", async () => {
    expect(await typeCheck(["export const a: Promise<Map<string, number>> = Promise.any([new Map()]);"])).toBe("");
  });
});

async function typeCheck(lines: readonly string[]): Promise<string> {
  const folder = temporaryFolder("globals");
  writeFileSync(join(folder, "probe.ts"), lines.join("\n"));
  const config = {
    extends: join(root, "src/engine/tsconfig.json"),
    compilerOptions: { rootDir: folder },
    include: ["probe.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  return (await runTool("typescript", ["-p", folder, "--pretty", "false"], { capture: true })).output;
}
