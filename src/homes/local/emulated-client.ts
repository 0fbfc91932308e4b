import type { ExecutionClient } from "../../engine/runner/client.ts";

/**
 * The client of a runner that has a clock of its own, for callers on the wall clock: how long they want to wait is in
 * their time.
 */
export function clientOnWallClock(client: ExecutionClient, emulatedAt: (wall: number) => number): ExecutionClient {
  return {
    functionNames: () => client.functionNames(),
    hasFunction: (functionName, version) => client.hasFunction(functionName, version),
    start: (request) => client.start(request),
    describe: (id) => client.describe(id),
    history: (id, query) => client.history(id, query),
    state: (id, page) => client.state(id, page),
    list: (query) => client.list(query),
    stop: (id, error) => client.stop(id, error),
    resume: (id, options) => client.resume(id, options),
    pause: (id, options) => client.pause(id, options),
    fork: (id, options) => client.fork(id, options),
    rewind: (id, options) => client.rewind(id, options),
    purge: (id) => client.purge(id),
    completeCallback: (id, outcome) => client.completeCallback(id, outcome),
    completeInvoke: (parent, outcome) => client.completeInvoke(parent, outcome),
    checkToken: (id, token) => client.checkToken(id, token),
    checkpoint: (id, request) => client.checkpoint(id, request),
    settled: (id, deadline) => client.settled(id, emulatedAt(deadline)),
    watch: (id, cursor) => client.watch(id, cursor),
  };
}
