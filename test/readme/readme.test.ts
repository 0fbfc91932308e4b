/** The code of the README and of the pages in docs is copied out of them, type-checked, and run where Node can run it. */

import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { unstable_readConfig } from "wrangler";
import { root, run, runTool } from "../../scripts/command.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** What the pages take for granted, unless they bring it themselves. */
const given: Readonly<Record<string, string>> = {
  "order.ts": handler("order", "{ id: string; total: number }"),
  "order-before.ts": handler("orderBefore", "{ id: string; total: number }"),
  "checkout.ts": handler("checkout", "string[]"),
  "shop.ts":
    "export declare function placeOrder(cart: string[]): string;\nexport declare function confirm(order: string): string;\n",
  "vite.d.ts": 'declare module "*?worker&url" {\n  const address: string;\n  export default address;\n}\n',
};

/** React's own hook throws on a server that is given no third argument, which its types and Preact's leave optional. */
const react = `export { useMemo } from "preact/compat";
export declare function useSyncExternalStore<T>(
  subscribe: (listener: () => void) => () => void,
  getSnapshot: () => T,
  getServerSnapshot: () => T,
): T;
`;

/** Programs that run by themselves and end. */
const programs = [
  "README.md/process.ts",
  "README.md/order.test.ts",
  "docs/clients.md/process.ts",
  "docs/http-api.md/api.ts",
  "docs/http-api.md/host.ts",
  "docs/opentelemetry.md/traces.ts",
  "docs/operating.md/operate.ts",
  "docs/schedules.md/schedules.test.ts",
  "docs/steps.md/timeouts.test.ts",
  "docs/tags.md/tags.ts",
  "docs/testing.md/retries.test.ts",
];

interface Page {
  readonly path: string;
  readonly folder: string;
  readonly markdown: string;
  /** By the file name in their first line. */
  readonly files: ReadonlyMap<string, string>;
}

const copies = temporaryFolder(".copy", join(root, "test", "readme"));
const pages = ["README.md", ...globSync("docs/*.md", { cwd: root }).toSorted()].map(readPage);

function handler(name: string, event: string): string {
  return `import { withDurableExecution } from "perdure";\nexport const ${name} = withDurableExecution(async (event: ${event}) => event);\n`;
}

function readPage(path: string): Page {
  const markdown = readFileSync(join(root, path), "utf8");
  const found = markdown.matchAll(/```tsx?\n\/\/ (\S+)\n([\s\S]*?)```/g);
  const files = new Map([...found].map(([, name = "", code = ""]) => [name, code]));
  const folder = join(copies, path);
  mkdirSync(folder, { recursive: true });
  const all = [...Object.entries(given), ...files, ...swapsOf(markdown)];
  for (const [name, code] of all) writeFileSync(join(folder, name), code);
  return { path, folder, markdown, files };
}

/** Both sides of every change of an import that a page shows, each a file that hands on what it imports. */
function swapsOf(markdown: string): (readonly [name: string, code: string])[] {
  const changes = [...markdown.matchAll(/```diff\n([\s\S]*?)```/g)].map(([, change = ""]) => change);
  return changes.flatMap((change, index) =>
    ["-", "+"].map((sign) => [`swap-${index}-${sign === "-" ? "before" : "after"}.ts`, sideOf(change, sign)] as const),
  );
}

function sideOf(change: string, sign: string): string {
  const lines = change.split("\n").filter((line) => line.startsWith(`${sign} import `));
  return lines.map((line) => `${line.slice(2).replace("import", "export")}\n`).join("");
}

