import type { Corpus } from "../case.ts";

const hop = () => Promise.resolve();

/** Programs that show when code runs in relation to the code around it. */
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
      context.waitForCondition("condition", begins("check"), {
        initialState: "",
        waitStrategy: () => ({ shouldContinue: false }),
      }),
    ];
    order.push("all called");
    for (let i = 0; i < 12; i++) {
      await hop();
      order.push(`hop ${i}`);
    }
    await Promise.all(all);
    return order;
  },
};
