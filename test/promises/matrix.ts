/** One cell of the matrix of P3: two operands of given kinds, combined in one way, live and then replayed. */

import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import type { Functions } from "../../src/lambda-compat/functions.ts";
import { type Combinator, combinators } from "./combinators.ts";
import { answerTo, callee, durableCallee, kinds, type Operand } from "./kinds.ts";
import type { Write } from "./ledger.ts";
import { beforeEnd, replay } from "./replay.ts";
import { type Env, EXECUTION_ID, World, type WorldOptions } from "./world.ts";

export interface Cell {
  readonly combinator: string;
  /** The kinds of the two operands, in the order in which they are called. */
  readonly kinds: readonly [string, string];
  /** Which of them settles first. */
  readonly first: 0 | 1;
  /** Which of them rejects. */
  readonly rejects: 0 | 1 | undefined;
}

const EARLY_S = 10;
const LATE_S = 20;

export function describeCell({ combinator, kinds: [a, b], first, rejects }: Cell): string {
  const failing = rejects === undefined ? "" : `, ${rejects} rejects`;
  return `${combinator} of ${a} and ${b}, ${first} first${failing}`;
}

/** All cells of a combinator in which this kind comes first; the pairs the other way round are the other kind's. */
export function* cellsOf(combinator: string, kind: string): Generator<Cell> {
  const names = Object.keys(kinds);
  for (const other of names.slice(names.indexOf(kind))) {
    for (const first of [0, 1] as const) {
      yield { combinator, kinds: [kind, other], first, rejects: undefined };
      if (kinds[kind]?.canFail === true) yield { combinator, kinds: [kind, other], first, rejects: 0 };
      if (kinds[other]?.canFail === true) yield { combinator, kinds: [kind, other], first, rejects: 1 };
    }
  }
}

export function worldOf(cell: Cell): WorldOptions {
  const operands = ([0, 1] as const).map((index): Operand => {
    return {
      name: index === 0 ? "a" : "b",
      at: index === cell.first ? EARLY_S : LATE_S,
      fails: cell.rejects === index,
    };
  });
  const combine = combinators[cell.combinator] as Combinator;
  const functions = (env: Env): Functions => ({
    program: withDurableExecution(async (_event, context) => {
      const trace: string[] = [];
      const result = await combine({
        operands: operands.map(
          (operand, index) => () => kinds[cell.kinds[index] as string]!.call(context, operand, env),
        ),
        context,
        trace,
      });
      return { result, trace };
    }),
    plain: callee(env),
    durable: withDurableExecution(durableCallee(env)),
  });
  return { functions, answers: Object.fromEntries(operands.map((operand) => [operand.name, answerTo(operand)])) };
}

/** What is wrong with the replays of a cell; nothing when they all answer as the live run did. */
export async function check(cell: Cell): Promise<string[]> {
  const options = worldOf(cell);
  const live = new World(options);
  const { status, result } = await live.run();
  const expected = JSON.stringify(result);
  const faults = status === "SUCCEEDED" ? problemsOf(live) : [`the live run ${status}`];
  const { writes } = live.ledger;
  // The first write starts the execution, which makes a second live run; with the last commit it is over.
  for (let length = 2; length < writes.length && !hasEnded(writes[length - 1]); length++) {
    const world = new World({ ...options, prefix: writes.slice(0, length), checksInvariants: false });
    const again = await world.run();
    const got = JSON.stringify(again.result);
    if (got !== expected) faults.push(`after ${length} of ${writes.length} writes: ${got}, live ${expected}`);
    faults.push(...problemsOf(world).map((problem) => `after ${length} of ${writes.length} writes: ${problem}`));
  }
  faults.push(...(await pureReplay(live, options, expected)));
  return faults;
}

function hasEnded(write: Write | undefined): boolean {
  return write?.type === "append" && write.id === EXECUTION_ID && beforeEnd([write.body]).length === 0;
}

/** The whole log against the code, and nothing else: nothing new is recorded and no function runs. */
async function pureReplay(live: World, options: WorldOptions, expected: string): Promise<string[]> {
  const ran: string[] = [];
  const nowhere = (): Promise<void> => new Promise(() => undefined);
  const env: Env = { now: () => 0, until: nowhere, service: nowhere, ran: (name) => ran.push(name) };
  const { output, updates } = await replay(beforeEnd(live.ledger.bodies(EXECUTION_ID)), options.functions(env));
  const faults: string[] = [];
  const got = output.status === "SUCCEEDED" ? output.result : JSON.stringify(output);
  if (got !== expected) faults.push(`pure replay: ${got}, live ${expected}`);
  if (updates.length > 0) faults.push(`pure replay records ${JSON.stringify(updates)}`);
  if (ran.length > 0) faults.push(`pure replay runs ${ran.join()}`);
  return faults;
}

function problemsOf(world: World): string[] {
  return [
    ...world.ledger.broken.map((broken) => `broken invariant: ${broken}`),
    ...world.rerun.map((name) => `ran again though it was complete: ${name}`),
    ...world.errors.map((error) => `error: ${String(error)}`),
  ];
}
