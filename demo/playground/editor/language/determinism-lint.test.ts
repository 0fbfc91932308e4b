import { describe, expect, test } from "vitest";
import { readDeclarations } from "../../../../scripts/playground-declarations.ts";
import type { Problem } from "../problem.ts";
import { WorkflowLanguage } from "./workflow-language.ts";

const language = new WorkflowLanguage(await readDeclarations());

/** The warnings for a handler, with the names that the tests use around it. */
function warnings(body: string): { readonly code: string; readonly found: readonly Problem[] } {
  const code = `import { type DurableContext, withDurableExecution } from "perdure";
declare const f: () => Promise<number>, go: () => void, log: (value: unknown) => void;
export const run = withDurableExecution(async (event: { at: string }, context: DurableContext) => {
${body}
});`;
  return { code, found: language.check(code).filter(({ severity }) => severity === "warning") };
}

/** The places of the warnings. */
function places(body: string): readonly string[] {
  const { code, found } = warnings(body);
  return found.map(({ from, to }) => code.slice(from, to));
}

/** The code with the first fix applied. */
function fixed(body: string): string {
  const { code, found } = warnings(body);
  const [change] = found[0]?.fixes?.[0]?.changes ?? [];
  if (change === undefined) throw new Error(`No fix for ${JSON.stringify(found)}`);
  const text = code.slice(0, change.from) + change.insert + code.slice(change.to);
  expect(language.check(text)).toEqual([]);
  return text.split("\n").slice(3, -1).join("\n");
}

describe("the world outside steps", () => {
  test.each([
    ["Date.now()", "Date.now"],
    ["Date()", "Date"],
    ["new Date()", "new Date()"],
    ["new Date", "new Date"],
    ["performance.now()", "performance.now"],
    ["Math.random()", "Math.random"],
    ["crypto.randomUUID()", "crypto.randomUUID"],
    ["globalThis.crypto.randomUUID()", "globalThis.crypto.randomUUID"],
    ["crypto.getRandomValues(new Uint8Array(4))", "crypto.getRandomValues"],
    ["fetch('https://a.example')", "fetch"],
    ["setTimeout(go, 1)", "setTimeout"],
    ["setInterval(go, 1)", "setInterval"],
  ])("%s is found, and is fine inside a step", (call, place) => {
    expect(places(`const x = ${call}; log(x);`)).toEqual([place]);
    expect(places(`await context.step("x", async () => { log(${call}); });`)).toEqual([]);
  });

  test("is found through aliases", () => {
    expect(places(`const { random } = Math; log(random());`)).toEqual(["random"]);
    expect(places(`const now = Date.now; log(now());`)).toEqual(["now"]);
  });

  test("is found where it is handed over to be called", () => {
    expect(places(`log([1, 2].map(Math.random));`)).toEqual(["Math.random"]);
    expect(places(`log([1, 2].map(() => Math.random()));`)).toEqual(["Math.random"]);
  });

  test("a name of one's own is what it is declared as", () => {
    expect(places(`const fetch = (url: string) => url.length; log(fetch("a"));`)).toEqual([]);
    expect(places(`const Math = { random: () => 4 }; log(Math.random());`)).toEqual([]);
    expect(places(`class Date { readonly day = 1; } log(new Date());`)).toEqual([]);
  });

  test("a date of something is no time of now", () => {
    expect(places(`log(new Date(event.at)); log(Date.parse(event.at));`)).toEqual([]);
  });

  test("what only goes to a log makes no difference", () => {
    expect(places(`context.logger.info("at", { now: Date.now() }); console.log(Math.random());`)).toEqual([]);
    expect(places(`class Date { readonly day = 1; } log(new Date());`)).toEqual([]);
    expect(places(`console.log(await fetch("https://a.example"));`)).toEqual(["fetch"]);
  });

  test("is fine in condition checks, submitters and the strategies of a step", () => {
    expect(
      places(`
        await context.waitForCondition("c", async (at: number) => Date.now() - at, {
          initialState: 0,
          waitStrategy: () => (Math.random() > 0.5 ? { shouldContinue: false } : { shouldContinue: true, delay: { seconds: 1 } }),
        });
        await context.waitForCallback("c", async (id) => { await fetch("https://a.example/" + id); });
        await context.step("s", f, { retryStrategy: () => ({ shouldRetry: Math.random() > 0.5 }) });
      `),
    ).toEqual([]);
  });

  test("the code of branches is looked at", () => {
    expect(
      places(`await context.map("m", [1], async (item) => { await item.wait({ seconds: Math.random() }); });`),
    ).toEqual(["Math.random"]);
    expect(places(`await context.parallel([async (branch) => branch.wait({ seconds: Math.random() })]);`)).toEqual([
      "Math.random",
    ]);
  });
});

