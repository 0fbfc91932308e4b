import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDeclarations } from "../../../../scripts/playground-declarations.ts";
import { compile } from "../compile.ts";
import { WorkflowLanguage } from "./workflow-language.ts";

const declarations = await readDeclarations();
const language = new WorkflowLanguage(declarations);

const catalogue = "demo/playground/examples/catalogue.ts";

/** The files that the catalogue offers. */
const examples: readonly string[] = [...readFileSync(catalogue, "utf8").matchAll(/example\(\s*"(\.[^"]+\.ts)"/g)].map(
  ([, path = ""]) => join(dirname(catalogue), path),
);

const handler = (body: string): string => `import { type DurableContext, withDurableExecution } from "perdure";
export const run = withDurableExecution(async (event: { who: string }, context: DurableContext) => {
${body}
});`;

/** Each problem as its line, the code it is at, and what is said. */
function problems(code: string): readonly (readonly [line: number, at: string, message: string])[] {
  return language
    .check(code)
    .map(({ from, to, message }) => [code.slice(0, from).split("\n").length, code.slice(from, to), message]);
}

/** The names suggested at `|`. */
function suggested(marked: string): readonly string[] {
  const at = marked.indexOf("|");
  return language.suggest(marked.replace("|", ""), at)?.entries.map(({ name }) => name) ?? [];
}

describe("the examples", () => {
  test.each(examples)("%s has no problem", (path) => {
    expect(problems(readFileSync(path, "utf8"))).toEqual([]);
  });

  test("are found in the catalogue", () => {
    expect(examples.length).toBeGreaterThan(6);
  });
});

test("no workflow of the repository is warned of", () => {
  const others = globSync("demo/workflows/*.ts").filter((path) => !path.endsWith(".test.ts"));
  expect(others.length).toBeGreaterThan(8);
  const warnings = others.flatMap((path) =>
    language.check(readFileSync(path, "utf8")).filter(({ severity }) => severity === "warning"),
  );
  expect(warnings).toEqual([]);
});

describe("type errors", () => {
  test("are at their place", () => {
    expect(problems(handler(`await context.stepp("a", async () => 1);`))).toEqual([
      [3, "stepp", expect.stringContaining("Did you mean 'step'?")],
    ]);
    expect(problems(handler(`\nawait context.wait("a", { hourz: 1 });`))).toEqual([
      [4, "hourz", expect.stringContaining("'hourz' does not exist in type")],
    ]);
    expect(problems(handler(`await context.step();`))).toEqual([[3, "step", expect.stringContaining("Expected 1-3")]]);
    expect(problems(handler(`const n: number = await context.step(async () => event.who);\nreturn n;`))).toEqual([
      [3, "n", "Type 'string' is not assignable to type 'number'."],
    ]);
    const returns = `import { type DurableContext } from "perdure";\nexport async function f(context: DurableContext): Promise<number> {\n  return context.step(async () => "one");\n}`;
    expect(problems(returns)).toEqual([
      [3, "return", expect.stringContaining("'string' is not assignable to type 'number'")],
    ]);
  });

  test("say that the code runs all the same, those of syntax do not", () => {
    expect(language.check(`export const n: number = "a";`)).toEqual([
      expect.objectContaining({ severity: "error", note: expect.stringContaining("Run runs the code all the same") }),
    ]);
    expect(language.check(`export const n = ;`)).toEqual([
      { from: 17, to: 18, severity: "error", message: "Expression expected." },
    ]);
  });

  test("are not all that can be wrong: the compiler that Run takes has its say too", () => {
    const compiled = compile("export import A = B.C;");
    const problem = "problem" in compiled ? compiled.problem : undefined;
    expect(problem?.severity).toBe("error");
    expect(language.check("export import A = B.C;")).toContainEqual(problem);
  });

  test("hold for handlers without annotations too", () => {
    const code = `import { withDurableExecution } from "perdure";\nexport const run = withDurableExecution(async (event: unknown, context) => context.wai());`;
    expect(problems(code)).toEqual([[2, "wai", expect.stringContaining("Did you mean 'wait'?")]]);
  });
});

describe("fixes of type errors", () => {
  const labels = (code: string): readonly (string | undefined)[] =>
    language.check(code).flatMap(({ fixes = [] }) => fixes.map(({ label }) => label));

  test("take the name that was meant, or import it", () => {
    expect(labels(handler(`await context.stepp("a", async () => 1);`))).toContain("Change spelling to 'step'");
    expect(labels(`export const f = (context: DurableContext) => context;`)).toContain(`Add import from "perdure"`);
  });

  test("change no declaration of perdure", () => {
    expect(labels(handler(`await context.nothing();`))).toEqual([]);
  });
});

