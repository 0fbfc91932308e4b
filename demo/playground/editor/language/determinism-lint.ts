/**
 * Finds what makes a durable function take another way when it is replayed, or fail when it runs: the world asked outside
 * steps, contexts used where they do not belong, operations inside steps, and results kept where a replay does not see them.
 */

import ts from "typescript-js";
import type { Fix, Problem } from "../problem.ts";
import {
  bare,
  DurableCode,
  type DurableCall,
  type FunctionNode,
  functionAround,
  type Impure,
  isOnlyLogged,
} from "./durable-code.ts";

type Call = ts.CallExpression | ts.NewExpression;

export function lintDeterminism(file: ts.SourceFile, checker: ts.TypeChecker): readonly Problem[] {
  const lint = new DeterminismLint(new DurableCode(file, checker));
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) lint.checkCall(node);
    lint.checkChange(node);
    if (ts.isExpressionStatement(node)) lint.checkStatement(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return lint.problems;
}

class DeterminismLint {
  readonly problems: Problem[] = [];
  readonly #code: DurableCode;

  constructor(code: DurableCode) {
    this.#code = code;
  }

  checkCall(call: Call): void {
    const durable = this.#code.durableCall(call);
    if (durable !== undefined) return this.#checkOperation(call, durable);
    const place = this.#code.placeOf(call);
    if (place.kind === "step") return this.#checkInStep(call);
    if (place.kind === "durable") this.#checkInHandler(call, place.owner);
  }

  /** What is set or collected inside a step is not there when the step is not run again. */
  checkChange(node: ts.Node): void {
    const name = rootName(assigned(node) ?? this.#code.collection(node));
    const declaration = name === undefined ? undefined : this.#code.localDeclaration(name);
    if (name === undefined || declaration === undefined || this.#code.placeOf(declaration).kind !== "durable") return;
    const method = this.#recordedBetween(node, declaration);
    if (method === undefined) return;
    this.#warn(
      name,
      `"${name.text}" is changed inside ${method}. On replay the recorded result is taken and this does not run, ` +
        `so "${name.text}" stays as it was. Return the value, and take it from the result.`,
    );
  }

  /** An operation that nobody waits for. */
  checkStatement({ expression }: ts.ExpressionStatement): void {
    const durable = this.#code.durableCall(expression);
    if (durable === undefined) return;
    const fix = { from: expression.getStart(), to: expression.getStart(), insert: "await " };
    this.#warn(
      expression.getFirstToken() ?? expression,
      `${durable.method} is not awaited: the function goes on, and may end, before it is done. ` +
        "Await it, or keep its promise and await that later.",
      isInAsync(expression) ? { label: "Await it", changes: [fix] } : undefined,
    );
  }

