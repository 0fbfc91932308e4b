/** The client of one tab: its runner's, and what other tabs have to do with it. */

import type { Halt } from "../../engine/model/execution.ts";
import type { ExecutionClient } from "../../engine/runner/client.ts";

/** What the client asks of its tab. */
export interface OtherTabs {
  /** Resolves once it is known what can be started. */
  ready(): Promise<unknown>;
  /** Why an execution waits, wherever it runs. */
  pauseOf(executionId: string): Halt | undefined;
  /** True if this tab runs the execution. */
  holds(executionId: string): boolean;
  /** Has an execution finished by this tab, even if it has not its function. */
  claim(executionId: string): void;
  /** Has the tab that runs an execution go on with it. */
  resumeElsewhere(executionId: string): void;
  /**
   * @throws {BrowserStorageError} STORAGE_NEWER_VERSION once a tab with newer code has taken the database over,
   * STORAGE_UNAVAILABLE where there are no databases at all.
   */
  assertCurrent(): void;
}

export function tabClient(runner: ExecutionClient, tabs: OtherTabs): ExecutionClient {
  const current =
    <Args extends readonly unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      tabs.assertCurrent();
      return call(...args);
    };
  return {
    functionNames: () => runner.functionNames(),
    hasFunction: (functionName, version) => runner.hasFunction(functionName, version),
    start: current(async (request) => {
      await tabs.ready();
      return runner.start(request);
    }),
    describe: current(async (executionId) => {
      const header = await runner.describe(executionId);
      const pause = tabs.pauseOf(executionId);
      return pause === undefined ? header : { ...header, halt: pause };
    }),
    history: current((...args) => runner.history(...args)),
    state: current((...args) => runner.state(...args)),
    list: current((...args) => runner.list(...args)),
    stop: current(async (executionId, error) => {
      const stoppedAt = await runner.stop(executionId, error);
      tabs.claim(executionId);
      return stoppedAt;
    }),
    resume: current(async (executionId, options) => {
      const isElsewhere = tabs.pauseOf(executionId) !== undefined && !tabs.holds(executionId);
      if (isElsewhere) tabs.resumeElsewhere(executionId);
      else await runner.resume(executionId, options);
    }),
    pause: current((...args) => runner.pause(...args)),
    fork: current(async (executionId, options) => {
      await tabs.ready();
      return runner.fork(executionId, options);
    }),
    rewind: current(async (executionId, options) => {
      await runner.rewind(executionId, options);
      tabs.claim(executionId);
    }),
    purge: current((...args) => runner.purge(...args)),
    completeCallback: current((...args) => runner.completeCallback(...args)),
    completeInvoke: current((...args) => runner.completeInvoke(...args)),
    checkToken: current((...args) => runner.checkToken(...args)),
    checkpoint: current((...args) => runner.checkpoint(...args)),
    settled: current((...args) => runner.settled(...args)),
    watch: (executionId, cursor) => runner.watch(executionId, cursor),
  };
}
