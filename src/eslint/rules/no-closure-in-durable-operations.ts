/** Finds results that are left in variables by code that a replay does not run: they are not there then. */

import { collectionTypeOf } from "../context-types.ts";
import type { DurableCode } from "../durable-code.ts";
import type { Rule } from "../linter.ts";
import { defineRule } from "../rule.ts";
import { bare, type Call, type Declarator, functionAround, is, memberName, type Node, rootName } from "../syntax.ts";

const messages = {
  lost:
    '"{{name}}" is changed inside {{method}}. On replay the recorded result is taken and this does not run, ' +
    'so "{{name}}" stays as it was. Return the value, and take it from the result.',
};

export const noClosureInDurableOperations: Rule = defineRule(
  "Disallow changing a variable of the handler in code whose result is recorded",
  messages,
  function* (code) {
    for (const node of code.nodes) {
      for (const name of changedNames(code, node)) {
        const [definition] = code.names.variableOf(name)?.defs ?? [];
        if (definition === undefined || code.placeOf(definition.name).kind !== "durable") continue;
        const method = recordedBetween(code, node, definition.name);
        if (method !== undefined) yield { node: name, messageId: "lost", data: { name: code.textOf(name), method } };
      }
    }
  },
);

/** The outermost method that records what a function gives, of those around a node and inside a declaration's function. */
function recordedBetween(code: DurableCode, node: Node, declaration: Node): string | undefined {
  const home = functionAround(declaration);
  let method: string | undefined;
  for (let inner = functionAround(node); inner !== undefined && inner !== home; inner = functionAround(inner.parent)) {
    method = code.recordedBy(inner) ?? method;
  }
  return method;
}

/** The names that begin what a node changes. */
function changedNames(code: DurableCode, node: Node): readonly Node[] {
  if (is(node, "AssignmentExpression")) return targetsIn(node.left);
  if (is(node, "UpdateExpression")) return targetsIn(node.argument);
  if (is(node, "UnaryExpression")) return node.operator === "delete" ? targetsIn(node.argument) : [];
  return is(node, "CallExpression") ? filledBy(code, node) : [];
}

/** Through the patterns that an assignment takes a value apart with. */
function targetsIn(target: Node): readonly Node[] {
  if (is(target, "ArrayPattern")) return target.elements.flatMap((each) => (each === null ? [] : targetsIn(each)));
  if (is(target, "ObjectPattern")) return target.properties.flatMap(targetsIn);
  if (is(target, "Property")) return targetsIn(target.value);
  if (is(target, "AssignmentPattern")) return targetsIn(target.left);
  if (is(target, "RestElement")) return targetsIn(target.argument);
  const name = rootName(target);
  return name === undefined ? [] : [name];
}

const COLLECTORS: Readonly<Record<string, readonly string[]>> = {
  Array: ["push", "unshift", "splice"],
  Map: ["set", "delete", "clear"],
  Set: ["add", "delete", "clear"],
};

/** The collection that a call puts something into, or takes it out of. */
function filledBy(code: DurableCode, { callee }: Call): readonly Node[] {
  const member = bare(callee);
  if (!is(member, "MemberExpression")) return [];
  const name = rootName(member.object);
  const methods = COLLECTORS[name === undefined ? "" : (collectionOf(code, member.object) ?? "")];
  return name !== undefined && methods?.includes(memberName(member) ?? "") === true ? [name] : [];
}

/** The type that an expression evidently has: `Array`, `Map`, `Set`. */
function collectionOf(code: DurableCode, expression: Node): string | undefined {
  const inner = bare(expression);
  if (is(inner, "Identifier")) {
    const [definition] = code.names.variableOf(inner)?.defs ?? [];
    const declared = definition === undefined ? undefined : collectionTypeOf(definition.name, code.names);
    if (declared !== undefined) return declared;
    if (definition?.type === "Variable") return collectionIn(code, (definition.node as Declarator).init);
  }
  const origin = code.names.originOf(inner);
  return origin?.kind === "here" && origin.path.length === 0 ? collectionIn(code, origin.node) : undefined;
}

const GIVES_LIST = /^(map|filter|slice|concat|flat|flatMap|toSorted|toReversed|split|from|of|keys|values|entries)$/;

function collectionIn(code: DurableCode, value: Node | null | undefined): string | undefined {
  const inner = value ? bare(value) : undefined;
  if (is(inner, "ArrayExpression")) return "Array";
  if (is(inner, "NewExpression")) return code.textOf(inner.callee);
  const called = is(inner, "CallExpression") ? bare(inner.callee) : undefined;
  return is(called, "MemberExpression") && GIVES_LIST.test(memberName(called) ?? "") ? "Array" : undefined;
}
