/**
 * The process of one function: it loads the module, and runs the handler for each invocation that it is sent, as Lambda's
 * runtime does. Whatever happens to it happens to nobody else. Called with the file, and the name of the export; without
 * the name it only tells what the module exports.
 *
 * It ends with the emulator: when the channel closes, or, should the handler never give the loop back, when another thread
 * sees that the parent is gone.
 */

import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { failureFromError } from "../../engine/model/thrown-failure.ts";
import { DurableExecutionInvocationInputWithClient } from "../../lambda-compat/invocation-input.ts";
import { plainLambda } from "../../lambda-compat/lambda-function.ts";
import type { DurableExecutionInvocationOutput } from "../../lambda-compat/wire-types.ts";
import { exportedFunctions, type Handler, type HandlerModule, handlerOf } from "./exported-functions.ts";
import { loadHint } from "./load-hint.ts";
import { watchLoading } from "./loaded-files.ts";
import type { ContextData, FunctionKind, InvocationEvent, InvokeMessage, ProcessMessage } from "./process-messages.ts";
import { serviceClient } from "./service-client.ts";
import { takeImportsForModules } from "./typescript-modules.ts";

const PARENT_WATCH = `
  const { workerData } = require("node:worker_threads");
  setInterval(() => {
    if (process.ppid !== workerData) process.kill(process.pid, "SIGKILL");
  }, 500);
`;

const [file = "", exportName = ""] = process.argv.slice(2);
const client = serviceClient(process.env["AWS_ENDPOINT_URL_LAMBDA"] ?? "");

// Ctrl+C reaches every process of the terminal. The emulator decides what becomes of this one.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit());
new Worker(PARENT_WATCH, { eval: true, workerData: process.ppid }).unref();

takeImportsForModules();
const loading = watchLoading();
try {
  await begin((await import(pathToFileURL(file).href)) as HandlerModule);
} catch (error) {
  const hint = await loadHint(error, loading.allFiles());
  const files = loading.files();
  tell({ type: "unusable", error: failureFromError(error), files, ...(hint !== undefined && { hint }) });
}

async function begin(module: HandlerModule): Promise<void> {
  const functions = exportedFunctions(module, { usesAwsSdk: loading.usesAwsSdk(), exportName });
  const chosen = functions.find((each) => each.exportName === exportName);
  const handler = handlerOf(module, exportName);
  if (chosen !== undefined && handler !== undefined) {
    process.on("message", (message: InvokeMessage) => void answer(message, handler, chosen.kind));
  }
  tell({ type: "loaded", functions, files: loading.files() });
}

async function answer(message: InvokeMessage, handler: Handler, kind: FunctionKind): Promise<void> {
  try {
    const output = await (kind === "durable" ? runDurable(message, handler) : runPlain(message, handler));
    tell({ type: "output", output });
  } catch (error) {
    tell({ type: "thrown", error: failureFromError(error) });
  }
}

function runDurable(message: InvokeMessage, handler: Handler): Promise<DurableExecutionInvocationOutput> {
  const given = message.event as InvocationEvent;
  const { UpdatedOperationIds } = given;
  // The class has no room for these, as AWS's has not; the SDK reads them all the same.
  const event = Object.assign(new DurableExecutionInvocationInputWithClient(given, client), { UpdatedOperationIds });
  const context = lambdaContext(message.context, Date.now() + message.remainingMs);
  return handler(event, context) as Promise<DurableExecutionInvocationOutput>;
}

/** Its event and its result are JSON text. */
function runPlain({ event, context }: InvokeMessage, handler: Handler): Promise<string | undefined> {
  const { functionName, awsRequestId } = context;
  const input = typeof event === "string" ? event : undefined;
  return plainLambda(handler, functionName).call(input, { functionName, requestId: awsRequestId });
}

function lambdaContext(data: ContextData, deadline: number): object {
  return {
    ...data,
    callbackWaitsForEmptyEventLoop: false,
    memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    logGroupName: process.env["AWS_LAMBDA_LOG_GROUP_NAME"],
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: ignored,
    fail: ignored,
    succeed: ignored,
  };
}

/** The callback style of long ago; the handler's result counts. */
function ignored(): void {}

function tell(message: ProcessMessage): void {
  process.send?.(message);
}
