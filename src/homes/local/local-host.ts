/**
 * The service side of Lambda durable functions on this machine: executions in a file, handlers in processes of their own,
 * the Lambda API on loopback. It may be killed at any moment and started again.
 */

import { randomBytes } from "node:crypto";
import { OneTimeLinks } from "../../console/one-time-links.ts";
import { systemHost } from "../../adapters/hosts/system-host.ts";
import { MemoryAlarm } from "../../adapters/memory/memory-alarm.ts";
import { SqliteStore } from "../../adapters/sqlite/sqlite-store.ts";
import type { ExecutionHeader } from "../../engine/model/execution.ts";
import type { Host } from "../../engine/ports/host.ts";
import type { FunctionOutput } from "../../engine/runner/function.ts";
import { LATEST } from "../../engine/runner/function.ts";
import { Runner } from "../../engine/runner/runner.ts";
import { formatExecutionArn } from "../../lambda-compat/arn.ts";
import type { Credential } from "../../lambda-compat/http/credentials.ts";
import { createHttpFace } from "../../lambda-compat/http/face.ts";
import { KeptLogs } from "../../lambda-compat/http/kept-logs.ts";
import type { DataFolder, LocalCredential } from "./data-folder.ts";
import { clientOnWallClock } from "./emulated-client.ts";
import { EmulatorClock } from "./emulator-clock.ts";
import { createFront, type FrontOptions } from "./front.ts";
import { functionEnvironment } from "./function-environment.ts";
import { FunctionSet, type FunctionSetOptions } from "./function-set.ts";
import type { FunctionSource } from "./function-source.ts";
import { type Listening, listen, type Place } from "./http-server.ts";
import { durableInProcess } from "./process-function.ts";
import type { Replay } from "./replay-route.ts";
import { SamFunctions } from "./sam-functions.ts";

export interface LocalHostOptions extends Place {
  /** The folder that keeps all data. */
  readonly folder: DataFolder;
  readonly sources: readonly FunctionSource[];
  /** The longest time of one invocation, in ms. */
  readonly timeoutMs: number;
  /** The most processes of a function at a time. */
  readonly most: number;
  /** The number of the clock's seconds that pass in one second. */
  readonly timeScale: number;
  readonly watches: boolean;
  /** Takes what `sam local` sends: calls without a credential, and functions in containers. */
  readonly sam: boolean;
  /** Given each line that a function writes. */
  readonly onLine: (functionName: string, line: string) => void;
  /** Holds a log against the code of one of these sources, each a file, or `FILE#EXPORT`. */
  readonly replay: (sources: readonly string[], functionName: string, log: readonly string[]) => Promise<object>;
  readonly onNotice: (text: string) => void;
  /** Told how each invocation ended. */
  readonly onOutput: (header: ExecutionHeader, output: FunctionOutput) => void;
  /** Told of what failed; `header` is the execution as it stands after that, if it is known. */
  readonly onError: (executionId: string | undefined, error: unknown, header?: ExecutionHeader) => void;
}

export interface LocalHost {
  readonly url: string;
  readonly credential: LocalCredential;
  readonly functions: FunctionSet["functions"];
  readonly clock: EmulatorClock;
  /** The address of the console, with a code that lets in once. */
  consoleLink(): string;
  /** Ends it, and every process that it started. */
  close(): Promise<void>;
}

/** As `sam local` calls whatever it runs. */
const SAM_FUNCTION = "function";
/** The time between two writes of a clock that runs ahead, in ms. */
const CLOCK_KEPT_MS = 1000;

/**
 * @throws {StoreInUseError} STORE_IN_USE if another process has the folder.
 * @throws {UnusableFileError} UNUSABLE_FILE for a file that cannot be run.
 */
export async function createLocalHost(options: LocalHostOptions): Promise<LocalHost> {
  const { folder } = options;
  folder.prepare();
  const store = new SqliteStore(folder.database, { exclusive: true });
  const parts = new LocalParts(options, store);
  try {
    await parts.open();
    return parts;
  } catch (error) {
    await parts.close();
    throw error;
  }
}

class LocalParts implements LocalHost {
  readonly credential: LocalCredential;
  readonly clock: EmulatorClock;
  readonly #options: LocalHostOptions;
  readonly #store: SqliteStore;
  readonly #functions: FunctionSet;
  readonly #runner: Runner;
  readonly #sam: SamFunctions;
  readonly #links: OneTimeLinks;
  readonly #logs: KeptLogs;
  /** Lets functions in, for as long as this process lives. */
  readonly #functionToken = randomBytes(24).toString("base64url");
  #listening: Listening | undefined;
  #keepsClock: ReturnType<typeof setInterval> | undefined;
  #isClosed = false;