describe("what cannot be had here", () => {
  test.each([
    [`import { x } from "lodash";\nexport const y = x;`, `"lodash"`],
    [`import "lodash";`, `"lodash"`],
    [`import { x } from "./other.ts";\nexport const y = x;`, `"./other.ts"`],
    [`import { x } from "perdure/testing";\nexport const y = x;`, `"perdure/testing"`],
    [`import { x } from "node:fs";\nexport const y = x;`, `"node:fs"`],
    [`import type { S3 } from "@aws-sdk/client-s3";\nexport type { S3 };`, `"@aws-sdk/client-s3"`],
    [`export const f = async () => import("lodash");`, `"lodash"`],
  ])("%s", (code, module) => {
    expect(problems(code)).toEqual([
      [1, module, `Only "perdure" and "perdure/schedules" can be imported here, not ${module}.`],
    ]);
  });

  test("an export that perdure does not have", () => {
    expect(problems(`import { step } from "perdure";\nexport const s = step;`)).toEqual([
      [1, "step", expect.stringContaining(`"perdure"' has no exported member 'step'`)],
    ]);
  });

  test.each(["document", "process", "Buffer", "require", "localStorage"])("the global %s", (name) => {
    expect(problems(`export const x = ${name};`)).toEqual([
      [1, name, expect.stringMatching(/There is no|Cannot find name/)],
    ]);
  });

  test("await outside functions", () => {
    expect(problems(`export const x = await Promise.resolve(1);`)).toEqual([
      [1, "await", "The file is loaded in one go: await only inside functions."],
    ]);
  });

  test("globals of the sandbox can", () => {
    const code = `export const f = async () => {
      const response = await fetch(new URL("https://a.example?b=1"), { signal: AbortSignal.timeout(5), headers: new Headers() });
      for (const [name, value] of response.headers) console.log(name, value);
      const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(await response.text()));
      setTimeout(() => performance.now(), 5);
      return [btoa(crypto.randomUUID()), structuredClone(hash), Promise.withResolvers<number>()];
    };`;
    expect(problems(code)).toEqual([]);
  });
});

describe("suggestions", () => {
  test("are the members of a context", () => {
    const names = suggested(handler("await context.|"));
    expect(names).toEqual(expect.arrayContaining(["step", "wait", "waitForCallback", "runInChildContext", "promise"]));
    const code = handler("await context.sx");
    expect(language.suggest(code, code.indexOf("sx"))).toMatchObject({ areOfContext: true, from: code.indexOf("sx") });
  });

  test("are the units of a duration, and the names of options", () => {
    expect(suggested(handler(`await context.wait("a", { | });`))).toEqual(expect.arrayContaining(["hours", "seconds"]));
    expect(suggested(handler(`await context.step("a", async () => 1, { | });`))).toContain("retryStrategy");
  });

  test("are what perdure exports, which is imported when it is taken", () => {
    const code = `import { withDurableExecution } from "perdure";\nexport const a = createRetryS;`;
    const at = code.lastIndexOf(";");
    const found = language.suggest(code, at)?.entries.find(({ name }) => name === "createRetryStrategy");
    expect(found?.source).toBe("perdure");
    expect(language.describe(code, at, found!)?.changes).toEqual([
      { from: expect.any(Number), to: expect.any(Number), insert: expect.stringContaining("createRetryStrategy") },
    ]);
    const empty = `export const a = withDura`;
    const first = language.suggest(empty, empty.length)?.entries.find(({ name }) => name === "withDurableExecution");
    expect(language.describe(empty, empty.length, first!)?.changes[0]?.insert).toContain(
      `import { withDurableExecution } from "perdure";`,
    );
  });

  test("come with their types and what is said of them", () => {
    const code = handler("await context.");
    const details = language.describe(code, code.indexOf("context.\n") + 8, { name: "wait" });
    expect(details?.signature).toContain("wait(name: string, duration: Duration): DurablePromise<void>");
    expect(details?.documentation).toBe("Waits at least this long, at no cost while waiting.");
  });
});

describe("a name that is pointed at", () => {
  test("has its type", () => {
    const code = handler("const who = await context.step(async () => event.who.length);\nreturn who;");
    expect(language.hover(code, code.indexOf("who = "))).toMatchObject({ signature: "const who: number" });
    expect(language.hover(code, code.indexOf("step"))?.documentation).toContain("records its outcome");
    expect(language.hover(code, code.indexOf("\n"))).toBeUndefined();
  });
});

