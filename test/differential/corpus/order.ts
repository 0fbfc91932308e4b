import type { Corpus } from "../case.ts";

const hop = () => Promise.resolve();
const done = () => ({ shouldContinue: false as const });

/** Programs that show when code runs, and when operations start, in relation to the code around. */
export const order: Corpus = {
  "when functions begin": () => async (_event, context) => {
    const order: string[] = [];
    const begins = (name: string) => async () => {
      order.push(name);
      return name;
    };
    const all = [
      context.step("step", begins("step")),
      context.runInChildContext("child", begins("child")),
      context.runInChildContext("virtual", begins("virtual"), { virtualContext: true }),
      context.map("map", [1], begins("map")),
      context.parallel("parallel", [begins("branch"), begins("branch 2")]),
      context.waitForCondition("condition", begins("check"), { initialState: "", waitStrategy: done }),
    ];
    order.push("all called");
    for (let i = 0; i < 12; i++) {
      await hop();
      order.push(`hop ${i}`);
    }
    await Promise.all(all);
    return order;
  },
  "when operations start": {
    comparesStarts: true,
    program: () => async (_event, context) => {
      const all: PromiseLike<unknown>[] = [
        context.runInChildContext("child", async (child) => child.step("in child", async () => 1)),
        context.invoke("invoke", "echo", {}),
        context.wait("wait", { seconds: 1 }),
        context.createCallback("callback"),
        context.map("map", [1, 2], async (item) => item.step(async () => 1)),
        context.waitForCallback("submission", async () => undefined),
        context.runInChildContext("virtual", async (child) => child.step("in virtual", async () => 1), {
          virtualContext: true,
        }),
        context.waitForCondition("condition", async () => 1, { initialState: 0, waitStrategy: done }),
        context.parallel("parallel", [async (branch) => branch.step(async () => 1)]),
        context.step("step", async () => 1),
        context.promise.all("combinator", [context.step("in combinator", async () => 1)]),
      ];
      for (let i = 0; i < 12; i++) {
        await hop();
        all.push(context.step(`hop ${i}`, async () => i));
      }
      await Promise.all(all.filter((_, index) => index !== 5));
      return "done";
    },
    functions: () => ({ echo: { plain: async () => ({}) } }),
  },
  "in which order results arrive": () => async (_event, context) => {
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    await Promise.all([
      context.step("a", async () => 1).then(note("a")),
      context.runInChildContext("b", async () => 1).then(note("b")),
      context.runInChildContext("c", async (child) => child.step(async () => 1)).then(note("c")),
      context.step("d", async () => 1).then(note("d")),
      context.step("e", async () => 1).then(note("e")),
      context.map("f", [1], async () => 1).then(note("f")),
    ]);
    return order.toSorted();
  },
  "what a function sees of its caller": () => async (_event, context) => {
    let seen = "before";
    const step = context.step("step", async () => seen);
    const child = context.runInChildContext("child", async () => seen);
    seen = "after";
    return [await step, await child];
  },
};
