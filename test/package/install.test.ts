import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { root, run, runNpm, runTool } from "../../scripts/command.ts";
import { publicEntries, readRootPackage } from "../../scripts/entries.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { packedPackage } from "./packed.ts";

const manifest = readRootPackage();
const entries = publicEntries(manifest);
const project = temporaryFolder("consumer");

beforeAll(async () => {
  // The dependencies' copies in this tree satisfy the installed package, so that the test needs no registry.
  const copies = Object.keys(manifest.dependencies).map((name) => [name, `file:${join(root, "node_modules", name)}`]);
  write("package.json", {
    private: true,
    type: "module",
    dependencies: { perdure: `file:${packedPackage().archive}`, ...Object.fromEntries(copies) },
  });
  const { code, output } = await runNpm(["install", "--install-links", "--omit=optional", "--no-audit"], project);
  if (code !== 0) throw new Error(`npm install failed:\n${output}`);
  // The optional peers that entries cannot be loaded without. All entries can be without AWS's client of Lambda.
  for (const peer of Object.keys(manifest.peerDependencies)) {
    if (peer === "@aws-sdk/client-lambda") continue;
    const link = join(project, "node_modules", peer);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", peer), link);
  }
});

describe("the package, installed into an empty project", () => {
  test.for(entries)("$specifier exports in Node what its sources export", async ({ specifier }) => {
    const installed = await exportsOf(project, specifier);
    expect(installed).toEqual(await exportsOf(root, specifier));
  });

  test("does not open its insides", async () => {
    await expect(exportsOf(project, "perdure/engine/runner/runner.js")).rejects.toThrow(
      "ERR_PACKAGE_PATH_NOT_EXPORTED",
    );
  });

  test.for(["nodenext", "bundler"])("type-checks in a strict project with %s resolution", async (resolution) => {
    const workers = entries.filter(({ source }) => source.includes("cloudflare"));
    const lambda = entries.filter(({ source }) => source.includes("aws"));
    const anywhere = entries.filter((entry) => !workers.includes(entry) && !lambda.includes(entry));
    await typeCheck("anywhere", anywhere.map(useEntry), { resolution });
    // AWS's declarations, which those of these entries name, need Node's and do not hold by themselves.
    await typeCheck("lambda", lambda.map(useEntry), {
      resolution,
      types: [join(root, "node_modules", "@types", "node")],
      skipLibCheck: true,
    });
    await typeCheck("workers", workers.map(useEntry), {
      resolution,
      types: [join(root, "node_modules", "@cloudflare", "workers-types")],
    });
  });
});