describe("a call", () => {
  test("shows its parameters, and the one that is written", () => {
    const code = handler(`await context.wait("a", )`);
    const help = language.call(code, code.indexOf(", )") + 2);
    expect(help?.signatures.map(({ parameters }) => parameters.map(({ text }) => text))).toContainEqual([
      "name: string",
      "duration: Duration",
    ]);
    expect(help).toMatchObject({ parameter: 1 });
  });
});

test.each(examples)("%s is answered for while it is being written", (path) => {
  const lines = readFileSync(path, "utf8").split("\n");
  for (let missing = 0; missing < lines.length; missing += 5) {
    const at = lines.slice(0, missing).join("\n").length;
    for (const code of [lines.toSpliced(missing, 1).join("\n"), lines.slice(0, missing).join("\n")]) {
      expect(language.check(code).every(({ from, to }) => 0 <= from && from <= to && to <= code.length)).toBe(true);
      language.suggest(code, at);
      language.call(code, at);
      language.hover(code, at);
    }
  }
});

test("the types are those of the package, which import nothing but each other", () => {
  const files = Object.keys(declarations).filter((path) => path.endsWith(".d.ts") && path.includes("/perdure/"));
  expect(declarations["/node_modules/perdure/index.d.ts"]).toMatch(/^export .*\bDurableContext\b.*;$/m);
  expect(declarations["/node_modules/perdure/schedules.d.ts"]).toMatch(/\bschedule\b/);
  const imported = files.flatMap((path) => [...(declarations[path] ?? "").matchAll(/^import .* from "(.*)";$/gm)]);
  for (const [, source = ""] of imported) {
    expect(files).toContain(source.replace("./", "/node_modules/perdure/").replace(/\.js$/, ".d.ts"));
  }
});

describe("a step against time", () => {
  const step = (options: string): string =>
    handler(`await context.step("ask", async ({ signal }) => fetch("", { signal }), ${options});`);

  test("has its timeout and signal checked", () => {
    expect(problems(step("{ timeout: { seconds: 2 } }"))).toEqual([]);
    expect(problems(step("{ timeout: 2 }"))).toEqual([[3, "timeout", expect.stringContaining("Duration")]]);
    expect(problems(step("{ timeout: { secs: 2 } }"))).toEqual([
      [3, "secs", expect.stringContaining("does not exist")],
    ]);
    expect(problems(handler(`await context.step(async ({ signal }) => signal.abort());`))).toEqual([
      [3, "abort", expect.stringContaining("AbortSignal")],
    ]);
  });

  test("has both described", () => {
    const code = step("{ timeout: { seconds: 2 } }");
    expect(language.hover(code, code.indexOf("timeout"))).toMatchObject({
      signature: expect.stringContaining("timeout?: Duration"),
      documentation: expect.stringContaining("The longest time of one attempt"),
    });
    expect(language.hover(code, code.indexOf("signal"))?.signature).toContain("signal: AbortSignal");
    expect(suggested(step("{ tim|: {} }"))).toContain("timeout");
  });
});

describe("a schedule", () => {
  const code = (options: string): string => `import { withDurableExecution } from "perdure";
import { schedule } from "perdure/schedules";
const report = withDurableExecution(async (event: { day: string }) => event.day);
export const daily = schedule({ start: report, ${options} });`;

  test("has its options checked against what it starts", () => {
    expect(problems(code(`cron: "0 9 * * *", input: (slot) => ({ day: slot.toISOString() })`))).toEqual([]);
    expect(problems(code(`cron: "0 9 * * *", input: { day: 7 }`))).toEqual([
      [4, "day", expect.stringContaining("string")],
    ]);
    expect(problems(code(`cron: "0 9 * * *", catchUp: "some"`))).toEqual([
      [4, "catchUp", expect.stringContaining('"some"')],
    ]);
  });

  test("is suggested, and imported from where it is", () => {
    const start = `export const daily = sche`;
    const found = language.suggest(start, start.length)?.entries.find(({ name }) => name === "schedule");
    expect(found?.source).toBe("perdure/schedules");
    expect(language.describe(start, start.length, found!)?.changes).toEqual([
      expect.objectContaining({ insert: expect.stringContaining('import { schedule } from "perdure/schedules"') }),
    ]);
  });
});

test("names of perdure are suggested from its entries alone", () => {
  const sources = ["withDurable", "StepTimeoutErr", "sched"].flatMap(
    (start) => language.suggest(start, start.length)?.entries.flatMap(({ source = [] }) => source) ?? [],
  );
  expect([...new Set(sources)].toSorted()).toEqual(["perdure", "perdure/schedules"]);
});