describe("functions of the file", () => {
  test("are judged where they are called", () => {
    const now = `const now = async () => Date.now();`;
    expect(places(`${now} await context.step("now", now);`)).toEqual([]);
    expect(places(`${now} await context.step("now", async () => await now());`)).toEqual([]);
    expect(places(`${now} log(await now());`)).toEqual(["now"]);
    expect(places(`${now} await Promise.all([1].map(now));`)).toEqual(["now"]);
  });

  test("are judged by what they call in turn", () => {
    const helpers = `const twice = async () => (await once()) * 2; async function once() { return Math.random(); }`;
    expect(places(`${helpers} log(await twice());`)).toEqual(["twice"]);
    expect(places(`${helpers} await context.step("twice", twice);`)).toEqual([]);
  });

  test("that call each other are looked through once, whichever comes first", () => {
    const circle = `function a(n: number): number { return n > 5 ? b(n) : Date.now(); } function b(n: number): number { return a(n - 1); }`;
    expect(places(`${circle} log(a(1)); log(b(1));`)).toEqual(["a", "b"]);
    expect(places(`${circle} log(b(1)); log(a(1));`)).toEqual(["b", "a"]);
  });

  test("that call each other and ask nothing of the world are fine", () => {
    const helpers = `function even(n: number): boolean { return n === 0 || odd(n - 1); } function odd(n: number): boolean { return n > 0 && even(n - 1); }`;
    expect(places(`${helpers} log(even(4));`)).toEqual([]);
  });

  test("that are given a context run on every replay", () => {
    const code = `import type { DurableContext } from "perdure";
      export async function ask(who: string, context: DurableContext) { return who + Date.now(); }
      export async function now() { return Date.now(); }`;
    const problems = language.check(code);
    expect(problems.map(({ from, to }) => code.slice(from, to))).toEqual(["Date.now"]);
  });

  test("that run what they are given in a step may be given anything", () => {
    const once = `const once = (name: string, work: () => Promise<number>) => context.step(name, async () => work());`;
    expect(places(`${once} await once("a", async () => Math.random());`)).toEqual([]);
    const direct = `const once = (name: string, work: () => Promise<number>) => context.step(name, work);`;
    expect(places(`${direct} await once("a", async () => Math.random());`)).toEqual([]);
    const outside = `const once = (name: string, work: () => Promise<number>) => work();`;
    expect(places(`${outside} await once("a", async () => Math.random());`)).toEqual(["Math.random"]);
  });

  test("kept for later are not judged", () => {
    expect(
      places(
        `const undo = [{ run: async () => Date.now() }]; for (const { run } of undo) await context.step("u", run);`,
      ),
    ).toEqual([]);
  });
});

describe("contexts", () => {
  test("the outer one is not for a child", () => {
    expect(
      places(`await context.runInChildContext("c", async (child) => { await context.step(f); await child.step(f); });`),
    ).toEqual(["context.step"]);
    expect(places(`await context.map([1], async (item) => { await context.promise.all([item.step(f)]); });`)).toEqual([
      "context.promise.all",
    ]);
  });

  test("the outer one is not to be handed on by a child", () => {
    expect(
      places(`const ask = async (on: DurableContext) => on.step(f);
        await context.runInChildContext("c", async (child) => { await ask(context); await ask(child); });`),
    ).toEqual(["context"]);
  });

  test("a child without a parameter has none to use", () => {
    expect(places(`await context.runInChildContext("c", async () => { await context.step(f); });`)).toEqual([
      "context.step",
    ]);
  });

  test("a branch without a parameter takes the outer one", () => {
    expect(places(`await context.parallel([() => context.step(f)]);`)).toEqual([]);
  });

  test("branches in a list, and with names, are children", () => {
    expect(
      places(
        `await context.parallel([async (a) => context.wait({ seconds: 1 }), { name: "b", func: async (b) => b.step(f) }]);`,
      ),
    ).toEqual(["context.wait"]);
  });

  test("are followed through aliases and destructuring", () => {
    expect(
      places(`const { step } = context; const outer = context;
        await context.runInChildContext(async (child) => { await step(f); await outer.wait({ seconds: 1 }); await child.step(f); });`),
    ).toEqual(["step", "outer.wait"]);
    expect(
      places(`const { promise } = context; const again = context.step;
        await context.runInChildContext(async (child) => { await promise.all([child.step(f)]); await again(f); });`),
    ).toEqual(["promise.all", "again"]);
  });

  test("callbacks of the language are in the function around them", () => {
    expect(places(`await Promise.all([1, 2].map((n) => context.step(String(n), f)));`)).toEqual([]);
    expect(places(`await context.wait({ seconds: 1 }).then(() => context.step(f));`)).toEqual([]);
  });

  test("closures over the outer one are judged where they are called", () => {
    const pause = `const pause = () => context.wait({ seconds: 1 });`;
    expect(places(`${pause} await pause();`)).toEqual([]);
    expect(
      places(`${pause} await context.runInChildContext(async (child) => { await pause(); await child.step(f); });`),
    ).toEqual(["pause"]);
    expect(places(`${pause} await context.step("s", async () => { await pause(); });`)).toEqual(["pause"]);
    expect(places(`${pause} await context.step("s", pause);`)).toEqual(["pause"]);
  });

  test("operations inside steps, checks and submitters are found", () => {
    expect(places(`await context.step("s", async () => { await context.wait({ seconds: 1 }); });`)).toEqual([
      "context.wait",
    ]);
    expect(places(`await context.waitForCallback("c", async () => { await context.step(f); });`)).toEqual([
      "context.step",
    ]);
    expect(
      places(
        `const ask = async (on: DurableContext) => on.step(f); await context.step("s", async () => ask(context));`,
      ),
    ).toEqual(["context"]);
  });

  test("are known by the name of their type before it is imported", () => {
    const code = "export const now = (context: DurableContext) => Date.now();";
    const found = language.check(code).filter(({ severity }) => severity === "warning");
    expect(found).toHaveLength(1);
  });
});

