/**
 * Random programs: trees of sequential and concurrent asynchronous code over durable operations, with plain microtask
 * hops between them, branches on what was seen so far, and one trace that all of it writes to.
 *
 * A program's outcome does not depend on how fast anything is. Each of its operations that take time takes a time of
 * its own, and no two sums of them are close: so whatever crashes, delays and retries add, results arrive in one order.
 */

import fc from "fast-check";

export type Leaf =
  | { readonly type: "quick step"; readonly fails: boolean }
  | { readonly type: "slow step"; readonly fails: boolean; readonly atMostOnce: boolean }
  | { readonly type: "retried step"; readonly fails: boolean }
  | { readonly type: "wait" }
  | { readonly type: "callback"; readonly fails: boolean; readonly isSubmitted: boolean }
  | { readonly type: "invoke"; readonly fails: boolean; readonly isDurable: boolean }
  | { readonly type: "condition" };

export type Gathering = "all" | "any" | "race" | "allSettled" | "durable all" | "durable race";

export type Inner =
  | { readonly type: "child"; readonly body: Body; readonly kind: "recorded" | "virtual" | "large" }
  | {
      readonly type: "batch";
      readonly items: readonly Body[];
      readonly maxConcurrency: number | undefined;
      readonly minSuccessful: number | undefined;
      readonly kind: "recorded" | "flat" | "large" | "large flat";
    }
  | { readonly type: "gather"; readonly how: Gathering; readonly branches: readonly Body[] }
  /** Started here, awaited at the end of the body around it, or by nobody. */
  | { readonly type: "spawn"; readonly body: Body; readonly isJoined: boolean }
  /** Goes on one way or the other, by what the trace holds. */
  | { readonly type: "choose"; readonly ways: readonly [Body, Body] };

export type Statement = (Leaf | Inner) & {
  /** Microtasks before it. */
  readonly hops: number;
  /** Goes on if it throws. */
  readonly isCaught: boolean;
};

export type Body = readonly Statement[];

export interface Program {
  readonly body: Body;
  /** Which of the durations comes first, second and so on. */
  readonly order: number;
}

const flag = fc.boolean();
const rarely = fc.nat(4).map((die) => die === 0);

const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant("quick step" as const), fails: rarely }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("slow step" as const), fails: rarely, atMostOnce: rarely }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("retried step" as const), fails: rarely }) },
  { weight: 3, arbitrary: fc.constant({ type: "wait" } as const) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("callback" as const), fails: rarely, isSubmitted: flag }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("invoke" as const), fails: rarely, isDurable: flag }) },
  { weight: 1, arbitrary: fc.constant({ type: "condition" } as const) },
);

const { body } = fc.letrec<{ body: Body; statement: Statement }>((tie) => {
  const bodies = (maxLength: number): fc.Arbitrary<Body[]> => fc.array(tie("body"), { minLength: 1, maxLength });
  const inner: fc.Arbitrary<Inner> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant("child" as const),
        body: tie("body"),
        kind: fc.constantFrom("recorded" as const, "recorded" as const, "virtual" as const, "large" as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant("batch" as const),
        items: bodies(3),
        maxConcurrency: fc.constantFrom(undefined, 1, 2),
        minSuccessful: fc.constantFrom(undefined, undefined, 1),
        kind: fc.constantFrom("recorded" as const, "flat" as const, "large" as const, "large flat" as const),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant("gather" as const),
        how: fc.constantFrom<Gathering>("all", "any", "race", "race", "allSettled", "durable all", "durable race"),
        branches: bodies(3),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant("spawn" as const), body: tie("body"), isJoined: flag }) },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constant("choose" as const), ways: fc.tuple(tie("body"), tie("body")) }),
    },
  );
  const manner = fc.record({ hops: fc.nat(4), isCaught: fc.nat(3).map((die) => die > 0) });
  return {
    statement: fc
      .tuple(
        fc.oneof(
          { maxDepth: 3, withCrossShrink: true },
          { weight: 4, arbitrary: leaf },
          { weight: 3, arbitrary: inner },
        ),
        manner,
      )
      .map(([what, how]) => ({ ...what, ...how })),
    body: fc.array(tie("statement"), { minLength: 1, maxLength: 4 }),
  };
});

export const program: fc.Arbitrary<Program> = fc.record({ body, order: fc.nat() });
