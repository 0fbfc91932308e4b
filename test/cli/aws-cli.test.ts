/** AWS's command against the emulator: what is printed and what the pages show, pasted into a shell as it is. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandResult, root, run } from "../../scripts/command.ts";
import { inFull } from "../../scripts/slow-tests.ts";
import { findAwsCommand } from "./aws-command.ts";
import { Emulator, PERDURE, Project } from "./emulator.ts";

const aws = findAwsCommand();
const project = new Project();
let emulator: Emulator;

beforeAll(async () => {
  if (aws.missing !== undefined) return;
  const handler = `
    import { withDurableExecution } from ${PERDURE};
    export const handler = withDurableExecution(async (event, context) =>
      event.asks ? context.waitForCallback("approve", async () => {}) : context.step("pay", async () => event));`;
  for (const name of ["handler", "order"]) project.write(`${name}.ts`, handler);
  emulator = await Emulator.start(project, ["./handler.ts", "./order.ts"]);
});

afterAll(async () => {
  await emulator?.end("SIGKILL");
  project.remove();
});

/** What `perdure dev` prints for whoever has the command. */
function printed(beginning: string): string {
  const lines = emulator.output.split("\n").map((line) => line.trim());
  return lines.find((line) => line.startsWith(beginning)) ?? "";
}

/** In a shell that knows of the emulator as the printed lines say, and of nothing else of AWS. */
function shell(script: string, env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const own = Object.keys(process.env).filter((name) => name.startsWith("AWS_"));
  const unset = Object.fromEntries(own.map((name) => [name, undefined]));
  const lines = [printed("export AWS_ENDPOINT_URL_LAMBDA"), printed("export AWS_ACCESS_KEY_ID"), script];
  return run("sh", ["-ec", lines.join("\n")], { cwd: project.folder, capture: true, env: { ...unset, ...env } });
}

async function output(...given: Parameters<typeof shell>): Promise<string> {
  const { code, output: said } = await shell(...given);
  expect(code, said).toBe(0);
  return said;
}

/** The commands in a page's block of shell lines, one each. */
function commandsOf(page: string, begin: string): readonly string[] {
  const text = readFileSync(join(root, "docs", page), "utf8");
  const [, block = ""] = new RegExp(`\\n(${begin}[^\`]*)\`\`\``).exec(text) ?? [];
  const commands = block.replaceAll("\\\n", "").split("\n");
  return commands.filter((line) => /\baws lambda\b/.test(line));
}

function suite(title: string, reason: string | undefined, tests: () => void): void {
  describe.skipIf(reason !== undefined)(reason === undefined ? title : `${title} [${reason}]`, () => {
    tests();
  });
}

suite("AWS's command with the emulator's address as an option", aws.missing, () => {
  const there = (): string => `--endpoint-url ${emulator.url}`;

  test("invokes and lists functions", async () => {
    const invoke = "aws lambda invoke --function-name 'order:$LATEST' --payload fileb:///dev/stdin result.json";
    expect(JSON.parse(await output(`echo '{"n":1}' | ${invoke} ${there()}`))).toMatchObject({ StatusCode: 200 });
    expect(project.lines("result.json")).toEqual(['{"n":1}']);
    const list = "aws lambda list-functions --query 'Functions[].FunctionName'";
    expect(JSON.parse(await output(`${list} ${there()}`))).toEqual(["handler", "order"]);
  });

  inFull(() => {
    test("is told what there is not, and that its keys are wrong", async () => {
      const invoke = `aws lambda invoke --function-name nothing result.json ${there()}`;
      expect(await shell(invoke)).toMatchObject({
        code: expect.toSatisfy((code: number) => code > 0),
        output: expect.stringContaining("Registered functions: handler, order."),
      });
      const { output: refused } = await shell(`AWS_SECRET_ACCESS_KEY=wrong aws lambda list-functions ${there()}`);
      expect(refused).toContain("InvalidSignatureException");
    });
  });
});

suite("AWS's command with what perdure dev prints", aws.noAddress, () => {
  test("invokes a function by the printed line, and by that of docs/aws.md", async () => {
    await output(printed("echo '{}' | aws lambda invoke"));
    expect(project.lines("out.json")).toEqual(["{}"]);
    const [invoke = "", ...others] = commandsOf("aws.md", "npx perdure dev \\./handler\\.ts  #");
    await output(invoke);
    expect(project.lines("result.json")).toEqual(['{"id":"o-1"}']);
    expect(others).toEqual([]);
  });
});

inFull(() => {
  suite("AWS's command with durable executions", aws.notDurable, () => {
    const asking = async (name: string): Promise<Readonly<Record<"ARN" | "CALLBACK_ID", string>>> => {
      const { out } = await project.run("invoke", "order", '{"asks":true}', "--name", name, "--async");
      const ARN = out.trim();
      const started = async (): Promise<string> => {
        const { out: history } = await project.run("history", ARN, "--json");
        return /"CallbackId": *"([^"]+)"/.exec(history)?.[1] ?? "";
      };
      await expect.poll(started).not.toBe("");
      return { ARN, CALLBACK_ID: await started() };
    };

    test("does what docs/http-api.md shows", async () => {
      const [invoke = "", list = "", history = "", succeed = "", stop = "", ...others] = commandsOf(
        "http-api.md",
        "export AWS_ENDPOINT_URL_LAMBDA",
      );
      expect(others).toEqual([]);
      await output(invoke);
      expect(project.lines("result.json")).toEqual(['{"id":"1","total":7}']);
      const [answered, stopped] = [await asking("answered"), await asking("stopped")];
      const { DurableExecutions } = JSON.parse(await output(list)) as {
        DurableExecutions: { DurableExecutionName: string }[];
      };
      expect(DurableExecutions.map(({ DurableExecutionName: name }) => name)).toEqual(["stopped", "answered"]);
      expect(await output(history, answered)).toContain("CallbackStarted");
      await output(succeed, answered);
      await output(stop, stopped);
      const { out } = await project.run("invoke", "order", '{"asks":true}', "--name", "answered", "--quiet");
      expect(JSON.parse(JSON.parse(out) as string)).toEqual({ approved: true });
      const status = (arn: string) =>
        output(`aws lambda get-durable-execution --query Status --durable-execution-arn '${arn}'`);
      expect(JSON.parse(await status(stopped.ARN))).toBe("STOPPED");
    });
  });
});