describe("results", () => {
  test("set inside what is recorded are not set on replay", () => {
    expect(places(`let total = 0; await context.step("s", async () => { total = await f(); }); log(total);`)).toEqual([
      "total",
    ]);
    expect(
      places(`let n = 0; await context.map([1], async (item) => { n += 1; await item.step(f); }); log(n);`),
    ).toEqual(["n"]);
  });

  test("put into objects and collections are lost too", () => {
    expect(places(`const r = { n: 0 }; await context.step("s", async () => { r.n = 1; }); log(r);`)).toEqual(["r"]);
    expect(
      places(
        `const all: number[] = []; await context.map([1], async (item) => { all.push(await item.step(f)); }); log(all);`,
      ),
    ).toEqual(["all"]);
    expect(places(`const m = new Map(); await context.step("s", async () => { m.set(1, 1); }); log(m);`)).toEqual([
      "m",
    ]);
    expect(places(`const all: number[] = []; all.push(await context.step(f)); log(all);`)).toEqual([]);
  });

  test("of operations are awaited, or kept", () => {
    expect(places(`context.step("s", f);`)).toEqual(["context"]);
    expect(places(`const s = context.step("s", f); void context.wait({ seconds: 1 }); await s;`)).toEqual([]);
    expect(fixed(`context.step("s", f);`)).toBe(`await context.step("s", f);`);
  });

  test("set inside a step for the step are fine", () => {
    expect(
      places(`await context.step("s", async () => { let n = 0; for (let i = 0; i < 3; i++) n += i; return n; });`),
    ).toEqual([]);
    expect(places(`let n = 0; n = await context.step("s", f); n++; log(n);`)).toEqual([]);
  });
});

describe("fixes", () => {
  test("put a call into a step", () => {
    expect(fixed(`const at = Date.now(); log(at);`)).toBe(
      `const at = await context.step("now", async () => Date.now()); log(at);`,
    );
    expect(fixed(`const id = crypto.randomUUID().slice(1); log(id);`)).toBe(
      `const id = (await context.step("id", async () => crypto.randomUUID())).slice(1); log(id);`,
    );
    expect(fixed(`const load = async () => Math.random(); log(await load());`)).toBe(
      `const load = async () => Math.random(); log(await context.step("load", async () => load()));`,
    );
  });

  test("take the child's context", () => {
    expect(
      fixed(
        `await context.map([1], async (item) => { await item.step(f); await item.step(async () => context.logger.info("x")); await Promise.all([context.step(f)]); });`,
      ),
    ).toContain(`Promise.all([item.step(f)])`);
  });

  test("record a date as a number", () => {
    expect(fixed(`log(new Date().toISOString());`)).toBe(
      `log(new Date(await context.step("now", async () => Date.now())).toISOString());`,
    );
  });

  test("make a wait of a sleep", () => {
    expect(fixed(`await new Promise((resolve) => setTimeout(resolve, 5_000));`)).toBe(
      `await context.wait("pause", { seconds: 5 });`,
    );
  });

  test("are not offered where nothing can be awaited", () => {
    expect(warnings(`log([1].map(() => Math.random()));`).found.map(({ fixes }) => fixes)).toEqual([undefined]);
  });
});
