/** How the context is called: what compiles with AWS's package compiles here, with the same types. */

import type * as aws from "@aws/durable-execution-sdk-js";
import {
  type BatchResult,
  type DurableContext,
  type DurableExecutionHandler,
  type DurableLogger,
  type DurablePromise,
  StepSemantics,
  withDurableExecution,
} from "../../src/lambda-compat/index.ts";

declare const context: DurableContext;
declare const theirs: aws.DurableContext;

interface User {
  name: string;
}
declare const loadUser: () => Promise<User>;

/** Fails to compile unless both are the same type. */
declare function same<Expected>(): <Actual>(
  actual: Actual & (Same<Expected, Actual> extends true ? unknown : never),
) => void;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export async function operations(): Promise<void> {
  same<User>()(await context.step("load", loadUser));
  same<User>()(await theirs.step("load", loadUser));
  same<User>()(await context.step(loadUser, { semantics: StepSemantics.AtMostOncePerRetry }));
  same<User>()(await context.step(undefined, loadUser, { semantics: "AT_LEAST_ONCE_PER_RETRY" }));
  same<void>()(await context.wait({ days: 1, hours: 2 }));
  same<void>()(await context.wait("pause", { seconds: 1 }));
  same<number>()(await context.invoke<User, number>("name", "function:1", { name: "Ada" }));
  same<number>()(await context.invoke<User, number>("function:1", { name: "Ada" }));
  same<string>()(await context.waitForCallback(async (_id, { logger }) => logger.info("sent")));
  same<number>()(await context.waitForCallback<number>("approval", async () => {}, { timeout: { hours: 24 } }));
  const [promise, id] = await context.createCallback<User>("reply", { heartbeatTimeout: { seconds: 30 } });
  same<string>()(id);
  same<User>()(await promise);
  same<User>()(await context.runInChildContext("child", (child) => child.step(loadUser)));
  const found = context.waitForCondition(async (state: number, { attempt }) => state + attempt, {
    initialState: 0,
    waitStrategy: (state, attempt) =>
      state > attempt ? { shouldContinue: false } : { shouldContinue: true, delay: { seconds: 1 } },
  });
  same<number>()(await found);
}

export async function batches(): Promise<void> {
  const mapped = await context.map(["a", "b"], async (child, item, index, items) =>
    child.step(async () => item.length + index + items.length),
  );
  same<BatchResult<number>>()(mapped);
  same<number[]>()(mapped.getResults());
  const [first] = mapped;
  same<number>()(first as number);
  for (const result of mapped) same<number>()(result);

  const list: (() => Promise<User>)[] = [loadUser];
  same<User[]>()((await context.parallel(list)).getResults());
  same<User[]>()((await context.parallel("named", list, { maxConcurrency: 2 })).getResults());
  same<User[]>()((await theirs.parallel("named", list, { maxConcurrency: 2 })).getResults());
  same<number[]>()((await context.parallel<number>([async () => 1])).getResults());
  same<(string | number)[]>()((await context.parallel<string | number>([async () => 1, async () => "a"])).getResults());
}

export async function destructured(): Promise<void> {
  const [user, price, isOpen] = await context.parallel([
    () => context.step("user", loadUser),
    (child) => child.step("price", async () => 7),
    { name: "open", func: async (child) => child.step(async () => Math.random() > 0.5) },
  ]);
  same<User>()(user);
  same<number>()(price);
  same<boolean>()(isOpen);

  const [named, ...rest] = await context.parallel("several", [loadUser, async () => 7]);
  same<User>()(named);
  same<(User | number)[]>()(rest);

  const pair = await context.parallel([loadUser, async () => 7], { maxConcurrency: 1 });
  same<(User | number)[]>()(pair.getResults());
  same<number>()(pair.totalCount);
  same<User>()(pair[0]);
  // @ts-expect-error -- a batch has no methods of an array
  pair.map((result) => result);
  const numbers = await context.parallel([async () => 1, async () => 2]);
  // @ts-expect-error -- nor is it one
  const list: readonly number[] = numbers;
  same<readonly number[]>()(list);
}

export async function combinators(): Promise<void> {
  const promises: DurablePromise<User>[] = [context.step(loadUser)];
  same<User[]>()(await context.promise.all(promises));
  same<User[]>()(await context.promise.all("all", promises));
  same<User>()(await context.promise.race(promises));
  same<User>()(await context.promise.any("any", promises));
  same<PromiseSettledResult<User>[]>()(await context.promise.allSettled(promises));
}

interface OrderLogger extends DurableLogger {
  order(id: string): void;
}

export const handlers: readonly unknown[] = [
  // An untyped event is read unchecked, as with AWS.
  withDurableExecution(async (event, durable) => durable.step(async () => event.order.id as string)),
  withDurableExecution(async (event: { id: string }, durable) => durable.step(async () => event.id)),
  withDurableExecution<{ id: string }, string, OrderLogger>(async ({ id }, durable) => {
    durable.configureLogger({ customLogger: {} as OrderLogger, modeAware: false });
    return durable.step(async ({ logger, attempt }) => {
      logger.info("attempt", attempt);
      return id;
    });
  }),
];

export const handler: DurableExecutionHandler<User, string> = async (event, durable) => {
  durable.logger.info("started", {
    by: durable.lambdaContext.awsRequestId,
    arn: durable.executionContext.durableExecutionArn,
  });
  return durable.step(async () => event.name);
};
