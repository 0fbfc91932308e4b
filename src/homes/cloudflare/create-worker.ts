import { DurableObject } from "cloudflare:workers";
import type { Answer } from "../../adapters/durable-objects/answer.ts";
import { DirectoryShards } from "../../adapters/durable-objects/directory-shards.ts";
import type { CallArguments, CallResult, ExecutionCall } from "../../adapters/durable-objects/execution-rpc.ts";
import { DurableObjectClient } from "../../adapters/durable-objects/object-client.ts";
import type { ExecutionClient } from "../../engine/runner/client.ts";
import { FunctionRegistry } from "../../engine/runner/function.ts";
import { readFunctions } from "../../lambda-compat/functions.ts";
import { createHttpFace, unavailable } from "../../lambda-compat/http/face.ts";
import type { LogPage, LogPageQuery } from "../../lambda-compat/http/log-source.ts";
import { type Start, typedStart } from "../../lambda-compat/typed-client.ts";
import { checkOptions } from "../options/check-options.ts";
import { arnScope, homeFunctions, runnerSettings } from "../options/home-options.ts";
import { httpOptions } from "../options/http-options.ts";
import type { OnError } from "../options/on-error.ts";
import { BindingError, type BindingNames, Bindings } from "./bindings.ts";
import { DirectoryObject } from "./directory-object.ts";
import { ExecutionCell, type ExecutionSettings } from "./execution-cell.ts";
import { type ExecutionObjectRpc, type LinesOf, linesOfObjects } from "./object-lines.ts";
import { WORKER_FORMS, type WorkerOptions } from "./worker-options.ts";

/** The exports of a Worker that runs durable functions. */
export interface PerdureWorker {
  /** The Lambda HTTP API, for the Worker's own `fetch`. */
  fetch(request: Request, env: unknown): Promise<Response>;
  /** Reaches executions from the Worker's own code: its other routes, queues, schedules. */
  client(env: unknown): ExecutionClient;
  /** Starts executions by their functions, and hands out what becomes of them, both typed: `app.starter(env)(order, event)`. */
  starter(env: unknown): Start;
  /** The class of the execution objects, to be exported under the name that the configuration binds. */
  readonly Execution: ObjectClass<ExecutionObjectRpc>;
  /** The class of the directory objects, likewise. */
  readonly Directory: typeof DirectoryObject;
}

/** A class of Durable Objects that answers the calls of `Rpc`. */
export type ObjectClass<Rpc> = new (state: DurableObjectState, env: unknown) => DurableObject<unknown> & Rpc;

const SHARDS = 8;

/**
 * Durable functions as a Worker, with one Durable Object for each execution.
 *
 * @throws {OptionError} INVALID_OPTION for an option that there is not or that is of another form, functions included.
 *
 * @example
 * ```ts
 * import { createWorker } from "perdure/cloudflare";
 * import { order } from "./order.ts";
 *
 * const app = createWorker({ functions: { order } });
 *
 * export default { fetch: app.fetch };
 * export const Execution = app.Execution;
 * export const Directory = app.Directory;
 * ```
 *
 * Its configuration binds the classes, and the secret `PERDURE_CREDENTIALS` says who may call:
 *
 * ```toml
 * compatibility_flags = ["nodejs_compat"]
 *
 * [[durable_objects.bindings]]
 * name = "EXECUTIONS"
 * class_name = "Execution"
 *
 * [[durable_objects.bindings]]
 * name = "DIRECTORY"
 * class_name = "Directory"
 *
 * [[migrations]]
 * tag = "v1"
 * new_sqlite_classes = ["Execution", "Directory"]
 * ```
 */
export function createWorker(options: WorkerOptions): PerdureWorker {
  checkOptions(options, WORKER_FORMS);
  const settings = settingsOf(options);
  const functions = new FunctionRegistry(settings.functions);
  const client = (env: unknown): ExecutionClient => {
    const bindings = new Bindings(env, options.bindings);
    const directory = new DirectoryShards(bindings.directory, settings.shards);
    return new DurableObjectClient(bindings.executions, directory, functions);
  };
  return {
    fetch: createFetch(options, { client, onError: settings.onError }),
    client,
    starter: (env) => typedStart(client(env), options.functions),
    Execution: executionClass(settings, options.bindings),
    Directory: DirectoryObject,
  };
}

function settingsOf(options: WorkerOptions): ExecutionSettings {
  return {
    ...runnerSettings(options),
    functions: homeFunctions(options.functions, readFunctions),
    shards: options.directoryShards ?? SHARDS,
  };
}

type Fetch = (request: Request) => Promise<Response>;

interface FetchParts {
  readonly client: (env: unknown) => ExecutionClient;
  readonly onError: OnError;
}

function createFetch(options: WorkerOptions, { client, onError: tell }: FetchParts): PerdureWorker["fetch"] {
  const onError = (error: unknown): void => tell(undefined, error);
  const faceOptions = { arn: arnScope(options), onError, ...httpOptions(options) };
  const faceOf = (env: unknown): Fetch =>
    createHttpFace({
      client: client(env),
      credentials: new Bindings(env, options.bindings).credentials,
      logs: linesOfObjects(new Bindings(env, options.bindings).executions),
      options: faceOptions,
    });
  // One Worker may be run with several environments, each with its own secrets.
  const faces = new WeakMap<object, Fetch>();
  return async (request, env) => {
    try {
      const key = env as object;
      const face = faces.get(key) ?? faceOf(env);
      faces.set(key, face);
      return await face(request);
    } catch (error) {
      onError(error);
      return unconfigured(error);
    }
  };
}

/** The answer names the missing binding, for the person who sets the Worker up; a stranger may read it too. */
function unconfigured(error: unknown): Response {
  return unavailable(error instanceof BindingError ? error.message : "The Worker is not configured.");
}

function executionClass(settings: ExecutionSettings, names: BindingNames | undefined): ObjectClass<ExecutionObjectRpc> {
  return class Execution extends DurableObject<unknown> implements ExecutionObjectRpc {
    readonly #cell: ExecutionCell = new ExecutionCell(this.ctx, new Bindings(this.env, names), settings);

    call<Call extends ExecutionCall>(call: Call, args: CallArguments<Call>): Promise<Answer<CallResult<Call>>> {
      return this.#cell.call(call, args);
    }

    watch(executionId: string, cursor: number): Promise<ReadableStream<Uint8Array>> {
      return this.#cell.watch(executionId, cursor);
    }

    lines(execution: LinesOf, query: LogPageQuery): Promise<LogPage> {
      return this.#cell.lines(execution, query);
    }

    override alarm(info?: AlarmInvocationInfo): Promise<void> {
      return this.#cell.alarm(info);
    }
  };
}
