/** Replays a log against code, with nothing else: no store and no runner. */

import { decodeCommit } from "../../src/engine/machine/commit-codec.ts";
import { fold } from "../../src/engine/machine/fold.ts";
import { journalOf } from "../../src/engine/machine/journal.ts";
import { emptyState } from "../../src/engine/machine/state.ts";
import type { ExecutionHeader } from "../../src/engine/model/execution.ts";
import type { Operation } from "../../src/engine/model/operation.ts";
import type { OperationUpdate } from "../../src/engine/model/update.ts";
import type { DurableFunction, FunctionOutput } from "../../src/engine/runner/function.ts";
import { type Functions, readFunctions } from "../../src/lambda-compat/functions.ts";
import { SimulatedClock } from "../../src/testing/simulated-host.ts";
import type { Env } from "./world.ts";

export interface Replayed {
  readonly output: FunctionOutput;
  /** What the code would have added to the log. */
  readonly updates: readonly OperationUpdate[];
  /** The functions of operations that ran. */
  readonly ran: readonly string[];
}

/** The commits before the one that ended the execution, for good if it was rewound. */
export function beforeEnd(bodies: readonly string[]): string[] {
  const end = bodies.findLastIndex((body) =>
    decodeCommit(body).facts.some(({ kind }) => kind.startsWith("EXECUTION_") && kind !== "EXECUTION_STARTED"),
  );
  return end < 0 ? [...bodies] : bodies.slice(0, end);
}

/** Runs the function once against the whole of this log; what it checkpoints goes nowhere. */
export async function replay(bodies: readonly string[], functionsOf: (env: Env) => Functions): Promise<Replayed> {
  const state = emptyState();
  const commits = bodies.map(decodeCommit);
  for (const commit of commits) fold(state, commit);
  const { header } = state;
  const clock = new SimulatedClock({ startAt: commits.at(-1)?.at ?? header.startedAt });
  const host = clock.host();
  const updates: OperationUpdate[] = [];
  const ran: string[] = [];
  const until = (ms: number): Promise<void> =>
    new Promise((resolve) => void host.timer(header.startedAt + ms, resolve));
  const env: Env = {
    now: () => clock.now() - header.startedAt,
    until,
    service: (_key, ms) => until(clock.now() - header.startedAt + ms),
    ran: (name) => void ran.push(name),
  };
  const running = durable(functionsOf(env), header).invoke({
    header,
    arn: `arn:${header.id}`,
    requestId: "0",
    token: "0",
    journal: journalOf(state),
    // Nothing in it is news.
    heard: Number.POSITIVE_INFINITY,
    client: {
      checkpoint(batch): readonly Operation[] {
        updates.push(...batch);
        return [];
      },
    },
    host,
    suspension: { mode: "end", graceMs: 0 },
    lingerMs: 0,
    deadline: Number.POSITIVE_INFINITY,
  });
  return { output: await clock.run(running.output), updates, ran };
}

function durable(functions: Functions, { functionName, version }: ExecutionHeader): DurableFunction {
  const found = readFunctions(functions).get(functionName)?.versions.get(version);
  if (found?.kind !== "durable") throw new Error(`${functionName} is no durable function`);
  return found;
}
