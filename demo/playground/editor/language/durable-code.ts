/**
 * What TypeScript's checker knows of a file, asked as a durable function would: does this code run on every replay, or
 * inside a step; which context belongs here; which call makes an operation. By symbols and types, so that aliases,
 * destructured contexts and shadowed names are what they are.
 */

import ts from "typescript-js";

export type FunctionNode = ts.FunctionLikeDeclaration;

/** Where code runs. Functions that nothing is known of are `anywhere`, and are judged where they are called. */
export type Place =
  | { readonly kind: "anywhere" }
  /** Runs again on every replay. `owner` is the function whose context belongs here. */
  | { readonly kind: "durable"; readonly owner: FunctionNode }
  /** Runs until it succeeds, and not on replay. */
  | { readonly kind: "step" };

/** A call that makes an operation. */
export interface DurableCall {
  readonly method: string;
  /** What is called: the context is where it begins, or where that came from. */
  readonly context: ts.Expression;
}

/** What calling a function of the file does, besides computing. */
export interface Effects {
  /** What it asks of the world, outside any step of its own. */
  readonly impure?: Impure;
  /** The operation it makes on a context that it was not given. */
  readonly durable?: DurableCall;
}

/** What a function does by itself, and the functions of the file that it calls. */
interface Body extends Effects {
  readonly calls: readonly FunctionNode[];
}

/** A function of the language or the platform whose answer differs from run to run. */
export interface Impure {
  readonly kind: "time" | "chance" | "request" | "timer";
  /** As it is written where it was found. */
  readonly text: string;
}

const STEP_METHODS: ReadonlySet<string> = new Set(["step", "waitForCondition", "waitForCallback"]);
const BATCH_METHODS: ReadonlySet<string> = new Set(["map", "parallel"]);
const CHILD_METHODS: ReadonlySet<string> = new Set([...BATCH_METHODS, "runInChildContext"]);
const DURABLE_METHODS: ReadonlySet<string> = new Set([
  ...STEP_METHODS,
  ...CHILD_METHODS,
  ...["wait", "invoke", "createCallback"],
]);

const ANYWHERE: Place = { kind: "anywhere" };
const STEP: Place = { kind: "step" };

/** What puts a value into a collection. */
const COLLECTORS: ReadonlySet<string> = new Set([
  ...["Array.push", "Array.unshift", "Array.splice"],
  ...["Map.set", "Map.delete", "Set.add", "Set.delete"],
]);

/** By where they are declared. */
const impure: Readonly<Record<string, Impure["kind"]>> = {
  "DateConstructor.now": "time",
  "DateConstructor()": "time",
  "new DateConstructor()": "time",
  "Performance.now": "time",
  "Math.random": "chance",
  "Crypto.randomUUID": "chance",
  "Crypto.getRandomValues": "chance",
  "SubtleCrypto.generateKey": "chance",
  fetch: "request",
  setTimeout: "timer",
  setInterval: "timer",
};

export class DurableCode {
  readonly #file: ts.SourceFile;
  readonly #checker: ts.TypeChecker;
  readonly #places = new Map<FunctionNode, Place>();
  readonly #bodies = new Map<FunctionNode, Body>();

  constructor(file: ts.SourceFile, checker: ts.TypeChecker) {
    this.#file = file;
    this.#checker = checker;
  }

  placeOf(node: ts.Node): Place {
    const around = functionAround(node);
    return around === undefined ? ANYWHERE : this.#placeIn(around);
  }

  /** Undefined if the call makes no operation. */
  durableCall(node: ts.Node): DurableCall | undefined {
    if (!ts.isCallExpression(node)) return undefined;
    const context = bare(node.expression);
    const { declaration } = this.#checker.getResolvedSignature(node) ?? {};
    if (declaration !== undefined && ts.isMethodSignature(declaration) && isContextInterface(declaration.parent)) {
      const method = declaration.name.getText();
      if (ts.isTypeLiteralNode(declaration.parent)) return { method: `promise.${method}`, context };
      return DURABLE_METHODS.has(method) ? { method, context } : undefined;
    }
    // A context whose type is not imported yet.
    if (!ts.isPropertyAccessExpression(context) || !DURABLE_METHODS.has(context.name.text)) return undefined;
    return this.isContext(context.expression) ? { method: context.name.text, context } : undefined;
  }