describe.each(pages)("$path", ({ path, markdown, files }) => {
  test("names the file of every block of code, each once", () => {
    expect(markdown.match(/```(?:tsx?|js|jsx|javascript|typescript)\n/g) ?? []).toHaveLength(files.size);
  });

  test("has blocks in no language but those that a test reads, and YAML", () => {
    const languages = [...markdown.matchAll(/^```(\w+)$/gm)].map(([, language = ""]) => language);
    // cjs is run in test/package, jsonl in src/engine/machine, and text is what the rules of docs/eslint.md say.
    const known = ["ts", "tsx", "cjs", "sh", "diff", "json", "jsonl", "toml", "text", "yaml"];
    expect(known).toEqual(expect.arrayContaining(languages));
  });

  test("has JSON that can be read", () => {
    for (const [, json = ""] of markdown.matchAll(/```json\n([\s\S]*?)```/g)) {
      expect(() => JSON.parse(json) as unknown, json).not.toThrow();
    }
  });

  test("has shell commands that a shell can read", async () => {
    for (const [, commands = ""] of markdown.matchAll(/```sh\n([\s\S]*?)```/g)) {
      expect(await run("bash", ["-n", "-c", commands], { capture: true }), commands).toMatchObject({ code: 0 });
    }
  });

  test("links to pages and headings that are there", () => {
    for (const [link, target = "", anchor = ""] of markdown.matchAll(/\]\(((?!https?:)[^)#\s]*)(?:#([^)]*))?\)/g)) {
      const file = join(root, target === "" ? path : join(path, "..", target));
      expect(existsSync(file), `${link} in ${path}`).toBe(true);
      const headings = anchor === "" ? [anchor] : headingsOf(file);
      expect(headings, `${link} in ${path}`).toContain(anchor);
    }
  });
});

function headingsOf(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => slug(heading));
}

/** As GitHub makes it of a heading. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

test("the pages with code are these", () => {
  const withCode = pages.filter(({ files }) => files.size > 0).map(({ path }) => path);
  expect(withCode).toEqual([
    "README.md",
    "docs/aws.md",
    "docs/browser.md",
    "docs/cli.md",
    "docs/clients.md",
    "docs/cloudflare.md",
    "docs/console.md",
    "docs/eslint.md",
    "docs/http-api.md",
    "docs/opentelemetry.md",
    "docs/operating.md",
    "docs/promises-are-your-graph.md",
    "docs/schedules.md",
    "docs/steps.md",
    "docs/tags.md",
    "docs/testing.md",
  ]);
  const [readme] = pages;
  expect([...readme!.files.keys()]).toEqual(["order.ts", "worker.ts", "page.ts", "process.ts", "order.test.ts"]);
});

test("wrangler takes the configuration of a Worker as it is shown, and finds in the code the classes that it binds", () => {
  const { markdown, folder, files } = pages.find(({ path }) => path === "docs/cloudflare.md")!;
  const [, toml = ""] = /```toml\n# wrangler.toml\n([\s\S]*?)```/.exec(markdown) ?? [];
  const path = join(folder, "wrangler.toml");
  writeFileSync(path, toml);
  const warn = vi.spyOn(console, "warn");
  const { main = "", durable_objects: objects, migrations } = unstable_readConfig({ config: path });
  expect(warn).not.toHaveBeenCalled();
  const classes = objects.bindings.map(({ class_name: name }: { readonly class_name: string }) => name);
  expect(migrations).toEqual([{ tag: "v1", new_sqlite_classes: classes }]);
  for (const name of classes) expect(files.get(basename(main))).toContain(`export const ${name} = `);
});

test("a handler of AWS's SDK changes one import, and both are shown", () => {
  const shown = pages.filter(({ markdown }) => swapsOf(markdown).length > 0);
  expect(shown.map(({ path }) => path)).toEqual(["README.md", "docs/aws.md"]);
  for (const { markdown } of shown) {
    expect(swapsOf(markdown).map(([, code]) => code)).toEqual([
      'export { withDurableExecution } from "@aws/durable-execution-sdk-js";\n',
      'export { withDurableExecution } from "perdure";\n',
    ]);
  }
});

test("the code compiles", async () => {
  writeFileSync(join(copies, "react.d.ts"), react);
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: {
      lib: ["ES2024", "DOM"],
      types: ["node", "@cloudflare/workers-types"],
      jsx: "react-jsx",
      jsxImportSource: "preact",
      paths: { react: [join(copies, "react.d.ts")] },
      noEmit: true,
      skipLibCheck: true,
    },
    include: [join(copies, "**", "*.ts"), join(copies, "**", "*.tsx")],
  };
  writeFileSync(join(copies, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await runTool("typescript", ["-p", copies], { capture: true });
  expect(output).toBe("");
  expect(code).toBe(0);
});

test.each(programs)("%s runs", async (program) => {
  const { code, output } = await run(process.execPath, [join(copies, program)], { capture: true });
  expect(output).not.toContain("Error");
  expect(code).toBe(0);
});