  constructor(options: LocalHostOptions, store: SqliteStore) {
    const { folder, timeScale: scale, timeoutMs, onOutput } = options;
    this.#options = options;
    this.#store = store;
    this.credential = folder.ensureCredential();
    this.#links = new OneTimeLinks(this.credential.bearer);
    const onSkip = (): void => this.#keepClock();
    this.clock = new EmulatorClock({ aheadMs: folder.aheadMs(), scale, onSkip });
    const wallAt = (emulated: number): number => this.clock.wallAt(emulated);
    const envOf = (name: string) => functionEnvironment(name, `${this.#address}/~${this.#functionToken}`);
    this.#logs = new KeptLogs({ timeOf: (wall) => this.clock.emulatedAt(wall) });
    const onLine: FunctionSetOptions["onLine"] = (name, line, executionArn) => {
      if (executionArn !== undefined) this.#logs.add(line, executionArn);
      options.onLine(name, line);
    };
    this.#functions = new FunctionSet({ ...options, envOf, wallAt, onLine });
    this.#sam = new SamFunctions(timeoutMs);
    if (options.sam) {
      const target = durableInProcess({ invoke: this.#sam.invoke, wallAt, onOutput });
      this.#functions.versions.set(SAM_FUNCTION, { latest: LATEST, versions: new Map([[LATEST, target]]) });
    }
    this.#runner = this.#createRunner();
  }

  get url(): string {
    return this.#listening?.url ?? "";
  }

  get functions(): FunctionSet["functions"] {
    return this.#functions.functions;
  }

  consoleLink(): string {
    return this.#links.linkTo(`${this.#address}/console/`);
  }

  async open(): Promise<void> {
    const { folder, sources, timeScale } = this.#options;
    this.#listening = await listen(this.#front(), this.#options);
    await this.#functions.load(sources);
    await this.#runner.recover();
    if (timeScale !== 1) this.#keepsClock = setInterval(() => this.#keepClock(), CLOCK_KEPT_MS);
    folder.announce({ url: this.#address, pid: process.pid });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#keepsClock);
    this.#keepClock();
    this.#runner.close();
    this.clock.close();
    this.#functions.close();
    await this.#listening?.close();
    this.#options.folder.withdraw(process.pid);
    this.#store.close();
  }

  /** As programs of this machine call it. */
  get #address(): string {
    return this.url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
  }

  #createRunner(): Runner {
    const { timeoutMs } = this.#options;
    const { clock } = this;
    const host: Host = { ...systemHost(), now: () => clock.now(), timer: (at, fire) => clock.timer(at, fire) };
    return new Runner({
      store: this.#store,
      alarm: new MemoryAlarm({ host, wake: (id) => this.#runner.wake(id) }),
      host,
      functions: this.#functions.versions,
      parks: false,
      invocationMs: timeoutMs,
      arnOf: (header) => formatExecutionArn(header),
      onError: (id, error) => void this.#tell(id, error),
    });
  }

  /** The runner tells of a broken invocation once that is recorded: whether it is tried again, the header says then. */
  async #tell(id: string, error: unknown): Promise<void> {
    const header = await this.#runner.describe(id).catch(() => undefined);
    if (!this.#isClosed) this.#options.onError(id, error, header);
  }

  #front() {
    const { clock, credential } = this;
    const { sam, onError } = this.#options;
    const functions: Credential = {
      id: "functions",
      rights: ["start", "read", "callback", "checkpoint"],
      bearer: this.#functionToken,
    };
    const credentials = [credential, functions];
    const client = clientOnWallClock(this.#runner, (wall) => clock.emulatedAt(wall));
    const logs = this.#logs;
    const tell = (error: unknown): void => onError(undefined, error);
    const face = createHttpFace({ client, credentials, logs, options: { onError: tell } });
    const onEndpoint: FrontOptions["onEndpoint"] = (name, endpoint) => (sam ? this.#sam.add(name, endpoint) : () => {});
    const openTo = sam ? credential.bearer : undefined;
    const replay: Replay = (functionName, log) =>
      this.#options.replay(this.#sourcesOf(functionName), functionName, log);
    const start: FrontOptions["start"] = (request, limits) => this.#runner.start(request, limits);
    const links = this.#links;
    return createFront({ face, start, credentials, clock, openTo, onEndpoint, links, replay, onError: tell });
  }

  #sourcesOf(functionName: string): readonly string[] {
    return this.functions
      .filter(({ name }) => name === functionName)
      .map(({ file, exportName }) => `${file}#${exportName}`);
  }

  #keepClock(): void {
    if (this.clock.isShifted) this.#options.folder.keepAheadMs(Math.round(this.clock.aheadMs));
  }
}
