/** How an emulator begins and ends, and what outlives it. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { inFull } from "../../scripts/slow-tests.ts";
import { Emulator, isAlive, PERDURE, Project } from "./emulator.ts";

const project = new Project();
let emulator: Emulator;

const stuck = `
import { appendFileSync, existsSync } from "node:fs";
import { withDurableExecution } from ${PERDURE};

export const handler = withDurableExecution(async (_event, context) => {
  await context.step("before", async () => appendFileSync("before", "done\\n"));
  return context.step("loop", async () => {
    appendFileSync("pids", process.pid + "\\n");
    if (!existsSync("let go")) for (;;);
    return "free";
  });
});
`;

const answering = (step: string, answer: string): string => `
import { withDurableExecution } from ${PERDURE};
import { answer } from "./answer.ts";

export const question = withDurableExecution(async (_event, context) => {
  await context.step(${JSON.stringify(step)}, async () => {});
  if (_event?.waits) await context.createCallback("reply").then(([reply]) => reply);
  return answer + ${JSON.stringify(answer)};
});
`;

beforeAll(async () => {
  project.write("stuck.ts", stuck);
  project.write("answer.ts", 'export const answer: string = "a";\n');
  project.write("question.ts", answering("ask", "1"));
  emulator = await Emulator.start(project, ["./stuck.ts", "./question.ts"]);
});

afterAll(async () => {
  await emulator?.end("SIGKILL");
  project.remove();
});

test("a second one on the same folder, or the same port, is told who is there", async () => {
  const same = new Emulator(project, ["./question.ts"]);
  const port = new URL(emulator.url).port;
  const elsewhere = new Emulator(project, ["./question.ts", "--data", "other", "--port", port]);
  expect([await same.ended, await elsewhere.ended]).toEqual([2, 2]);
  expect(same.output).toContain(`Process ${emulator.pid}, at ${emulator.url}, has ${project.path(".perdure")} already`);
  expect(elsewhere.output).toContain(`Port ${port} of 127.0.0.1 is in use`);
});

test("a file that cannot be run, or has nothing to run, is told with what to do", async () => {
  project.write("empty.ts", "export const answer = 42; export function helper() {}\n");
  project.write("vague.ts", 'import { answer } from "./answer"; export const handler = async () => answer;\n');
  const [empty, vague] = ["empty", "vague"].map((name) => new Emulator(project, [`./${name}.ts`, "--data", name]));
  expect([await empty?.ended, await vague?.ended]).toEqual([2, 2]);
  expect(empty?.output).toContain("empty.ts cannot be run. The file exports no durable function");
  expect(empty?.output).toContain("It exports helper.");
  expect(vague?.output).toContain('import "./steps.ts" instead of "./steps"');
  expect(await project.run("dev", "./nowhere.ts")).toMatchObject({
    code: 2,
    err: "perdure: There is no file nowhere.ts.\n",
  });
});

test("killed while a handler never gives way, it leaves no process behind, and goes on where it was", async () => {
  await project.run("invoke", "stuck", "--name", "s", "--async");
  await expect.poll(() => project.lines("pids")).toHaveLength(1);
  const pid = Number(project.lines("pids")[0]);
  await emulator.end("SIGKILL");
  expect(await project.run("list")).toMatchObject({ code: 3 });
  await expect.poll(() => isAlive(pid)).toBe(false);
  project.write("let go", "");
  emulator = await Emulator.start(project, ["./stuck.ts", "./question.ts", "--timeout", "60"]);
  const { code, err } = await project.run("tail", "stuck/s");
  expect(code, err).toBe(0);
  expect(project.lines("before")).toEqual(["done"]);
});

inFull(() => {
  test("a change of a file, or of what it imports, takes effect for new invocations", async () => {
    const ask = async () => (await project.run("invoke", "question", "--quiet")).out;
    expect(await ask()).toBe('"a1"\n');
    project.write("answer.ts", 'export const answer: string = "b";\n');
    await emulator.says("question.ts has changed");
    expect(await ask()).toBe('"b1"\n');
    project.write("question.ts", "export const broken = ;\n");
    await emulator.says("The code from before is kept");
  });

  test("code that no longer matches the log halts the execution, which goes on when it does again", async () => {
    project.write("question.ts", answering("ask", "2"));
    await expect.poll(() => emulator.output.split("question.ts has changed")).toHaveLength(3);
    await project.run("invoke", "question", '{"waits":true}', "--name", "q", "--async");
    const history = async () => (await project.run("history", "q")).out;
    await expect.poll(history).toContain("CallbackStarted");
    project.write("question.ts", answering("inquire", "3"));
    await expect.poll(() => emulator.output.split("question.ts has changed")).toHaveLength(4);
    expect(await project.run("callback", "succeed", "--of", "q")).toMatchObject({ code: 0 });
    const halted = await project.run("tail", "q");
    expect(halted.code).toBe(1);
    expect(halted.err).toContain("HALTED");
    project.write("question.ts", answering("ask", "4"));
    await expect.poll(() => emulator.output.split("question.ts has changed")).toHaveLength(5);
    expect(await project.run("resume", "q")).toMatchObject({ code: 0 });
    expect(await project.run("tail", "q")).toMatchObject({ code: 0 });
  });

  test("an invocation that takes too long is ended; Ctrl+C ends everything", async () => {
    await emulator.end("SIGTERM");
    project.write("pids", "");
    project.write(
      "endless.ts",
      `import { appendFileSync } from "node:fs";
       import { withDurableExecution } from ${PERDURE};
       export const handler = withDurableExecution(async () => {
         appendFileSync("pids", process.pid + "\\n");
         for (;;);
       });`,
    );
    emulator = await Emulator.start(project, ["./endless.ts", "--timeout", "3"]);
    await project.run("invoke", "endless", "--async");
    await expect.poll(() => project.lines("pids")).not.toEqual([]);
    await emulator.says("Task timed out after 3 seconds");
    const pids = project.lines("pids").map(Number);
    expect(await emulator.end("SIGINT")).toBe(0);
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
    expect(emulator.output).toContain("Stopped.");
  });
});
