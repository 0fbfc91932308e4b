import { afterEach, describe, expect, test, vi } from "vitest";
import { runProgram } from "../../test/conformance/run-program.ts";
import { createContextLogger, createDefaultLogger } from "./logger.ts";
import type { DurableLogData, DurableLogger } from "./types.ts";

/** Logs the same with AWS's default logger and with ours, each after a line that says whose it is. */
const comparison = `
  import * as aws from "@aws/durable-execution-sdk-js";
  import { LocalService, lambdaContext } from "./test/conformance/local-service.ts";
  import { createDefaultLogger } from "./src/lambda-compat/logger.ts";

  class PaymentError extends Error { code = 402; }
  const error = Object.assign(new PaymentError("no card"), { stack: "PaymentError: no card\\n    at charge" });
  const stackless = Object.assign(new Error("no stack"), { stack: undefined });
  const circular = { name: "loop" };
  circular.self = circular;

  const lines = [
    ["text"], [{ a: 1, nested: { error } }], [error], [stackless], [undefined], [], [undefined, "second"], [null], [0], [7n], [circular],
    ["%s has %d", "a", 2, { rest: [1, 2] }], ["failed", error], [error, stackless], ["failed", stackless], [{ big: 7n }, circular], ["undefined", undefined],
    [Symbol("s")], [() => 1], [new Map([["k", 1]])], ["a".repeat(200), { b: "b".repeat(200) }],
  ];
  const levels = ["debug", "info", "warn", "error"];

  function logAll(logger) {
    for (const level of levels) logger[level](level);
    for (const line of lines) logger.info(...line);
    for (const level of ["DEBUG", "INFO", "WARN", "ERROR", "TRACE", "debug"]) logger.log(level, "by level", level);
  }
  function mark(text) {
    process.stdout.write("== " + text + "\\n");
    process.stderr.write("== " + text + "\\n");
  }

  const fields = () => ({ traceId: "t-1", requestId: "of a plugin" });
  for (const level of ["", "info", "WARN", "ERROR", "verbose"]) {
    process.env.AWS_LAMBDA_LOG_LEVEL = level;
    for (const isEnriched of [false, true]) {
      const data = [];
      mark("aws");
      const service = new LocalService();
      const enriching = { enrichLogContext: fields };
      await service.run(async (event, context) => {
        context.configureLogger({ modeAware: false });
        logAll(context.logger);
        await context.step("charge", async ({ logger }) => logAll(logger));
      }, isEnriched ? { plugins: [enriching] } : {});

      mark("ours");
      const logData = {
        executionArn: "arn:aws:lambda:eu-west-1:123456789012:function:f:1/durable-execution/e/1",
        requestId: lambdaContext.awsRequestId,
        tenantId: undefined,
      };
      const ours = createDefaultLogger({ logData, enrich: isEnriched ? fields : undefined });
      logAll(ours);
      const inStep = { ...logData, operationId: "c4ca4238a0b92382", operationName: "charge", attempt: 1 };
      ours.configureDurableLoggingContext({ getDurableLogData: () => inStep });
      logAll(ours);
    }
  }
`;

