/**
 * The matrix of P3: what user code saw in the live run it sees again on replay, in the same order, after a crash at any
 * write. Every pair of operation kinds, in both orders of settlement, with none, one or the other rejecting.
 */

import { withDurableExecution } from "../../src/lambda-compat/with-durable-execution.ts";
import type { Functions } from "../../src/lambda-compat/functions.ts";
import { describe, expect, test } from "vitest";
import { type Combinator, combinators } from "./combinators.ts";
import { answerTo, callee, durableCallee, kinds, type Operand } from "./kinds.ts";
import { replayFaults } from "./replay-faults.ts";
import type { Env, WorldOptions } from "./world.ts";

/** One cell of the matrix: two operands of given kinds, combined in one way. */
interface Cell {
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

function describeCell({ combinator, kinds: [a, b], first, rejects }: Cell): string {
  const failing = rejects === undefined ? "" : `, ${rejects} rejects`;
  return `${combinator} of ${a} and ${b}, ${first} first${failing}`;
}

/** All cells of a combinator in which this kind comes first; the pairs the other way round are the other kind's. */
function* cellsOf(combinator: string, kind: string): Generator<Cell> {
  const names = Object.keys(kinds);
  for (const other of names.slice(names.indexOf(kind))) {
    for (const first of [0, 1] as const) {
      yield { combinator, kinds: [kind, other], first, rejects: undefined };
      if (kinds[kind]?.canFail === true) yield { combinator, kinds: [kind, other], first, rejects: 0 };
      if (kinds[other]?.canFail === true) yield { combinator, kinds: [kind, other], first, rejects: 1 };
    }
  }
}

function worldOf(cell: Cell): WorldOptions {
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

/** One test for each kind that may come first. */
export function testMatrix(combinator: keyof typeof combinators): void {
  describe(`P3 ${combinator}: replay answers as the live run did, with a`, () => {
    for (const kind of Object.keys(kinds)) {
      test(kind, async () => {
        const faults: Record<string, string[]> = {};
        let cells = 0;
        for (const cell of cellsOf(combinator, kind)) {
          cells++;
          const found = await replayFaults(worldOf(cell));
          if (found.length > 0) faults[describeCell(cell)] = found;
        }
        expect(faults).toEqual({});
        expect(cells).toBeGreaterThan(0);
      });
    }
  });
}
