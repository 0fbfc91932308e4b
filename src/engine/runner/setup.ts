import type { LostTokens } from "./remote-sdk.ts";
import type { ExecutionHeader, Halt } from "../model/execution.ts";
import type { Alarm } from "../ports/alarm.ts";
import type { ExecutionStore } from "../ports/execution-store.ts";
import type { Host } from "../ports/host.ts";
import type { ExecutionClient } from "./client.ts";
import type { Writer } from "./claims.ts";
import type { FunctionRegistry } from "./function.ts";

/** The parts and settings that a runner works with. */
export interface RunnerSetup {
  readonly store: ExecutionStore;
  readonly alarm: Alarm;
  readonly host: Host;
  readonly functions: FunctionRegistry;
  readonly lostTokens: LostTokens;
  /** Marks the commits of this process. */
  readonly writer: Writer;
  /** The client that reaches other executions: this runner, or a router to the processes that run them. */
  readonly peers: () => ExecutionClient;
  /** This runner. */
  readonly local: () => ExecutionClient;
  /** Idle invocations stay in memory instead of ending. */
  readonly parks: boolean;
  /** How long an idle invocation waits before it ends, when it does not park. */
  readonly graceMs: number;
  /** How long a start that nothing depends on may wait for company. */
  readonly lingerMs: number;
  /** How long one invocation may take. */
  readonly invocationMs: number;
  /**
   * While a function runs, an alarm this far ahead finds its execution should the process die, and for so long after its
   * last commit other processes leave it alone; none when absent.
   */
  readonly watchdogMs: number | undefined;
  /** Wakes come again until they are done, and may come to two processes at once. */
  readonly wakesFromQueue: boolean;
  /** How much an execution has recorded before a snapshot of it is kept, in commits and operations together. */
  readonly snapshotFloor: number;
  readonly maxOperations: number;
  readonly retentionDays: number;
  readonly executionTimeoutSeconds: number | undefined;
  readonly arnOf: (header: ExecutionHeader) => string;
  /** Told of errors of a store or a peer, with the work tried again, and of what halts an execution. */
  readonly onError: (executionId: string, error: unknown) => void;
  /** Whether this process may run an execution now. */
  readonly mayRun: (executionId: string) => boolean;
  /** Told that another process has run an execution which ran here. */
  readonly onFenced: (executionId: string) => void;
  /** Told when an execution begins to wait for room in the store, and when it goes on. */
  readonly onPause: (executionId: string, pause: Halt | undefined) => void;
}