  isContext(expression: ts.Expression): boolean {
    const type = this.#checker.getNonNullableType(this.#checker.getTypeAtLocation(expression));
    if (type.symbol?.name === "DurableContext") return true;
    if ((type.flags & ts.TypeFlags.Any) === 0 || !ts.isIdentifier(expression)) return false;
    const declaration = this.#declarationOf(expression);
    return declaration !== undefined && ts.isParameter(declaration) && isContextParameter(declaration);
  }

  /** The function that got this context as a parameter; undefined if it came another way. */
  ownerOf(context: ts.Expression): FunctionNode | undefined {
    const expression = bare(context);
    if (ts.isPropertyAccessExpression(expression)) return this.ownerOf(expression.expression);
    if (!ts.isIdentifier(expression)) return undefined;
    let declaration: ts.Node | undefined = this.#declarationOf(expression);
    while (declaration !== undefined && ts.isBindingElement(declaration)) declaration = declaration.parent.parent;
    if (declaration === undefined) return undefined;
    if (ts.isParameter(declaration)) return asFunction(declaration.parent);
    return ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined
      ? this.ownerOf(declaration.initializer)
      : undefined;
  }

  /** The name of the context that a function was given. */
  contextName(owner: FunctionNode): string | undefined {
    const name = this.#contextParameter(owner)?.name;
    return name !== undefined && ts.isIdentifier(name) ? name.text : undefined;
  }

  /** Whether `inner` was given no context of `outer`, and lies in it. */
  isOuter(context: ts.Expression, inner: FunctionNode): boolean {
    const owner = this.ownerOf(context);
    return owner !== undefined && owner !== inner && isWithin(inner, owner);
  }

