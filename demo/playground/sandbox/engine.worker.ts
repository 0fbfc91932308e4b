/** The process of the playground: the engine with the user's functions, in a worker that may be killed at any moment. */

import { type ExecutionHeader, Runner } from "perdure/engine";
import { type Functions, MemoryAlarm, readFunctions, systemHost } from "perdure/memory";
import { replayLog } from "perdure/testing";
import { messageOf } from "../../../console/views/model/message-of.ts";
import { AdjustableClock } from "./clock.ts";
import { putDateAhead } from "./code-date.ts";
import { CodeLog, type CodePlace, type Said } from "./code-log.ts";
import { type LoadedProgram, loadProgram } from "./load-program.ts";
import { PageStore } from "./page-store.ts";
import type { FromWorker, Opening, ReplayOptions, ToWorker } from "./protocol.ts";
import { lineOfStack, type Trace } from "./traced-context.ts";

/** A start of a step is told to the page this soon, so that it is seen while it runs. */
const LINGER_MS = 60;

let page: MessagePort | undefined;
// Before the code's own `Date` is put in place: the engine's clock is ahead by itself.
const clock = new AdjustableClock(systemHost());
const log = new CodeLog();
const store = new PageStore(send);
let functions: Functions = {};
let runner: Runner | undefined;

provideRandomUuid();
putDateAhead(() => clock.aheadMs);
log.listenTo(console, heard);
// Stacks tell which operation speaks: deep ones too.
Object.assign(Error, { stackTraceLimit: 50 });

/** The first message brings the port to the page. */
addEventListener(
  "message",
  ({ ports: [port] }) => {
    if (port === undefined) return;
    page = port;
    port.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => receive(data));
    port.start();
  },
  { once: true },
);

function receive(message: ToWorker): void {
  switch (message.type) {
    case "open":
      return open(message);
    case "start":
      return answer(message.call, started(message.request));
    case "replay":
      return answer(message.call, replayed(message.log, message.options));
    case "wake":
      return void runner?.wake(message.executionId);
    case "clock":
      return clock.set(message.aheadMs);
    case "stored":
    case "refused":
      return store.take(message);
  }
}

function open({ programs, aheadMs, isToRun }: Opening): void {
  clock.set(aheadMs);
  const loaded = programs.map((program) => loadProgram(program, traceOf));
  functions = Object.assign({}, ...loaded.map((each: LoadedProgram) => each.functions)) as Functions;
  runner = createRunner();
  send({
    type: "ready",
    functions: loaded.flatMap((each) => each.loaded),
    failures: loaded.flatMap(({ failure }) => (failure === undefined ? [] : [failure])),
  });
  if (isToRun) void runner.recover();
}

function createRunner(): Runner {
  const host = clock.host();
  const created: Runner = new Runner({
    store,
    alarm: new MemoryAlarm({ host, wake: (id) => created.wake(id) }),
    host,
    functions: readFunctions(functions),
    lingerMs: LINGER_MS,
    arnOf,
    // Executions whose code is not loaded here wait for it.
    mayRun: (id) => Object.hasOwn(functions, functionOf(id)),
    onError: (executionId, error) => {
      // The reason of a halt is in the execution's log, and the page shows it from there.
      if (isOfStorage(error)) send({ type: "trouble", executionId, message: messageOf(error) });
    },
  });
  return created;
}

/** By itself, or as what broke an invocation whose checkpoint it refused. */
function isOfStorage(error: unknown): boolean {
  const hasBroken = error instanceof Error && error.name === "CheckpointUnrecoverableInvocationError";
  return hasBroken || store.hasFailedWith(error);
}

async function started(request: Parameters<Runner["start"]>[0]): Promise<string> {
  if (runner === undefined) throw new Error("The worker is not ready.");
  return (await runner.start(request)).execution.id;
}

/** Runs a recorded log against the code that is loaded. Nothing is written, and no step runs. */
async function replayed(
  log: readonly string[],
  { functionName, fromEveryCommit = false }: ReplayOptions,
): Promise<unknown> {
  const handler = functions[functionName];
  if (typeof handler !== "function") throw new Error(`The code exports no function "${functionName}".`);
  const report = await replayLog(log, handler, { fromEveryCommit });
  return report.matches ? { matches: true } : { matches: false, seq: report.seq, difference: report.difference };
}

function answer(call: number, work: Promise<unknown>): void {
  work.then(
    (value) => send({ type: "answer", call, value }),
    (error: unknown) => send({ type: "failure", call, message: messageOf(error) }),
  );
}

function traceOf(arn: string): Trace {
  const executionId = executionOf(arn);
  return {
    began: () => {
      // A replay against the code that is loaded has another ARN, and is no life of the execution.
      if (arn.startsWith(ARN_START)) send({ type: "began", executionId, seq: store.lengthOf(executionId) });
    },
    reached: (id, call) => send({ type: "reached", executionId, id, ...call }),
    ran: (id) => send({ type: "ran", executionId, id }),
    inside: (id, fn) => log.at(placeOf(executionId, id), fn),
    saying: (id, say) => log.within(placeOf(executionId, id), say),
    threw: (id, error) => send({ type: "threw", ...placeOf(executionId, id), ...stackOf(error) }),
  };
}

function placeOf(executionId: string, id: string | undefined): CodePlace {
  return { executionId, ...(id !== undefined && { id }) };
}

function heard({ place, level, text, stack }: Said): void {
  // Lines that a file writes while it is loaded belong to no execution.
  if (place !== undefined) send({ type: "said", ...place, level, text, at: clock.now(), ...lineIn(stack) });
}

function stackOf(error: unknown): { readonly stack: string; readonly line?: number } {
  const stack = error instanceof Error ? readableStack(error.stack ?? "") : String(error);
  return { stack, ...lineIn(stack) };
}

/** Without what the playground put between the code and the engine. */
function readableStack(stack: string): string {
  const lines = stack.split("\n");
  return lines.filter((line) => !/^\s*at /.test(line) || line.includes("perdure-program-")).join("\n");
}

function lineIn(stack: string): { readonly line?: number } {
  const line = lineOfStack(stack);
  return line === undefined ? {} : { line };
}

const ARN_START = "arn:perdure:lambda:playground:000000000000:function:";

function arnOf({ functionName, version, name, incarnation }: ExecutionHeader): string {
  return `${ARN_START}${functionName}:${version}/durable-execution/${name}/${incarnation}`;
}

function executionOf(arn: string): string {
  const [, functionName, name] = /:function:([\w-]+):[^/]+\/durable-execution\/([\w-]+)\//.exec(arn) ?? [];
  return `${functionName}/${name}`;
}

function functionOf(executionId: string): string {
  return executionId.slice(0, executionId.indexOf("/"));
}

function send(message: FromWorker): void {
  page?.postMessage(message);
}

/** An origin of its own is no secure context, and browsers keep this function for those. */
function provideRandomUuid(): void {
  if ("randomUUID" in crypto) return;
  Object.defineProperty(crypto, "randomUUID", { value: randomUuid });
}

/** Version 4: 122 random bits. */
function randomUuid(): string {
  const hex = systemHost().randomId();
  const variant = "89ab".charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20)].join("-");
}
