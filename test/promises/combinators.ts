/** Ways in which handlers put the results of operations together, all with the language's own means. */

import type { DurableContext } from "../../src/lambda-compat/types.ts";

export interface Combination {
  /** Starts an operand; the same promise each time. */
  readonly operands: readonly (() => Promise<unknown>)[];
  readonly context: DurableContext;
  /** What user code has seen, in the order in which it saw it. */
  readonly trace: string[];
}

export type Combinator = (combination: Combination) => Promise<unknown>;

function told(trace: string[], label: string, promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      trace.push(`${label}: ${JSON.stringify(value)}`);
      return value;
    },
    (error: Error) => {
      trace.push(`${label}! ${error.message}`);
      throw error;
    },
  );
}

function call({ operands, trace }: Combination): Promise<unknown>[] {
  return operands.map((operand, index) => told(trace, String(index), operand()));
}

/** A thousand miles of microtasks are still one turn. */
async function hop(times: number): Promise<void> {
  for (let count = 0; count < times; count++) await Promise.resolve();
}

/** What a combinator answers; user code goes on with it at once, in a branch of its own. */
async function goOn(combination: Combination, label: string, promise: Promise<unknown>): Promise<unknown> {
  const { context, trace } = combination;
  const answer = await told(trace, label, promise).catch((error: Error) => error.message);
  await context.step(`${label} gave ${JSON.stringify(answer)}`, async () => "next");
  trace.push(`${label} went on`);
  return answer;
}

async function allSettled(promises: readonly Promise<unknown>[]): Promise<unknown> {
  const settled = await Promise.allSettled(promises);
  return settled.map((each) => (each.status === "fulfilled" ? each.value : String(each.reason.message)));
}

export const combinators: Readonly<Record<string, Combinator>> = {
  "race, any, all and allSettled": async (combination) => {
    const promises = call(combination);
    return Promise.all([
      goOn(combination, "race", Promise.race(promises)),
      goOn(combination, "any", Promise.any(promises)),
      goOn(combination, "all", Promise.all(promises)),
      goOn(combination, "allSettled", allSettled(promises)),
    ]);
  },
  "for await": async (combination) => {
    const { context, trace } = combination;
    const promises = call(combination);
    const values: unknown[] = [];
    for await (const value of inOrderOfCompletion(promises)) {
      values.push(value);
      await context.step(`saw ${JSON.stringify(value)}`, async () => "next");
      trace.push(`went on after ${values.length}`);
    }
    return values;
  },
  "interleaved branches": async (combination) => {
    const { operands, context, trace } = combination;
    const shared: string[] = [];
    const branch = async (index: number): Promise<unknown> => {
      const mine: unknown[] = [];
      try {
        mine.push(await told(trace, `branch ${index}`, operands[index]?.() ?? hop(0)));
      } catch (error) {
        mine.push((error as Error).message);
      }
      shared.push(`${index} after ${shared.join()}`);
      await hop(3 - index);
      mine.push(await context.step(`${index} sees ${shared.length}`, async () => shared.length));
      shared.push(`${index} again`);
      await context.wait(`${index} rests`, { seconds: 1 + index * 2 });
      mine.push(shared.length);
      return mine;
    };
    return [await Promise.all(operands.map((_operand, index) => branch(index))), shared];
  },
};

async function* inOrderOfCompletion(promises: readonly Promise<unknown>[]): AsyncGenerator<unknown> {
  const open = new Map(promises.map((promise, index) => [index, settled(promise, index)]));
  while (open.size > 0) {
    const { index, value } = await Promise.race(open.values());
    open.delete(index);
    yield value;
  }
}

async function settled(promise: Promise<unknown>, index: number): Promise<{ index: number; value: unknown }> {
  try {
    return { index, value: await promise };
  } catch (error) {
    return { index, value: (error as Error).message };
  }
}
