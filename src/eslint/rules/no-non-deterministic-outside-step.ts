/** Finds where a durable function asks the world outside of steps: on replay the answer is another one. */

import type { DurableCode, OutsideCall } from "../durable-code.ts";
import type { Report, Rule, Suggestion } from "../linter.ts";
import { defineRule } from "../rule.ts";
import { type Call, type FunctionNode, is, isCall, type Node } from "../syntax.ts";
import { dateFix, stepFix, waitFix } from "./outside-fixes.ts";

const messages = {
  time: "{{what}}: the time is another one when this is replayed. Take it in context.step, which records it.",
  chance: "{{what}}: the result is another one when this is replayed. Take it in context.step, which records it.",
  request:
    "{{what}}: the request is made again on every replay, and may be answered differently. " +
    "Make it in context.step, and return what you need of the answer.",
  timer: "{{what}}: the timer is lost when the process ends, and starts anew on every replay. Use context.wait.",
  putIntoStep: "Put it into a step",
  takeTimeInStep: "Take the time in a step",
  waitInstead: "Wait instead",
};

export const noNonDeterministicOutsideStep: Rule = defineRule(
  "Disallow asking for the time, for chance and for what lies on the network outside of steps",
  messages,
  function* (code) {
    for (const node of code.nodes) {
      if (!isCall(node) || code.durableCall(node) !== undefined) continue;
      const place = code.placeOf(node);
      if (place.kind === "durable") yield* checkCall(code, node, place.owner);
    }
  },
);

function* checkCall(code: DurableCode, call: Call, owner: FunctionNode): Iterable<Report> {
  const found = code.outside(call);
  if (found !== undefined) {
    if (code.isOnlyLogged(call, found)) return;
    const at = call.type === "NewExpression" ? call : call.callee;
    yield report(at, found, {
      what: `${found.text} outside a step`,
      suggestion: outsideFix(code, call, { found, owner }),
    });
    return;
  }
  yield* checkHelper(code, call.callee, { call, owner });
  for (const argument of call.arguments) {
    const isName = is(argument, "Identifier") || is(argument, "MemberExpression");
    if (isName && !code.runsArgumentInStep(call, argument)) yield* checkReference(code, argument, owner);
  }
}

/** A function that is handed over, to be called here and now. */
function* checkReference(code: DurableCode, name: Node, owner: FunctionNode): Iterable<Report> {
  const found = code.outside(name);
  if (found === undefined) yield* checkHelper(code, name, { owner });
  else yield report(name, found, { what: `${found.text} is called outside a step` });
}

function* checkHelper(
  code: DurableCode,
  name: Node,
  { call, owner }: { readonly call?: Call; readonly owner: FunctionNode },
): Iterable<Report> {
  const helper = code.helper(name);
  const outside = helper === undefined ? undefined : code.effects(helper).outside;
  if (outside === undefined || (call !== undefined && code.isOnlyLogged(call, outside))) return;
  const text = code.textOf(name);
  const canMove = call !== undefined && outside.kind !== "timer" && is(name, "Identifier");
  const suggestion = canMove ? stepFix(code, call, { owner, name: text }) : undefined;
  yield report(name, outside, { what: `${text} calls ${outside.text}, outside a step`, suggestion });
}

function outsideFix(
  code: DurableCode,
  call: Call,
  { found: { kind, text }, owner }: { readonly found: OutsideCall; readonly owner: FunctionNode },
): Suggestion | undefined {
  if (kind === "timer") return waitFix(code, call, owner);
  // Bytes and keys do not survive being recorded as JSON, nor does the answer to a request.
  if (kind === "request" || /(getRandomValues|generateKey|randomBytes|hrtime|bigint)$/.test(text)) return undefined;
  // A date does not either; its number does.
  if (text === "new Date()") return dateFix(code, call, owner);
  if (kind === "time") return stepFix(code, call, { owner, name: "now" });
  return stepFix(code, call, { owner, name: /random$|randomInt$/.test(text) ? "number" : "id" });
}

function report(
  node: Node,
  { kind }: OutsideCall,
  { what, suggestion }: { readonly what: string; readonly suggestion?: Suggestion | undefined },
): Report {
  return { node, messageId: kind, data: { what }, ...(suggestion && { suggest: [suggestion] }) };
}
