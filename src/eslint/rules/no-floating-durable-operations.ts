/** Finds operations that nobody waits for. */

import type { Rule } from "../linter.ts";
import { defineRule } from "../rule.ts";
import { bare, firstPart, is, isInAsync } from "../syntax.ts";

const messages = {
  floating:
    "{{method}} is not awaited: the function goes on, and may end, before it is done. " +
    "Await it, or keep its promise and await that later.",
  awaitIt: "Await it",
};

export const noFloatingDurableOperations: Rule = defineRule(
  "Disallow durable operations whose promise is dropped",
  messages,
  function* (code) {
    for (const node of code.nodes) {
      if (!is(node, "ExpressionStatement")) continue;
      const expression = bare(node.expression);
      const durable = code.durableCall(expression);
      if (durable === undefined) continue;
      const [from] = node.range;
      yield {
        node: firstPart(expression),
        messageId: "floating",
        data: { method: durable.method },
        ...(isInAsync(expression) && {
          suggest: [{ messageId: "awaitIt", fix: (fixer) => fixer.replaceTextRange([from, from], "await ") }],
        }),
      };
    }
  },
);
