/** Finds operations where there can be none: inside a step, and on the context of the code around a child's. */

import type { DurableCode, DurableCall } from "../durable-code.ts";
import type { Report, Rule } from "../linter.ts";
import { defineRule, replacement } from "../rule.ts";
import { bare, type Call, type FunctionNode, is, isCall, type Node, rootName } from "../syntax.ts";

const NESTED =
  "A step is one unit of work, recorded as one result: what it does inside is not recorded. " +
  "Call it outside, or group several in runInChildContext.";

const OUTER =
  "{{context}} belongs to the code around this function, and the call fails: operations here are numbered under the " +
  "child's context. ";

const messages = {
  inStep: `{{what}} inside a step. ${NESTED}`,
  givenToStep: `A durable context is handed to {{what}} inside a step. ${NESTED}`,
  calledInStep: `{{name}} calls {{method}} of a context, inside a step. ${NESTED}`,
  outerContext: `${OUTER}Use {{own}} here.`,
  noOwnContext: `${OUTER}Give this function a context parameter, and use that.`,
  outerInHelper: "{{name}} calls {{method}} of a context that belongs to the code around this function.",
  useOwn: "Use {{own}}",
};

export const noNestedDurableOperations: Rule = defineRule(
  "Disallow durable operations inside of steps, and on another context than the one that a function was given",
  messages,
  function* (code) {
    for (const node of code.nodes) {
      if (!isCall(node)) continue;
      const durable = code.durableCall(node);
      yield* durable === undefined ? checkCall(code, node) : checkOperation(code, node, durable);
    }
  },
);

function* checkOperation(code: DurableCode, call: Call, { method, context }: DurableCall): Iterable<Report> {
  const place = code.placeOf(call);
  if (place.kind === "step") {
    yield { node: call.callee, messageId: "inStep", data: { what: code.textOf(call.callee) } };
  } else if (place.kind === "durable" && code.isOuter(context, place.owner)) {
    yield outerContext(code, rootName(context) ?? context, { at: call.callee, owner: place.owner });
  }
  if (!code.isStepMethod(method)) return;
  for (const argument of call.arguments) yield* checkStepFunction(code, argument);
}

function* checkCall(code: DurableCode, call: Call): Iterable<Report> {
  const place = code.placeOf(call);
  if (place.kind === "step") yield* checkInStep(code, call);
  if (place.kind === "durable") yield* checkInHandler(code, call, place.owner);
}

function* checkInStep(code: DurableCode, call: Call): Iterable<Report> {
  const given = call.arguments.find((argument) => code.isContext(argument));
  if (given === undefined) yield* checkStepFunction(code, call.callee);
  else yield { node: given, messageId: "givenToStep", data: { what: code.textOf(call.callee) } };
}

/** A function that is run in a step, by its name. */
function* checkStepFunction(code: DurableCode, name: Node): Iterable<Report> {
  const helper = code.helper(name);
  const durable = helper === undefined ? undefined : code.effects(helper).durable;
  if (durable === undefined) return;
  yield { node: name, messageId: "calledInStep", data: { name: code.textOf(name), method: durable.method } };
}

function* checkInHandler(code: DurableCode, call: Call, owner: FunctionNode): Iterable<Report> {
  yield* checkHelper(code, call.callee, owner);
  for (const argument of call.arguments) {
    if (code.isContext(bare(argument)) && code.isOuter(argument, owner)) {
      yield outerContext(code, argument, { at: argument, owner });
    }
    const isName = is(argument, "Identifier") || is(argument, "MemberExpression");
    if (isName && !code.runsArgumentInStep(call, argument)) yield* checkHelper(code, argument, owner);
  }
}

function* checkHelper(code: DurableCode, name: Node, owner: FunctionNode): Iterable<Report> {
  const helper = code.helper(name);
  const durable = helper === undefined ? undefined : code.effects(helper).durable;
  if (durable === undefined || !code.isOuter(durable.context, owner)) return;
  yield { node: name, messageId: "outerInHelper", data: { name: code.textOf(name), method: durable.method } };
}

function outerContext(
  code: DurableCode,
  context: Node,
  { at, owner }: { readonly at: Node; readonly owner: FunctionNode },
): Report {
  const data = { context: code.textOf(context) };
  const own = code.contextName(owner);
  if (own === undefined) return { node: at, messageId: "noOwnContext", data };
  const suggestion = replacement(context, own, { messageId: "useOwn", data: { own } });
  return {
    node: at,
    messageId: "outerContext",
    data: { ...data, own },
    ...(code.isContext(context) && { suggest: [suggestion] }),
  };
}