  /** The outermost method that records what a function gives, of those around a node and inside a declaration's function. */
  #recordedBetween(node: ts.Node, declaration: ts.Node): string | undefined {
    const home = functionAround(declaration);
    let method: string | undefined;
    for (
      let inner = functionAround(node);
      inner !== undefined && inner !== home;
      inner = functionAround(inner.parent)
    ) {
      method = this.#code.recordedBy(inner) ?? method;
    }
    return method;
  }

  #checkOperation(call: Call, { method, context }: DurableCall): void {
    const place = this.#code.placeOf(call);
    if (place.kind === "step") {
      this.#warn(call.expression, `${call.expression.getText()} inside a step. ${NESTED}`);
    } else if (place.kind === "durable" && this.#code.isOuter(context, place.owner)) {
      this.#warnOfOuter(rootName(context) ?? context, call.expression, place.owner);
    }
    if (!this.#code.isStepMethod(method)) return;
    for (const argument of call.arguments ?? []) this.#checkStepFunction(argument);
  }

  /** A function that is handed to a step by its name. */
  #checkStepFunction(argument: ts.Expression): void {
    const helper = this.#code.helper(argument);
    const durable = helper === undefined ? undefined : this.#code.effects(helper).durable;
    if (durable === undefined) return;
    this.#warn(argument, `${argument.getText()} calls ${durable.method} of a context, inside a step. ${NESTED}`);
  }

  #checkInStep(call: Call): void {
    const given = call.arguments?.find((argument) => this.#code.isContext(bare(argument)));
    if (given !== undefined) {
      return this.#warn(given, `A durable context is handed to ${call.expression.getText()} inside a step. ${NESTED}`);
    }
    this.#checkStepFunction(call.expression);
  }

  #checkInHandler(call: Call, owner: FunctionNode): void {
    const found = this.#code.impure(call);
    if (found !== undefined) {
      if (!isOnlyLogged(call, found)) this.#warnOfImpure(call, found, owner);
      return;
    }
    this.#checkHelper(call.expression, { call, owner });
    for (const argument of call.arguments ?? []) {
      if (this.#code.isContext(bare(argument)) && this.#code.isOuter(argument, owner)) {
        this.#warnOfOuter(argument, argument, owner);
      }
      if (isName(argument) && !this.#code.runsArgumentInStep(call, argument)) this.#checkReference(argument, owner);
    }
  }

  /** A function that is handed over, to be called here and now. */
  #checkReference(name: ts.Expression, owner: FunctionNode): void {
    const found = this.#code.impure(name);
    if (found === undefined) return this.#checkHelper(name, { owner });
    this.#warn(name, `${found.text} is called outside a step: ${consequences[found.kind]}`);
  }

  #checkHelper(name: ts.Expression, { call, owner }: { readonly call?: Call; readonly owner: FunctionNode }): void {
    const helper = this.#code.helper(name);
    if (helper === undefined) return;
    const { impure, durable } = this.#code.effects(helper);
    const text = name.getText();
    if (impure !== undefined && !(call !== undefined && isOnlyLogged(call, impure))) {
      const fix = call === undefined || impure.kind === "timer" ? undefined : this.#stepFix(call, owner, text);
      this.#warn(name, `${text} calls ${impure.text}, outside a step: ${consequences[impure.kind]}`, fix);
    }
    if (durable !== undefined && this.#code.isOuter(durable.context, owner)) {
      this.#warn(name, `${text} calls ${durable.method} of a context that belongs to the code around this function.`);
    }
  }

  #warnOfImpure(call: Call, found: Impure, owner: FunctionNode): void {
    const at = ts.isNewExpression(call) ? call : call.expression;
    this.#warn(at, `${found.text} outside a step: ${consequences[found.kind]}`, this.#impureFix(call, found, owner));
  }

  #warnOfOuter(context: ts.Expression, at: ts.Expression, owner: FunctionNode): void {
    const outer = context.getText();
    const own = this.#code.contextName(owner);
    const fix =
      own === undefined || !this.#code.isContext(context) ? undefined : replacement(context, own, `Use ${own}`);
    const instead = own === undefined ? "Give this function a context parameter, and use that." : `Use ${own} here.`;
    this.#warn(
      at,
      `${outer} belongs to the code around this function, and the call fails: operations here are numbered under the ` +
        `child's context. ${instead}`,
      fix,
    );
  }

  #impureFix(call: Call, { kind, text }: Impure, owner: FunctionNode): Fix | undefined {
    if (kind === "timer") return this.#waitFix(call, owner);
    if (text.endsWith("getRandomValues") || text.endsWith("generateKey") || kind === "request") return undefined;
    // A date does not survive being recorded as JSON; its number does.
    if (text === "new Date()") return this.#dateFix(call, owner);
    return this.#stepFix(call, owner, kind === "time" ? "now" : text.endsWith("randomUUID") ? "id" : "number");
  }

  #stepFix(call: Call, owner: FunctionNode, name: string): Fix | undefined {
    const context = this.#contextAt(call, owner);
    if (context === undefined) return undefined;
    const target = ts.isAwaitExpression(call.parent) ? call.parent : call;
    const step = `await ${context}.step(${JSON.stringify(name)}, async () => ${call.getText()})`;
    return replacement(target, needsParentheses(target) ? `(${step})` : step, "Put it into a step");
  }

  #dateFix(call: Call, owner: FunctionNode): Fix | undefined {
    const context = this.#contextAt(call, owner);
    if (context === undefined) return undefined;
    return replacement(
      call,
      `new Date(await ${context}.step("now", async () => Date.now()))`,
      "Take the time in a step",
    );
  }

  /** For the usual way to sleep: a promise that a timer resolves. */
  #waitFix(call: Call, owner: FunctionNode): Fix | undefined {
    const [, delay] = call.arguments ?? [];
    const sleep = functionAround(call)?.parent;
    const awaited = sleep?.parent;
    if (delay === undefined || !ts.isNumericLiteral(delay) || Number(delay.text) % 1_000 !== 0) return undefined;
    if (sleep === undefined || !ts.isNewExpression(sleep) || awaited === undefined || !ts.isAwaitExpression(awaited)) {
      return undefined;
    }
    const context = this.#contextAt(sleep, owner);
    if (context === undefined) return undefined;
    const seconds = Number(delay.text) / 1_000;
    return replacement(awaited, `await ${context}.wait("pause", { seconds: ${seconds} })`, "Wait instead");
  }

  /** The context's name, where it can be awaited. */
  #contextAt(node: ts.Node, owner: FunctionNode): string | undefined {
    return isInAsync(node) ? this.#code.contextName(owner) : undefined;
  }

  #warn(node: ts.Node, message: string, fix?: Fix): void {
    this.problems.push({
      from: node.getStart(),
      to: node.getEnd(),
      severity: "warning",
      message,
      ...(fix === undefined ? {} : { fixes: [fix] }),
    });
  }
}

