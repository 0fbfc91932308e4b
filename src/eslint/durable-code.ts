/**
 * The durable functions of a file: the code that runs on every replay, the code inside steps, the function that each
 * context belongs to, and the calls that make operations. All rules ask this, and it finds out once.
 */

import { contextTypeOf, handlerTypeOf } from "./context-types.ts";
import { Names, type Origin } from "./names.ts";
import type { SourceCode } from "./linter.ts";
import { outsideKind, type OutsideKind } from "./outside-calls.ts";
import {
  bare,
  type Call,
  functionAround,
  type FunctionNode,
  type Identifier,
  is,
  isAssertion,
  isCall,
  isFunction,
  isWithin,
  memberName,
  nameOf,
  type Node,
} from "./syntax.ts";

/** The place of code. Functions without a known place are `anywhere`, and are judged where they are called. */
export type Place =
  | { readonly kind: "anywhere" }
  /** Runs again on every replay. `owner` is the function whose context belongs here. */
  | { readonly kind: "durable"; readonly owner: FunctionNode }
  /** Runs until it succeeds, and not on replay. */
  | { readonly kind: "step" };

/** A call that makes an operation. */
export interface DurableCall {
  readonly method: string;
  /** The callee: it begins with the context, or with a value that came from the context. */
  readonly context: Node;
}

/** The effects of a call of a function of the file, besides computing. */
export interface Effects {
  /** The question it asks the world, outside any step of its own. */
  readonly outside?: OutsideCall;
  /** The operation it makes on a context that it was not given. */
  readonly durable?: DurableCall;
}

/** The effects of a function by itself, and the functions of the file that it calls. */
interface Body extends Effects {
  readonly calls: readonly FunctionNode[];
}

/** A question to the world outside whose answer differs from run to run. */
export interface OutsideCall {
  readonly kind: OutsideKind;
  /** As it is written where it was found. */
  readonly text: string;
}

const STEP_METHODS: ReadonlySet<string> = new Set(["step", "waitForCondition", "waitForCallback"]);
const CHILD_METHODS: ReadonlySet<string> = new Set(["map", "parallel", "runInChildContext"]);
const DURABLE_METHODS: ReadonlySet<string> = new Set([
  ...STEP_METHODS,
  ...CHILD_METHODS,
  ...["wait", "invoke", "createCallback"],
]);

/** The callees that give a function a context, and the index of the parameter that takes it. */
const CONTEXT_AT: Readonly<Record<string, number>> = {
  withDurableExecution: 1,
  withRetry: 0,
  runInChildContext: 0,
  map: 0,
  parallel: 0,
};

const ANYWHERE: Place = { kind: "anywhere" };
const STEP: Place = { kind: "step" };

export class DurableCode {
  readonly names: Names;
  /** All nodes of the file, each before what it holds. */
  readonly nodes: readonly Node[];
  readonly #source: SourceCode;
  readonly #places = new Map<FunctionNode, Place>();
  readonly #bodies = new Map<FunctionNode, Body>();
  readonly #contexts = new Map<FunctionNode, number>();

  constructor(source: SourceCode) {
    this.#source = source;
    this.names = new Names(source.scopeManager?.scopes ?? []);
    this.nodes = [...this.nodesIn(source.ast)];
  }

  textOf(node: Node): string {
    return this.#source.getText(node);
  }

