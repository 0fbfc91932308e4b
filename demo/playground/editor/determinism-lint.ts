/**
 * Finds what makes a durable function take another way when it is replayed. It looks at code that runs on every replay:
 * the handler and functions that are given a durable context, without what runs inside a step.
 */

import type { SyntaxNode, Tree } from "@lezer/common";
import type { Problem } from "./compile.ts";

/** Code of one kind, up to the functions in it that are of another. */
interface Place {
  readonly kind: "outside" | "durable" | "step";
  /** The context that belongs here. */
  readonly context?: string;
  /** All contexts that can be seen from here. */
  readonly visible: ReadonlySet<string>;
}

const STEP_METHODS = new Set(["step", "waitForCondition", "waitForCallback"]);
const CHILD_METHODS = new Set(["runInChildContext", "map", "parallel"]);
const DURABLE_METHODS = new Set([...STEP_METHODS, ...CHILD_METHODS, "wait", "invoke", "createCallback"]);

const MEMBERS = new Set([
  ...DURABLE_METHODS,
  ...["promise", "logger", "configureLogger", "configureSerdes", "executionContext", "lambdaContext"],
]);

/** By callee, what to say of it. */
const UNREPEATABLE: Readonly<Record<string, string>> = {
  "Date.now": "the time differs when this is replayed",
  "performance.now": "the time differs when this is replayed",
  "Math.random": "the number differs when this is replayed",
  "crypto.randomUUID": "the id differs when this is replayed",
  "crypto.getRandomValues": "the bytes differ when this is replayed",
  fetch: "the request is made again, and may be answered differently, when this is replayed",
  setTimeout: "the timer is lost when the process ends: use context.wait",
  setInterval: "the timer is lost when the process ends: use context.wait",
};

export function lintDeterminism(tree: Tree, code: string): readonly Problem[] {
  const problems: Problem[] = [];
  const text = (node: SyntaxNode): string => code.slice(node.from, node.to);
  const warn = ({ from, to }: SyntaxNode, message: string): void => {
    problems.push({ from, to, severity: "warning", message });
  };
  const visit = (node: SyntaxNode, outer: Place): void => {
    const place = isFunction(node) ? placeOf(node, outer, text) : outer;
    check(node, place, { text, warn });
    for (let child = node.firstChild; child !== null; child = child.nextSibling) visit(child, place);
  };
  visit(tree.topNode, { kind: "outside", visible: new Set() });
  return problems;
}

interface Tools {
  readonly text: (node: SyntaxNode) => string;
  readonly warn: (node: SyntaxNode, message: string) => void;
}

function check(node: SyntaxNode, place: Place, { text, warn }: Tools): void {
  if (place.kind === "outside") return;
  checkMember(node, place, { text, warn });
  const callee = node.firstChild;
  if (node.name === "NewExpression" && place.kind === "durable" && isBareDate(node, text)) {
    warn(node, "new Date() outside a step: the time differs when this is replayed. Put it into context.step.");
  }
  if (node.name !== "CallExpression" || callee === null) return;
  const why = UNREPEATABLE[text(callee)];
  if (why !== undefined && place.kind === "durable") {
    warn(callee, `${text(callee)} outside a step: ${why}. Put it into context.step.`);
  }
  checkContext(callee, place, { text, warn });
}

/** A light check of types: what a context does not have. */
function checkMember(node: SyntaxNode, place: Place, { text, warn }: Tools): void {
  const [object, member] = memberOf(node, text);
  if (object === undefined || member === undefined || !place.visible.has(object) || MEMBERS.has(member)) return;
  warn(node, `A durable context has no "${member}".`);
}

function checkContext(callee: SyntaxNode, place: Place, { text, warn }: Tools): void {
  const [object, method] = memberOf(callee, text);
  if (object === undefined || method === undefined) return;
  if (!place.visible.has(object) || !DURABLE_METHODS.has(method)) return;
  if (place.kind === "step") {
    warn(callee, `${object}.${method} inside a step: a step is one unit of work. Use runInChildContext for several.`);
  } else if (place.context !== undefined && place.context !== object) {
    warn(callee, `${object} belongs to the code around this function: use ${place.context}.${method} here.`);
  }
}

function isFunction({ name }: SyntaxNode): boolean {
  return name === "ArrowFunction" || name === "FunctionExpression" || name === "FunctionDeclaration";
}

function isBareDate(node: SyntaxNode, text: Tools["text"]): boolean {
  return /^new\s+Date\s*(\(\s*\))?$/.test(text(node));
}

function placeOf(node: SyntaxNode, outer: Place, text: Tools["text"]): Place {
  const parameters = parametersOf(node, text);
  const method = methodGiven(node, outer, text);
  if (method !== undefined && STEP_METHODS.has(method)) return { ...outer, kind: "step" };
  const typed = parameters.find(({ type }) => /\bDurableContext\b/.test(type))?.name;
  if (method === "withDurableExecution") return durable(outer, typed ?? parameters[1]?.name);
  if (method !== undefined) return durable(outer, typed ?? parameters[0]?.name);
  return typed === undefined ? outer : durable(outer, typed);
}

function durable(outer: Place, context: string | undefined): Place {
  if (context === undefined) {
    const { context: _outer, ...rest } = outer;
    return { ...rest, kind: "durable" };
  }
  return { kind: "durable", context, visible: new Set([...outer.visible, context]) };
}

/** The durable method that a function is an argument of, directly or in a list of branches. */
function methodGiven(node: SyntaxNode, outer: Place, text: Tools["text"]): string | undefined {
  let parent = node.parent;
  while (parent !== null && ["ArrayExpression", "ObjectExpression", "Property"].includes(parent.name)) {
    parent = parent.parent;
  }
  const isDirect = parent === node.parent;
  if (parent?.name !== "ArgList") return undefined;
  const callee = parent.parent?.firstChild;
  if (callee === null || callee === undefined) return undefined;
  if (text(callee) === "withDurableExecution") return "withDurableExecution";
  const [object, method] = memberOf(callee, text);
  if (object === undefined || method === undefined || !outer.visible.has(object)) return undefined;
  if (!isDirect) return method === "parallel" ? method : undefined;
  return STEP_METHODS.has(method) || CHILD_METHODS.has(method) ? method : undefined;
}

function memberOf(callee: SyntaxNode, text: Tools["text"]): [object?: string, method?: string] {
  if (callee.name !== "MemberExpression") return [];
  const object = callee.firstChild;
  const property = callee.lastChild;
  if (object?.name !== "VariableName" || property?.name !== "PropertyName") return [];
  return [text(object), text(property)];
}

interface Parameter {
  readonly name: string;
  readonly type: string;
}

function parametersOf(node: SyntaxNode, text: Tools["text"]): readonly Parameter[] {
  const list = node.getChild("ParamList");
  if (list === null) return [];
  const parameters: { name: string; type: string }[] = [];
  let isNew = true;
  for (let child = list.firstChild; child !== null; child = child.nextSibling) {
    if (child.name === ",") isNew = true;
    else if (child.name === "TypeAnnotation") Object.assign(parameters.at(-1) ?? {}, { type: text(child) });
    else if (isNew && child.name !== "(" && child.name !== ")") {
      parameters.push({ name: text(child), type: "" });
      isNew = false;
    }
  }
  return parameters;
}