  /** What a call, or a function handed over to be called, asks of the world. */
  impure(node: ts.Expression): Impure | undefined {
    const kind = impure[keyOf(this.#calledBy(node), this.#file)];
    const isDateOfSomething = ts.isNewExpression(node) && (node.arguments ?? []).length > 0;
    return kind === undefined || isDateOfSomething ? undefined : { kind, text: textOf(node) };
  }

  /** The collection that a call puts something into. */
  collection(node: ts.Node): ts.Expression | undefined {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
    return COLLECTORS.has(keyOf(this.#calledBy(node), this.#file)) ? node.expression.expression : undefined;
  }

  /** A function of this file that is judged where it is called. */
  helper(expression: ts.Expression): FunctionNode | undefined {
    const found = this.#functionOf(expression);
    return found?.body !== undefined && this.#placeIn(found).kind === "anywhere" ? found : undefined;
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
    const method = this.#taker(node);
    return method !== undefined && (STEP_METHODS.has(method) || CHILD_METHODS.has(method)) ? method : undefined;
  }

  isStepMethod(method: string): boolean {
    return STEP_METHODS.has(method);
  }

  /** Where a variable or parameter is declared, if in this file. */
  localDeclaration(name: ts.Identifier): ts.Declaration | undefined {
    const declaration = this.#declarationOf(name);
    return declaration?.getSourceFile() === this.#file ? declaration : undefined;
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
    const taker = this.#taker(node);
    if (taker !== undefined && STEP_METHODS.has(taker)) return STEP;
    const isOwner = taker === "withDurableExecution" || taker === "runInChildContext";
    if (isOwner || this.#contextParameter(node) !== undefined) return { kind: "durable", owner: node };
    const around = this.placeOf(node.parent);
    // A branch without a parameter works with the context around it.
    if (taker !== undefined || this.#isCalledHere(node)) return around;
    return around.kind === "step" ? STEP : ANYWHERE;
  }

  /** Whether it is part of the function around it, being called there and then. */
  #runsInPlace(node: FunctionNode): boolean {
    return this.#taker(node) === undefined && this.#contextParameter(node) === undefined && this.#isCalledHere(node);
  }

  #contextParameter(node: FunctionNode): ts.ParameterDeclaration | undefined {
    return node.parameters.find(
      (parameter) =>
        isContextParameter(parameter) || this.#checker.getTypeAtLocation(parameter).symbol?.name === "DurableContext",
    );
  }

  /** What a function literal is handed to: a method of a context, directly or in a list of branches, or the wrapper. */
  #taker(node: FunctionNode): string | undefined {
    let given: ts.Node = node;
    while (isWrapping(given.parent)) given = given.parent;
    const isListed = isInList(given.parent);
    while (isWrapping(given.parent) || isInList(given.parent)) given = given.parent;
    const call = given.parent;
    if (!ts.isCallExpression(call) || given === call.expression) return undefined;
    const method = this.durableCall(call)?.method;
    if (method === undefined) return !isListed && this.#isWrapper(call) ? "withDurableExecution" : undefined;
    if (isListed) return method === "parallel" && !isConfig(node) ? method : undefined;
    return method;
  }

  #isWrapper(call: ts.CallExpression): boolean {
    const callee = bare(call.expression);
    return ts.isIdentifier(callee) && this.#originalName(callee) === "withDurableExecution";
  }

  /** An argument of a call, or called itself; not if it is handed to a function that runs it in a step. */
  #isCalledHere(node: FunctionNode): boolean {
    let given: ts.Node = node;
    while (isWrapping(given.parent)) given = given.parent;
    const { parent } = given;
    if (!ts.isCallExpression(parent) && !ts.isNewExpression(parent)) return false;
    return !this.runsArgumentInStep(parent, given);
  }

  /** Whether the called function of this file does nothing with an argument but run it in steps. */
  runsArgumentInStep(call: ts.CallExpression | ts.NewExpression, argument: ts.Node): boolean {
    const index = call.arguments?.findIndex((each) => each === argument) ?? -1;
    const parameter = this.#functionOf(call.expression)?.parameters[index];
    if (parameter === undefined || !ts.isIdentifier(parameter.name)) return false;
    const uses = this.#usesOf(parameter.name, parameter.parent);
    return uses.length > 0 && uses.every((use) => this.#isInStep(use));
  }

  #isInStep(use: ts.Identifier): boolean {
    if (this.placeOf(use).kind === "step") return true;
    const method = this.durableCall(use.parent)?.method;
    return method !== undefined && STEP_METHODS.has(method);
  }

  #usesOf(name: ts.Identifier, within: ts.Node): readonly ts.Identifier[] {
    const symbol = this.#checker.getSymbolAtLocation(name);
    const uses: ts.Identifier[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && node !== name && this.#checker.getSymbolAtLocation(node) === symbol) uses.push(node);
      ts.forEachChild(node, visit);
    };
    visit(within);
    return uses;
  }

  /** Any function of this file, also one that is given a context. */
  #functionOf(expression: ts.Expression): FunctionNode | undefined {
    const name = bare(expression);
    if (!ts.isIdentifier(name)) return undefined;
    const declaration = this.localDeclaration(name);
    return declaration !== undefined && ts.isVariableDeclaration(declaration)
      ? asFunction(declaration.initializer)
      : asFunction(declaration);
  }

  #bodyOf(helper: FunctionNode): Body {
    const known = this.#bodies.get(helper);
    if (known !== undefined) return known;
    let found: Body = { calls: [] };
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) || ts.isNewExpression(node)) found = this.#withCall(found, node);
      const inner = asFunction(node);
      if (inner === undefined || this.#runsInPlace(inner)) ts.forEachChild(node, visit);
    };
    if (helper.body !== undefined) visit(helper.body);
    this.#bodies.set(helper, found);
    return found;
  }

  /** What is found first is kept. */
  #withCall(body: Body, call: ts.CallExpression | ts.NewExpression): Body {
    const durable = this.durableCall(call);
    if (durable !== undefined) return { durable, ...body };
    const found = this.impure(call);
    if (found !== undefined) return isOnlyLogged(call, found) ? body : { impure: found, ...body };
    const called = this.helper(call.expression);
    return called === undefined ? body : { ...body, calls: [...body.calls, called] };
  }

  #calledBy(node: ts.Expression): ts.Declaration | undefined {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      return this.#checker.getResolvedSignature(node)?.declaration;
    }
    return this.#checker.getTypeAtLocation(node).getCallSignatures()[0]?.declaration;
  }

  #declarationOf(name: ts.Identifier): ts.Declaration | undefined {
    const isShorthand = ts.isShorthandPropertyAssignment(name.parent);
    const symbol = isShorthand
      ? this.#checker.getShorthandAssignmentValueSymbol(name.parent)
      : this.#checker.getSymbolAtLocation(name);
    return symbol?.valueDeclaration;
  }

  /** As it was called where it comes from, through imports and destructuring under another name. */
  #originalName(name: ts.Identifier): string {
    const symbol = this.#checker.getSymbolAtLocation(name);
    const [declaration] = symbol?.declarations ?? [];
    if (declaration !== undefined && (ts.isImportSpecifier(declaration) || ts.isBindingElement(declaration))) {
      return declaration.propertyName?.getText() ?? declaration.name.getText();
    }
    return name.text;
  }
}