  /** A node and all below it, each before what it holds; none of those of which `enters` says no. */
  *nodesIn(node: Node, enters: (inner: Node) => boolean = everything): Generator<Node> {
    yield node;
    for (const child of this.#childrenOf(node)) if (enters(child)) yield* this.nodesIn(child, enters);
  }

  placeOf(node: Node): Place {
    const around = functionAround(node);
    return around === undefined ? ANYWHERE : this.#placeIn(around);
  }

  /** Undefined if the node is no call that makes an operation. */
  durableCall(node: Node | null | undefined): DurableCall | undefined {
    if (!is(node, "CallExpression")) return undefined;
    const context = bare(node.callee);
    const path = this.#pathInContext(context);
    const [method = "", combinator] = path ?? [];
    if (method === "promise" && combinator !== undefined) return { method: `promise.${combinator}`, context };
    return DURABLE_METHODS.has(method) && combinator === undefined ? { method, context } : undefined;
  }

  isContext(expression: Node): boolean {
    return this.#pathInContext(bare(expression))?.length === 0;
  }

  /** The function that got this context, or what this was taken from, as a parameter; undefined if it came another way. */
  ownerOf(context: Node): FunctionNode | undefined {
    const origin = this.names.originOf(context);
    return origin?.kind === "parameter" ? origin.of : undefined;
  }

  /** The name of the context that a function was given. */
  contextName(owner: FunctionNode): string | undefined {
    const parameter = owner.params[this.#contextIndex(owner)];
    return is(parameter, "Identifier") ? parameter.name : undefined;
  }

  /** True if `inner` lies in the function that got this context, and was given none of its own. */
  isOuter(context: Node, inner: FunctionNode): boolean {
    const owner = this.ownerOf(context);
    return owner !== undefined && owner !== inner && isWithin(inner, owner);
  }

  /** The question to the world that a call asks, or a function that is handed over to be called. */
  outside(node: Node): OutsideCall | undefined {
    const called = isCall(node) ? node.callee : node;
    const kind = outsideKind(node, this.names.originOf(called));
    if (kind === undefined) return undefined;
    return { kind, text: is(node, "NewExpression") ? `new ${this.textOf(called)}()` : this.textOf(called) };
  }

  /** A value that goes to nothing but a log makes no difference to what the function does. */
  isOnlyLogged(node: Node, { kind }: OutsideCall): boolean {
    if (kind !== "time" && kind !== "chance") return false;
    for (let inner = node; !isStatement(inner) && !isFunction(inner); ) {
      const { parent } = inner;
      if (!parent) return false;
      if (is(parent, "CallExpression") && parent.callee !== inner && this.#isLog(parent.callee)) return true;
      inner = parent;
    }
    return false;
  }

  /** A function of this file that is judged where it is called. */
  helper(expression: Node): FunctionNode | undefined {
    const found = isFunction(bare(expression)) ? undefined : this.#functionOf(expression);
    return found !== undefined && this.#placeIn(found).kind === "anywhere" ? found : undefined;
  }

  /** Of a function, and of the functions of the file that it calls in turn. */
  effects(helper: FunctionNode): Effects {
    const reached = new Set([helper]);
    let found: Effects = {};
    // Grows while it is gone through.
    for (const each of reached) {
      const { calls, ...own } = this.#bodyOf(each);
      found = { ...own, ...found };
      for (const called of calls) reached.add(called);
    }
    return found;
  }

  /** The method that records what a function gives, if the function is handed to one. */
  recordedBy(node: FunctionNode): string | undefined {
    const method = this.#takerOf(node);
    return method !== undefined && (STEP_METHODS.has(method) || CHILD_METHODS.has(method)) ? method : undefined;
  }

  isStepMethod(method: string): boolean {
    return STEP_METHODS.has(method);
  }

  /** True if the called function of this file only runs the argument in steps. */
  runsArgumentInStep(call: Call, argument: Node): boolean {
    const parameter = this.#functionOf(call.callee)?.params[call.arguments.indexOf(argument)];
    const uses = is(parameter, "Identifier") ? this.names.usesOf(parameter) : [];
    return uses.length > 0 && uses.every((use) => this.#isInStep(use));
  }

  #childrenOf(node: Node): readonly Node[] {
    const keys = this.#source.visitorKeys[node.type] ?? [];
    const record = node as unknown as Readonly<Record<string, Node | readonly (Node | null)[] | null | undefined>>;
    return keys.flatMap((key) => record[key] ?? []).filter((child) => child !== null);
  }

  /** The path of members from a context to an expression; empty for the context itself. */
  #pathInContext(expression: Node): readonly string[] | undefined {
    const origin = this.names.originOf(expression);
    if (origin?.kind === "parameter") {
      return this.#contextIndex(origin.of) === origin.index ? origin.path : undefined;
    }
    // A context that comes from elsewhere, and says so.
    if (is(expression, "Identifier")) return this.#isDeclaredContext(expression) ? [] : undefined;
    if (!is(expression, "MemberExpression")) return undefined;
    const [path, name] = [this.#pathInContext(bare(expression.object)), memberName(expression)];
    return path === undefined || name === undefined ? undefined : [...path, name];
  }

  #isDeclaredContext(name: Identifier): boolean {
    const [definition] = this.names.variableOf(name)?.defs ?? [];
    return definition !== undefined && contextTypeOf(definition.name, this.names);
  }

  /** The index of the parameter that is the context; -1 for none. */
  #contextIndex(node: FunctionNode): number {
    const known = this.#contexts.get(node);
    if (known !== undefined) return known;
    // Until it is found: what a function is handed to may have been taken from itself.
    this.#contexts.set(node, -1);
    const index = this.#findContext(node);
    this.#contexts.set(node, index);
    return index;
  }

  #findContext(node: FunctionNode): number {
    const typed = node.params.findIndex((parameter) => contextTypeOf(parameter, this.names));
    if (typed >= 0) return typed;
    const { parent } = node;
    if (is(parent, "VariableDeclarator") && handlerTypeOf(parent.id, this.names)) return 1;
    const takers = [this.#takerOf(node), ...this.#namesOf(node).map((use) => this.#takerOf(use))];
    const [index] = takers.flatMap((taker) => CONTEXT_AT[taker ?? ""] ?? []);
    return index !== undefined && index < node.params.length ? index : -1;
  }

  /** The places that name a function, if it is declared under a name. */
  #namesOf(node: FunctionNode): readonly Node[] {
    if (node.type === "FunctionDeclaration") return node.id ? this.names.usesOf(node.id) : [];
    const { parent } = node;
    return is(parent, "VariableDeclarator") ? this.names.usesOf(parent.id) : [];
  }

