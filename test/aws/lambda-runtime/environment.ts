/**
 * An execution environment of Lambda: one process of AWS's runtime client with the function's code, for one invocation
 * at a time and any number of them one after the other. In between it is frozen, as on Lambda: whatever the function
 * left behind, a timer or a request, goes on in the next invocation.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failed, type FunctionError, type Invocation, type InvocationOutcome } from "./outcome.ts";
import { type InvocationHeaders, RuntimeApi } from "./runtime-api.ts";

export interface EnvironmentSettings {
  /** The folder of the code, see `bundle`. */
  readonly code: string;
  /** `file.export`, below that folder. */
  readonly handler: string;
  readonly functionName: string;
  readonly timeoutMs: number;
  /** The function's own environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether it stands still between two invocations. */
  readonly freezes: boolean;
  readonly onLog: (text: string) => void;
  /** Told of the end of the process, with an invocation that it had been given and has not begun. */
  readonly onEnd: (environment: Environment, untouched: Invocation | undefined) => void;
}

type AnswerPoll = (event: string, headers: InvocationHeaders) => void;

/** What an environment has been given to do. */
interface Task {
  readonly invocation: Invocation;
  /** Runs from when the function has it until it has answered. */
  deadline?: NodeJS.Timeout;
}

const SHIM = fileURLToPath(new URL("rapid-client.mjs", import.meta.url));
const RUNTIME_CLIENT = fileURLToPath(import.meta.resolve("aws-lambda-ric"));
const REGION = "us-east-1";
const ACCOUNT = "123456789012";

export class Environment {
  readonly #settings: EnvironmentSettings;
  readonly #spawned: Promise<void>;
  readonly #ended: Promise<void>;
  #api: RuntimeApi | undefined;
  #process: ChildProcess | undefined;
  #task: Task | undefined;
  /** Answers the poll that the runtime client is waiting on. */
  #next: AnswerPoll | undefined;
  #hasStarted = false;
  #isOver = false;

  constructor(settings: EnvironmentSettings, first: Invocation) {
    this.#settings = settings;
    this.#task = { invocation: first };
    this.#spawned = this.#spawn();
    this.#ended = this.#spawned.then(() => this.#watch());
  }

  /** Nothing runs in it and nothing was given to it: it can take an invocation, also before it asks for the next. */
  get isFree(): boolean {
    return !this.#isOver && this.#task === undefined;
  }

  /** It stands still until its next invocation. */
  get isFrozen(): boolean {
    return this.#settings.freezes && this.#next !== undefined;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  take(invocation: Invocation): void {
    this.#task = { invocation };
    if (this.#next !== undefined) this.#begin(this.#next);
  }

  /** Ends the process as the lack of memory does, at once; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#spawned;
    this.#process?.kill("SIGKILL");
    await this.#ended;
  }

  async #spawn(): Promise<void> {
    this.#api = await RuntimeApi.start({
      onNext: (answer) => this.#polled(answer),
      onOutcome: (requestId, outcome) => this.#answered(requestId, outcome),
      onChunk: (_requestId, chunk, contentType) => this.#task?.invocation.onChunk?.(chunk, contentType),
      onInitError: (error) => this.#failedToStart(error),
    });
    this.#process = spawn(process.execPath, ["--import", SHIM, RUNTIME_CLIENT], {
      env: variablesOf(this.#settings, this.#api.address),
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  async #watch(): Promise<void> {
    const child = this.#process as ChildProcess;
    const killWithParent = (): void => void child.kill("SIGKILL");
    process.once("exit", killWithParent);
    for (const output of [child.stdout, child.stderr]) {
      output?.setEncoding("utf8").on("data", (text: string) => this.#settings.onLog(text));
    }
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    process.off("exit", killWithParent);
    this.#exited(signal === null ? `exit status ${code}` : `signal: ${signal === "SIGKILL" ? "killed" : signal}`);
  }

  #polled(answer: AnswerPoll): void {
    this.#hasStarted = true;
    this.#next = answer;
    if (this.#task !== undefined) this.#begin(answer);
    else if (this.#settings.freezes) this.#process?.kill("SIGSTOP");
  }

  #begin(answer: AnswerPoll): void {
    const { functionName, timeoutMs, freezes } = this.#settings;
    const task = this.#task as Task;
    const { requestId, event } = task.invocation;
    this.#next = undefined;
    if (freezes) this.#process?.kill("SIGCONT");
    task.deadline = setTimeout(() => this.#timedOut(), timeoutMs);
    answer(event, {
      "Lambda-Runtime-Aws-Request-Id": requestId,
      "Lambda-Runtime-Deadline-Ms": String(Date.now() + timeoutMs),
      "Lambda-Runtime-Invoked-Function-Arn": `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${functionName}`,
      "Content-Type": "application/json",
    });
  }

  #failedToStart(error: FunctionError): void {
    this.#isOver = true;
    this.#finish({ status: "FAILED", error });
  }

  #answered(requestId: string, outcome: InvocationOutcome): void {
    if (this.#task?.invocation.requestId === requestId) this.#finish(outcome);
  }

  #timedOut(): void {
    const { timeoutMs } = this.#settings;
    const message = `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
    this.#finish(failed("Sandbox.Timedout", `RequestId: ${this.#task?.invocation.requestId} Error: ${message}`));
    this.#isOver = true;
    void this.kill();
  }

  #exited(how: string): void {
    this.#isOver = true;
    this.#api?.close();
    const task = this.#task;
    const isUntouched = task !== undefined && task.deadline === undefined && this.#hasStarted;
    if (!isUntouched && task !== undefined) {
      const message = `RequestId: ${task.invocation.requestId} Error: Runtime exited with error: ${how}`;
      this.#finish(failed("Runtime.ExitError", message));
    }
    this.#settings.onEnd(this, isUntouched ? task.invocation : undefined);
  }

  #finish(outcome: InvocationOutcome): void {
    const task = this.#task;
    if (task === undefined) return;
    this.#task = undefined;
    clearTimeout(task.deadline);
    task.invocation.settle(outcome);
  }
}

/** What Lambda sets, and without what its runtime client does not start; nothing of the tests' own process. */
function variablesOf(settings: EnvironmentSettings, runtimeApi: string): Record<string, string> {
  const { code, handler, functionName, variables } = settings;
  return {
    PATH: process.env["PATH"] ?? "",
    TZ: ":UTC",
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    _HANDLER: handler,
    // Not a thing of Lambda's: what one process has compiled the next one need not.
    NODE_COMPILE_CACHE: join(code, "compiled"),
    LAMBDA_TASK_ROOT: code,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: "AKIDLOCAL",
    AWS_SECRET_ACCESS_KEY: "local",
    ...variables,
  };
}