const NESTED =
  "A step is one unit of work, recorded as one result: what it does inside is not recorded. " +
  "Call it outside, or group several in runInChildContext.";

const consequences: Readonly<Record<Impure["kind"], string>> = {
  time: "the time is another one when this is replayed. Take it in context.step, which records it.",
  chance: "the result is another one when this is replayed. Take it in context.step, which records it.",
  request:
    "the request is made again on every replay, and may be answered differently. " +
    "Make it in context.step, and return what you need of the answer.",
  timer: "the timer is lost when the process ends, and starts anew on every replay. Use context.wait.",
};

function isInAsync(node: ts.Node): boolean {
  return functionAround(node)?.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true;
}

/** What an expression begins with, if that is a name. */
function rootName(expression: ts.Expression | undefined): ts.Identifier | undefined {
  if (expression === undefined) return undefined;
  const inner = bare(expression);
  if (ts.isIdentifier(inner)) return inner;
  const isMember = ts.isPropertyAccessExpression(inner) || ts.isElementAccessExpression(inner);
  return isMember ? rootName(inner.expression) : undefined;
}

function assigned(node: ts.Node): ts.Expression | undefined {
  if (ts.isBinaryExpression(node)) return isAssignment(node.operatorToken.kind) ? node.left : undefined;
  const isStep = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node);
  return isStep && changes(node.operator) ? node.operand : undefined;
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function changes(operator: ts.SyntaxKind): boolean {
  return operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken;
}

function isName(expression: ts.Expression): boolean {
  return ts.isIdentifier(expression) || ts.isPropertyAccessExpression(expression);
}

function replacement(node: ts.Node, insert: string, label: string): Fix {
  return { label, changes: [{ from: node.getStart(), to: node.getEnd(), insert }] };
}

/** Whether `await` before it would apply to more than the node. */
function needsParentheses(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression === node;
  if (ts.isBinaryExpression(parent)) return parent.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken;
  return (
    ts.isPropertyAccessExpression(parent) ||
    (ts.isElementAccessExpression(parent) && parent.expression === node) ||
    ts.isNonNullExpression(parent) ||
    ts.isTaggedTemplateExpression(parent)
  );
}
