import type { Begins, StartOptions } from "../model/start-options.ts";

/** The texts of the workflows that are also run elsewhere, and of those that are only here. */
const sources: Readonly<Record<string, string>> = import.meta.glob<string>(
  [
    "./*.ts",
    "!./catalogue.ts",
    "../../workflows/{order-saga,import-rows,poll-until-ready,approve-expense,quote-price,yearly-subscription}.ts",
  ],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);

export interface Example {
  /** The name of its file. */
  readonly file: string;
  readonly title: string;
  readonly code: string;
  /** The event of a start, JSON text. */
  readonly payload: string;
  /** The function to start, where the first that it exports is another one. */
  readonly functionName?: string;
  readonly tags?: string;
  readonly begins?: Begins;
}

export const examples: readonly [Example, ...Example[]] = [
  example("./bake-cake.ts", "First steps: a cake", { guests: 8 }),
  example("./encode-video.ts", "Encode a video", { key: "talk.mov", channels: ["web", "mobile", "archive"] }),
  example("../../workflows/order-saga.ts", "Order, with a payment against time", {
    orderId: "order-1",
    items: ["book"],
  }),
  example("../../workflows/import-rows.ts", "Import rows, some of them bad", {
    rows: ["a,10", "b,20", "c,none", "d,40", "e,50", "f,none", "g,70", "h,80"],
  }),
  example("../../workflows/poll-until-ready.ts", "Poll until ready", { readyAfter: 4 }),
  example("../../workflows/approve-expense.ts", "Approve an expense", { amount: 120 }),
  example("../../workflows/quote-price.ts", "Quote a price, in short forms", { user: "Ada", product: "book" }),
  example("../../workflows/yearly-subscription.ts", "A year of waiting", { customer: "Ada" }),
  example("./charge-card.ts", "A step against time, with a signal", { amount: 40 }),
  example("./send-parcel.ts", "A parcel, found by its tags", { to: "Ada" }, { tags: "customer=c-7" }),
  example(
    "./remind-me.ts",
    "A reminder, begun later",
    { of: "the cake" },
    { begins: { kind: "after", amount: "1", unit: "hours" } },
  ),
  example("./morning-report.ts", "A schedule: a report each morning", {}, { functionName: "everyMorning" }),
];

function example(path: string, title: string, payload: unknown, options: StartOptions = {}): Example {
  const code = sources[path] ?? "";
  return { file: path.slice(path.lastIndexOf("/") + 1), title, code, payload: JSON.stringify(payload), ...options };
}
