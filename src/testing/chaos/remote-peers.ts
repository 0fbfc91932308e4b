import type { Host } from "../../engine/ports/host.ts";
import type { ExecutionClient } from "../../engine/runner/client.ts";
import type { ChaosProcess } from "./chaos-process.ts";
import { LinkError } from "./link.ts";

const PATIENCE_MS = 30_000;

/**
 * The client by which a process reaches executions that others run: each call goes to some process that lives, over a
 * network. One that does not answer in time is given up, whatever comes of it.
 */
export function remotePeers(caller: ChaosProcess, { choose, world }: PeerOptions): ExecutionClient {
  const call = <T>(changes: boolean, ask: (client: ExecutionClient) => Promise<T>): Promise<T> =>
    Promise.resolve(
      caller.gate.call(() =>
        caller.link.send({ what: "peer call", changes, run: () => answerOf(choose(), ask, world) }),
      ),
    );
  return {
    functionNames: () => caller.runner.functionNames(),
    hasFunction: (functionName, version) => caller.runner.hasFunction(functionName, version),
    watch: (executionId, cursor) => caller.runner.watch(executionId, cursor),
    start: (request) => call(true, (client) => client.start(request)),
    completeInvoke: (parent, outcome) => call(true, (client) => client.completeInvoke(parent, outcome)),
    completeCallback: (id, outcome) => call(true, (client) => client.completeCallback(id, outcome)),
    stop: (id, error) => call(true, (client) => client.stop(id, error)),
    resume: (id, options) => call(true, (client) => client.resume(id, options)),
    pause: (id, options) => call(true, (client) => client.pause(id, options)),
    fork: (id, options) => call(true, (client) => client.fork(id, options)),
    rewind: (id, options) => call(true, (client) => client.rewind(id, options)),
    purge: (id) => call(true, (client) => client.purge(id)),
    checkpoint: (id, request) => call(true, (client) => client.checkpoint(id, request)),
    checkToken: (id, token) => call(false, (client) => client.checkToken(id, token)),
    describe: (id) => call(false, (client) => client.describe(id)),
    history: (id, query) => call(false, (client) => client.history(id, query)),
    state: (id, page) => call(false, (client) => client.state(id, page)),
    list: (query) => call(false, (client) => client.list(query)),
    settled: (id, deadline) => call(false, (client) => client.settled(id, deadline)),
  };
}

export interface PeerOptions {
  /** Some process that lives; undefined if there is none. */
  readonly choose: () => ChaosProcess | undefined;
  readonly world: Host;
}

function answerOf<T>(
  callee: ChaosProcess | undefined,
  ask: (client: ExecutionClient) => Promise<T>,
  world: Host,
): Promise<T> {
  if (callee === undefined) return Promise.reject(new LinkError("No process lives"));
  return new Promise<T>((resolve, reject) => {
    const cancel = world.timer(world.now() + PATIENCE_MS, () => reject(new LinkError("No answer")));
    callee.gate.enter(() => {
      ask(callee.runner).then(resolve, reject).finally(cancel);
    });
  });
}