/** The lines written under each mark, without the times. */
function sections(output: string): { aws: string[]; ours: string[] } {
  const found = { aws: [] as string[], ours: [] as string[] };
  let current = found.aws;
  for (const line of output.trimEnd().split("\n")) {
    const [, whose] = /^== (aws|ours)$/.exec(line) ?? [];
    if (whose !== undefined) current = found[whose as "aws" | "ours"];
    else current.push(line.replace(/"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/, '"timestamp":"T"'));
  }
  return found;
}

test("writes line by line what AWS's default logger writes, to the same streams", async () => {
  const { stdout, stderr } = await runProgram(comparison);
  for (const output of [stdout, stderr]) {
    const { aws, ours } = sections(output);
    expect(ours.length).toBeGreaterThan(20);
    expect(ours).toEqual(aws);
  }
});

test("writes to the global console where there is no Node, with objects as JSON", async () => {
  const { stdout } = await runProgram(
    `
    const { createDefaultLogger } = await import("./src/lambda-compat/logger.ts");
    const said = [];
    for (const level of ["debug", "info", "warn", "error"]) console[level] = (line) => said.push([level, JSON.parse(line).message]);
    const write = process.stdout.write.bind(process.stdout);
    delete globalThis.process;
    const circular = {};
    circular.self = circular;
    const logger = createDefaultLogger({ logData: { requestId: "r", executionArn: "a" } });
    for (const level of ["debug", "info", "warn", "error"]) logger[level](level);
    logger.info("with", { a: 1 }, 7n, circular, null, undefined);
    write(JSON.stringify(said));
  `,
    // As a page's bundler resolves it.
    { NODE_OPTIONS: "--conditions=browser" },
  );
  expect(JSON.parse(stdout)).toEqual([
    ["debug", "debug"],
    ["info", "info"],
    ["warn", "warn"],
    ["error", "error"],
    ["info", 'with {"a":1} 7 [object Object] null undefined'],
  ]);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test("a process opens its streams for the first line that is written", () => {
  const stdout = vi.spyOn(process, "stdout", "get");
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  stdout.mockClear();
  const logger = createDefaultLogger({ logData: logData() });
  expect(stdout).not.toHaveBeenCalled();
  logger.info("first");
  logger.info("second");
  expect(stdout).toHaveBeenCalledTimes(1);
  expect(write).toHaveBeenCalledTimes(2);
});

test("whoever keeps lines is given those that are written, and no others", () => {
  const lines: string[] = [];
  vi.stubEnv("AWS_LAMBDA_LOG_LEVEL", "INFO");
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const logger = createDefaultLogger({ logData: logData(), onLine: (line) => lines.push(line) });
  logger.debug("not written");
  logger.info("written", { a: 1 });
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: "INFO", executionArn: "a", message: "written { a: 1 }" },
  ]);
  expect(write.mock.calls.map(([text]) => String(text).trim())).toEqual(lines);
});

test("a plugin that cannot say its fields costs the line nothing", async () => {
  const { stdout } = await runProgram(`
    const { createDefaultLogger } = await import("./src/lambda-compat/logger.ts");
    const enrich = () => { throw new Error("no fields"); };
    createDefaultLogger({ logData: { requestId: "r", executionArn: "a" }, enrich }).info("said");
  `);
  expect(JSON.parse(stdout)).toMatchObject({ message: "said", level: "INFO" });
});

test("DURABLE_VERBOSE_MODE is read at the start and when asked to", async () => {
  const { stdout } = await runProgram(`
    const { refreshLogConfig, trace } = await import("./src/lambda-compat/logger.ts");
    trace("one");
    process.env.DURABLE_VERBOSE_MODE = "true";
    trace("two");
    refreshLogConfig();
    trace("three", { detail: 3 });
    process.env.DURABLE_VERBOSE_MODE = "yes";
    refreshLogConfig();
    trace("four");
  `);
  expect(stdout.trim()).toBe("three { detail: 3 }");
});

/** A logger that keeps what it is told. */
class Memory {
  readonly lines: unknown[][] = [];
  data: (() => DurableLogData) | undefined;
  error(...params: unknown[]): void {
    this.lines.push(["error", ...params]);
  }
  warn(...params: unknown[]): void {
    this.lines.push(["warn", ...params]);
  }
  info(...params: unknown[]): string {
    this.lines.push(["info", ...params]);
    return "its answer";
  }
  debug(...params: unknown[]): void {
    this.lines.push(["debug", ...params]);
  }
}

const logData = (): DurableLogData => ({ requestId: "r", executionArn: "a" });

describe("a context's logger", () => {
  test("drops what is logged while replaying, and passes on the rest with its answer", () => {
    const base = new Memory();
    let isReplaying = true;
    const logger = createContextLogger({ base, isReplaying: () => isReplaying, logData });
    expect(logger.info("old")).toBeUndefined();
    isReplaying = false;
    expect(logger.info("new", 1)).toBe("its answer");
    const { warn, error, debug } = logger;
    warn("w");
    error("e");
    debug("d");
    expect(base.lines).toEqual([
      ["info", "new", 1],
      ["warn", "w"],
      ["error", "e"],
      ["debug", "d"],
    ]);
  });

  test("has the five methods and no other, `log` only where the logger has it", () => {
    const methods = (base: DurableLogger): string[] =>
      Object.keys(createContextLogger({ base, isReplaying: () => false, logData })).sort();
    expect(methods(new Memory())).toEqual(["debug", "error", "info", "warn"]);
    expect(methods(createDefaultLogger({ logData: logData() }))).toEqual(["debug", "error", "info", "log", "warn"]);
  });

  test("tells the logger below where the logging code stands", () => {
    let told: DurableLogData | undefined;
    const base: DurableLogger = Object.assign(new Memory(), {
      configureDurableLoggingContext: (context: { getDurableLogData: () => DurableLogData }) => {
        told = context.getDurableLogData();
      },
    });
    createContextLogger({ base, isReplaying: () => false, logData });
    expect(told).toEqual({ requestId: "r", executionArn: "a" });
  });
});
