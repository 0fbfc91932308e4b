/** The client of one tab: its runner's, and what other tabs have to do with it. */

import type { Halt } from "../../engine/model/execution.ts";
import type { ExecutionClient } from "../../engine/runner/client.ts";

/** What the client asks of its tab. */
export interface OtherTabs {
  /** Resolves once it is known what can be started. */
  readonly ready: Promise<unknown>;
  /** Why an execution waits, wherever it runs. */
  pauseOf(executionId: string): Halt | undefined;
  /** True if this tab runs the execution. */
  holds(executionId: string): boolean;
  /** Has an execution finished by this tab, even if it has not its function. */
  claim(executionId: string): void;
  /** Has the tab that runs an execution go on with it. */
  resumeElsewhere(executionId: string): void;
  /** @throws {BrowserStorageError} STORAGE_NEWER_VERSION once a tab with newer code has taken the database over. */
  assertCurrent(): void;
}

export function tabClient(runner: ExecutionClient, tabs: OtherTabs): ExecutionClient {
  return {
    functionNames: () => runner.functionNames(),
    async start(request) {
      tabs.assertCurrent();
      await tabs.ready;
      return runner.start(request);
    },
    async describe(executionId) {
      tabs.assertCurrent();
      const header = await runner.describe(executionId);
      const pause = tabs.pauseOf(executionId);
      return pause === undefined ? header : { ...header, halt: pause };
    },
    async history(executionId, query) {
      tabs.assertCurrent();
      return runner.history(executionId, query);
    },
    async state(executionId, page) {
      tabs.assertCurrent();
      return runner.state(executionId, page);
    },
    async list(query) {
      tabs.assertCurrent();
      return runner.list(query);
    },
    async stop(executionId, error) {
      tabs.assertCurrent();
      const stoppedAt = await runner.stop(executionId, error);
      tabs.claim(executionId);
      return stoppedAt;
    },
    async resume(executionId, options) {
      tabs.assertCurrent();
      const isElsewhere = tabs.pauseOf(executionId) !== undefined && !tabs.holds(executionId);
      if (isElsewhere) tabs.resumeElsewhere(executionId);
      else await runner.resume(executionId, options);
    },
    async completeCallback(callbackId, outcome) {
      tabs.assertCurrent();
      return runner.completeCallback(callbackId, outcome);
    },
    async completeInvoke(parent, outcome) {
      tabs.assertCurrent();
      return runner.completeInvoke(parent, outcome);
    },
    async checkpoint(executionId, request) {
      tabs.assertCurrent();
      return runner.checkpoint(executionId, request);
    },
    async settled(executionId, deadline) {
      tabs.assertCurrent();
      return runner.settled(executionId, deadline);
    },
    watch: (executionId, cursor) => runner.watch(executionId, cursor),
  };
}