  #placeIn(node: FunctionNode): Place {
    const known = this.#places.get(node);
    if (known !== undefined) return known;
    // Until it is found: functions that call each other ask for each other's place.
    this.#places.set(node, ANYWHERE);
    const place = this.#findPlace(node);
    this.#places.set(node, place);
    return place;
  }

  #findPlace(node: FunctionNode): Place {
    const taker = this.#takerOf(node);
    if (taker !== undefined && STEP_METHODS.has(taker)) return STEP;
    const isOwner = taker === "withDurableExecution" || taker === "runInChildContext";
    if (isOwner || this.#contextIndex(node) >= 0 || this.#isNamedHandler(node)) return { kind: "durable", owner: node };
    const around = node.parent ? this.placeOf(node.parent) : ANYWHERE;
    // A branch without a parameter works with the context around it.
    if (taker !== undefined || this.#isCalledHere(node)) return around;
    return around.kind === "step" ? STEP : ANYWHERE;
  }

  #isNamedHandler(node: FunctionNode): boolean {
    return this.#namesOf(node).some((use) => this.#takerOf(use) === "withDurableExecution");
  }

  /** True if the function is part of the one around it, being called there and then. */
  #runsInPlace(node: FunctionNode): boolean {
    return this.#takerOf(node) === undefined && this.#contextIndex(node) < 0 && this.#isCalledHere(node);
  }

  /** The taker of a function: a method of a context, directly or in a list of branches, or the wrapper. */
  #takerOf(node: Node): string | undefined {
    const given = outermostAssertion(node);
    let whole = given;
    while (whole.parent && isInList(whole.parent)) whole = outermostAssertion(whole.parent);
    const call = whole.parent;
    if (!is(call, "CallExpression") || call.callee === whole) return undefined;
    const method = this.durableCall(call)?.method;
    const isListed = whole !== given;
    if (method === undefined) return isListed ? undefined : this.#wrapperOf(call);
    if (isListed) return method === "parallel" && !isConfig(given) ? method : undefined;
    return method;
  }

  /** The function of the package that a call is of, if it runs what it is given with a context. */
  #wrapperOf(call: Call): string | undefined {
    const origin = this.names.originOf(call.callee);
    const name = origin === undefined || origin.kind === "parameter" ? undefined : lastName(origin);
    return name === "withDurableExecution" || name === "withRetry" ? name : undefined;
  }

  /** An argument of a call, or called itself; not if it is handed to a function that runs it in a step. */
  #isCalledHere(node: FunctionNode): boolean {
    const given = outermostAssertion(node);
    return isCall(given.parent) && !this.runsArgumentInStep(given.parent, given);
  }

  #isInStep(use: Node): boolean {
    if (this.placeOf(use).kind === "step") return true;
    const method = this.durableCall(use.parent)?.method;
    return method !== undefined && STEP_METHODS.has(method);
  }

  /** Any function of this file, also one that is given a context. */
  #functionOf(expression: Node): FunctionNode | undefined {
    const origin = this.names.originOf(expression);
    return origin?.kind === "here" && origin.path.length === 0 && isFunction(origin.node) ? origin.node : undefined;
  }

  #bodyOf(helper: FunctionNode): Body {
    const known = this.#bodies.get(helper);
    if (known !== undefined) return known;
    let found: Body = { calls: [] };
    const isPart = (inner: Node): boolean => !isFunction(inner) || this.#runsInPlace(inner);
    for (const node of this.nodesIn(helper.body, isPart)) if (isCall(node)) found = this.#withCall(found, node);
    this.#bodies.set(helper, found);
    return found;
  }

  /** Adds a call's effects. The first effect that was found is kept. */
  #withCall(body: Body, call: Call): Body {
    const durable = this.durableCall(call);
    if (durable !== undefined) return { durable, ...body };
    const found = this.outside(call);
    if (found !== undefined) return this.isOnlyLogged(call, found) ? body : { outside: found, ...body };
    const called = this.helper(call.callee);
    return called === undefined ? body : { ...body, calls: [...body.calls, called] };
  }

  #isLog(callee: Node): boolean {
    return /(^|\.)(console|logger)\.\w+$/.test(this.textOf(callee));
  }
}

function lastName(origin: Extract<Origin, { kind: "global" | "import" | "here" }>): string | undefined {
  return origin.kind === "here" ? undefined : origin.path.at(-1);
}

function outermostAssertion(node: Node): Node {
  return isAssertion(node.parent) ? outermostAssertion(node.parent) : node;
}

function isInList(node: Node): boolean {
  return is(node, "ArrayExpression") || is(node, "ObjectExpression") || is(node, "Property");
}

/** A function of a branch is called `func`, or stands in the list itself. */
function isConfig({ parent }: Node): boolean {
  return is(parent, "Property") && nameOf(parent.key) !== "func";
}

function everything(): boolean {
  return true;
}

function isStatement({ type }: Node): boolean {
  return /(Statement|Declaration)$/.test(type);
}