describe("the command of the installed package", () => {
  const command = join(project, "node_modules", ".bin", "perdure");
  const perdure = (...args: readonly string[]) => run(command, args, { cwd: project, capture: true });

  test("lists what there is, and says what was probably meant", async () => {
    expect(await perdure("--help")).toMatchObject({
      code: 0,
      output: expect.stringContaining("  dev       run durable functions"),
    });
    expect(await perdure("lst")).toEqual({ code: 2, output: "perdure: There is no command lst: did you mean list?\n" });
  });

  describe("on TypeScript handlers in an empty project, without AWS's client", () => {
    // As npm init makes it: Node alone would take the handler for CommonJS.
    const folder = "fresh";
    const perdureThere = (...args: readonly string[]) =>
      run(command, args, { cwd: join(project, folder), capture: true });
    let emulator: ReturnType<typeof perdure>;

    beforeAll(async () => {
      mkdirSync(join(project, folder));
      write(`${folder}/package.json`, { name: "fresh", type: "commonjs" });
      write(`${folder}/greeting.ts`, "export const greeting = (name: string): string => `Hello, ${name}`;");
      write(
        `${folder}/hello.ts`,
        `import { withDurableExecution } from "perdure";
         import { greeting } from "./greeting.ts";
         export const handler = withDurableExecution(async (name: string, context) =>
           context.step("greet", async () => greeting(name)));
         export const asking = withDurableExecution(async (_: unknown, context) =>
           context.waitForCallback<string>("ask", async () => {}));`,
      );
      emulator = perdureThere("dev", "./hello.ts", "--port", "0");
    });

    test("runs them", async () => {
      await expect.poll(async () => (await perdureThere("list")).code).toBe(0);
      const { code, output } = await perdureThere("invoke", "hello", '"world"', "--quiet");
      expect({ code, output }).toEqual({ code: 0, output: '"Hello, world"\n' });
    });

    test("starts, shows, answers, follows, replays and ends executions", async () => {
      expect((await perdureThere("invoke", "asking", "--name", "a-1", "--async")).code).toBe(0);
      await expect.poll(async () => (await perdureThere("history", "a-1")).output).toContain("CallbackStarted");
      expect((await perdureThere("list", "asking")).output).toContain("asking/a-1  RUNNING");
      expect(await perdureThere("resume", "a-1")).toMatchObject({ code: 4 });
      expect(await perdureThere("callback", "succeed", "yes", "--of", "a-1")).toMatchObject({ code: 0 });
      expect(await perdureThere("tail", "a-1")).toMatchObject({
        code: 0,
        output: expect.stringContaining("SUCCEEDED\n"),
      });
      expect((await perdureThere("show", "a-1")).output).toMatch(/^status +SUCCEEDED$/m);
      for (const option of ["--json", "--log"]) {
        write(`${folder}/a-1.log`, (await perdureThere("history", "a-1", option)).output);
        expect(await perdureThere("replay", "a-1.log", "./hello.ts", "--every-commit")).toMatchObject({ code: 0 });
      }
      expect((await perdureThere("invoke", "asking", "--name", "a-2", "--async")).code).toBe(0);
      expect(await perdureThere("stop", "a-2")).toMatchObject({ code: 0 });
    });

    test("ends with Ctrl+C, and says that it can go on", async () => {
      const announced = readFileSync(join(project, folder, ".perdure", "emulator.json"), "utf8");
      process.kill((JSON.parse(announced) as { pid: number }).pid, "SIGINT");
      expect(await emulator).toMatchObject({ code: 0, output: expect.stringContaining("Stopped.") });
    });
  });
});

function write(path: string, content: object | string): void {
  writeFileSync(join(project, path), typeof content === "string" ? content : JSON.stringify(content, null, 2));
}

/** Modules of other runtimes are replaced by empty classes; everything else is what Node finds. */
const foreignModules = `
import { registerHooks } from "node:module";
const workers = "export class DurableObject {} export class WorkerEntrypoint {} export class RpcTarget {} export const env = {}; export const exports = {}; export const waitUntil = () => {};";
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith("cloudflare:")
      ? { url: "data:text/javascript," + encodeURIComponent(workers), shortCircuit: true }
      : next(specifier, context),
});
`;

async function exportsOf(folder: string, specifier: string): Promise<readonly string[]> {
  const program = `${foreignModules}
    console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(specifier)})).sort()));`;
  const args = ["--input-type=module", "--eval", program];
  const { code, output } = await run(process.execPath, args, { cwd: folder, capture: true });
  if (code !== 0) throw new Error(output);
  return JSON.parse(output) as string[];
}

function useEntry({ specifier, name }: { specifier: string; name: string }): string {
  const identifier = name.replaceAll(/\W/g, "_");
  return `import * as ${identifier}Entry from "${specifier}";\nexport const ${identifier}: object = ${identifier}Entry;`;
}

interface TypeCheck {
  readonly resolution: string;
  readonly types?: readonly string[];
  readonly skipLibCheck?: boolean;
}

/** Checks libraries too, unless told otherwise: our declarations must hold without any switch that looks away. */
async function typeCheck(
  name: string,
  lines: readonly string[],
  { resolution, types = [], skipLibCheck = false }: TypeCheck,
): Promise<void> {
  write(`${name}.ts`, `${lines.join("\n")}\n`);
  write(`${name}.${resolution}.json`, {
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck,
      target: "es2022",
      lib: types.length > 0 ? ["es2022"] : ["es2022", "dom"],
      module: resolution === "nodenext" ? "nodenext" : "esnext",
      moduleResolution: resolution,
      types,
    },
    files: [`${name}.ts`],
  });
  const { code, output } = await runTool("typescript", ["-p", `${name}.${resolution}.json`], {
    cwd: project,
    capture: true,
  });
  expect(output).toBe("");
  expect(code).toBe(0);
}
