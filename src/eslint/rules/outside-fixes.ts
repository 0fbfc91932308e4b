/** The replacements for a question to the world outside. */

import type { DurableCode } from "../durable-code.ts";
import type { Suggestion } from "../linter.ts";
import { replacement } from "../rule.ts";
import { type Call, functionAround, type FunctionNode, is, isInAsync, type Member, type Node } from "../syntax.ts";

export function stepFix(
  code: DurableCode,
  call: Call,
  { owner, name }: { readonly owner: FunctionNode; readonly name: string },
): Suggestion | undefined {
  const context = contextAt(code, call, owner);
  if (context === undefined) return undefined;
  const target = is(call.parent, "AwaitExpression") ? call.parent : call;
  const step = `await ${context}.step(${JSON.stringify(name)}, async () => ${code.textOf(call)})`;
  return replacement(target, needsParentheses(target) ? `(${step})` : step, { messageId: "putIntoStep" });
}

export function dateFix(code: DurableCode, call: Call, owner: FunctionNode): Suggestion | undefined {
  const context = contextAt(code, call, owner);
  if (context === undefined) return undefined;
  const date = `new Date(await ${context}.step("now", async () => Date.now()))`;
  return replacement(call, date, { messageId: "takeTimeInStep" });
}

/** For the usual way to sleep: a promise that a timer resolves. */
export function waitFix(code: DurableCode, call: Call, owner: FunctionNode): Suggestion | undefined {
  const [, delay] = call.arguments;
  const sleep = functionAround(call)?.parent;
  const isWhole = is(delay, "Literal") && typeof delay.value === "number" && delay.value % 1_000 === 0;
  if (!isWhole || !is(sleep, "NewExpression") || !is(sleep.parent, "AwaitExpression")) return undefined;
  const context = contextAt(code, sleep, owner);
  if (context === undefined) return undefined;
  const wait = `await ${context}.wait("pause", { seconds: ${Number(delay.value) / 1_000} })`;
  return replacement(sleep.parent, wait, { messageId: "waitInstead" });
}

/** The context's name, where it can be awaited. */
function contextAt(code: DurableCode, node: Node, owner: FunctionNode): string | undefined {
  return isInAsync(node) ? code.contextName(owner) : undefined;
}

/** True if `await` before the node would apply to more than the node. */
function needsParentheses(node: Node): boolean {
  const { parent } = node;
  if (is(parent, "CallExpression") || is(parent, "NewExpression")) return parent.callee === node;
  if (is(parent, "BinaryExpression")) return parent.operator === "**";
  if (is(parent, "MemberExpression")) return (parent satisfies Member).object === node;
  return parent?.type === "TSNonNullExpression" || parent?.type === "TaggedTemplateExpression";
}