/** The function whose body a node is in. */
export function functionAround(node: ts.Node): FunctionNode | undefined {
  for (let around: ts.Node | undefined = node; around !== undefined; around = around.parent) {
    const found = asFunction(around);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A value that goes to nothing but a log makes no difference to what the function does. */
export function isOnlyLogged(node: ts.Node, { kind }: Impure): boolean {
  if (kind !== "time" && kind !== "chance") return false;
  for (let inner = node; !ts.isStatement(inner) && asFunction(inner) === undefined; inner = inner.parent) {
    const { parent } = inner;
    if (ts.isCallExpression(parent) && parent.expression !== inner && isLog(parent.expression)) return true;
  }
  return false;
}

function isLog(callee: ts.Expression): boolean {
  return /(^|\.)(console|logger)\.\w+$/.test(callee.getText());
}

/** Without parentheses and assertions. */
export function bare(expression: ts.Expression): ts.Expression {
  const isOuter =
    ts.isParenthesizedExpression(expression) || ts.isAssertionExpression(expression) || isUnchanged(expression);
  return isOuter ? bare(expression.expression) : expression;
}

function isUnchanged(node: ts.Expression): node is ts.NonNullExpression | ts.SatisfiesExpression {
  return ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node);
}

function isWrapping(node: ts.Node): boolean {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node);
}

function isInList(node: ts.Node): boolean {
  return ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node) || ts.isPropertyAssignment(node);
}

/** A function of a branch is called `func`, or stands in the list itself. */
function isConfig(node: FunctionNode): boolean {
  return ts.isPropertyAssignment(node.parent) && node.parent.name.getText() !== "func";
}

function isContextParameter({ type }: ts.ParameterDeclaration): boolean {
  return type !== undefined && /^DurableContext\b/.test(type.getText());
}

/** The interface itself, or the combinators in it. */
function isContextInterface(node: ts.Node): boolean {
  if (ts.isTypeLiteralNode(node)) return isContextInterface(node.parent.parent);
  return ts.isInterfaceDeclaration(node) && node.name.text === "DurableContext";
}

function asFunction(node: ts.Node | undefined): FunctionNode | undefined {
  if (node === undefined || !ts.isFunctionLike(node)) return undefined;
  return "body" in node ? node : undefined;
}

function isWithin(inner: ts.Node, outer: ts.Node): boolean {
  for (let node: ts.Node | undefined = inner.parent; node !== undefined; node = node.parent) {
    if (node === outer) return true;
  }
  return false;
}

/** How a platform's function is called in `impure`; empty for functions of the file. */
function keyOf(declaration: ts.Declaration | undefined, file: ts.SourceFile): string {
  if (declaration === undefined || declaration.getSourceFile() === file) return "";
  if (ts.isFunctionDeclaration(declaration)) return declaration.name?.text ?? "";
  const owner = ts.isInterfaceDeclaration(declaration.parent) ? declaration.parent.name.text : "";
  if (ts.isCallSignatureDeclaration(declaration)) return `${owner}()`;
  if (ts.isConstructSignatureDeclaration(declaration)) return `new ${owner}()`;
  return ts.isMethodSignature(declaration) ? `${owner}.${declaration.name.getText()}` : "";
}

function textOf(node: ts.Expression): string {
  if (ts.isNewExpression(node)) return `new ${node.expression.getText()}()`;
  return ts.isCallExpression(node) ? node.expression.getText() : node.getText();
}
