/**
 * The syntax tree that linters hand to rules (ESTree, with TypeScript's nodes as typescript-eslint names them), as far
 * as it is read here. Declared here, not imported: the package needs neither a linter nor a parser to be installed.
 */

/** Any node. What a node has besides is read through the types below, after `is`. */
export interface Node {
  readonly type: string;
  /** Offsets of its first character, and of the one after its last. */
  readonly range: readonly [number, number];
  /** Absent, or null, for the whole file. */
  readonly parent?: Node | null | undefined;
}

export interface Identifier extends Node {
  readonly name: string;
  readonly typeAnnotation?: { readonly typeAnnotation: Node };
}

export interface Member extends Node {
  readonly object: Node;
  readonly property: Node;
  readonly computed: boolean;
}

export interface Call extends Node {
  readonly callee: Node;
  readonly arguments: readonly Node[];
}

export interface FunctionNode extends Node {
  readonly async: boolean;
  readonly id?: Identifier | null;
  readonly params: readonly Node[];
  readonly body: Node;
}

/** A node of one expression: a pair of parentheses, an assertion, `await`, `a?.b`, a statement of one. */
export interface Wrapper extends Node {
  readonly expression: Node;
}

export interface Property extends Node {
  readonly key: Node;
  readonly value: Node;
  readonly computed: boolean;
}

export interface Declarator extends Node {
  readonly id: Node;
  readonly init?: Node | null;
}

interface Imported extends Node {
  readonly imported: Node;
}

interface Literal extends Node {
  readonly value: unknown;
}

interface TypeReference extends Node {
  readonly typeName: Node;
}

/** The nodes that are told apart, by type. */
interface Shapes {
  ArrayExpression: Node & { readonly elements: readonly (Node | null)[] };
  ArrayPattern: Node & { readonly elements: readonly (Node | null)[] };
  AssignmentExpression: Node & { readonly left: Node; readonly right: Node };
  AssignmentPattern: Node & { readonly left: Node; readonly right: Node };
  AwaitExpression: Node & { readonly argument: Node };
  BinaryExpression: Node & { readonly operator: string };
  CallExpression: Call;
  ExpressionStatement: Wrapper;
  Identifier: Identifier;
  ImportDeclaration: Node & { readonly source: Literal };
  ImportExpression: Node & { readonly source: Node };
  ImportSpecifier: Imported;
  Literal: Literal;
  MemberExpression: Member;
  NewExpression: Call;
  ObjectExpression: Node & { readonly properties: readonly Node[] };
  ObjectPattern: Node & { readonly properties: readonly Node[] };
  Property: Property;
  RestElement: Node & { readonly argument: Node };
  TSArrayType: Node & { readonly elementType: Node };
  TSQualifiedName: Node & { readonly right: Identifier };
  TSTypeReference: TypeReference;
  TSUnionType: Node & { readonly types: readonly Node[] };
  UnaryExpression: Node & { readonly operator: string; readonly argument: Node };
  UpdateExpression: Node & { readonly argument: Node };
  VariableDeclaration: Node & { readonly kind: string };
  VariableDeclarator: Declarator;
}

export function is<Type extends keyof Shapes>(node: Node | null | undefined, type: Type): node is Shapes[Type] {
  return node?.type === type;
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  ...["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"],
]);

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return node !== null && node !== undefined && FUNCTIONS.has(node.type);
}

export function isCall(node: Node | null | undefined): node is Call {
  return is(node, "CallExpression") || is(node, "NewExpression");
}

const ASSERTIONS: ReadonlySet<string> = new Set([
  ...["ParenthesizedExpression", "TSAsExpression", "TSSatisfiesExpression", "TSTypeAssertion", "TSNonNullExpression"],
]);

/** Parentheses or an assertion: the value is that of the expression inside. */
export function isAssertion(node: Node | null | undefined): node is Wrapper {
  return node !== null && node !== undefined && ASSERTIONS.has(node.type);
}

/** Without parentheses, assertions, and the node around a chain of `?.`. */
export function bare(node: Node): Node {
  return isAssertion(node) || node.type === "ChainExpression" ? bare((node as Wrapper).expression) : node;
}

/** The function whose parameters or body a node is in; itself, if it is one. */
export function functionAround(node: Node | null | undefined): FunctionNode | undefined {
  for (let around = node; around; around = around.parent) {
    if (isFunction(around)) return around;
  }
  return undefined;
}

export function isWithin(inner: Node, outer: Node): boolean {
  for (let node = inner.parent; node; node = node.parent) if (node === outer) return true;
  return false;
}

/** True if `await` may stand there. */
export function isInAsync(node: Node): boolean {
  return functionAround(node)?.async === true;
}

/** The name of a member; undefined if it is computed from something else than a literal. */
export function memberName({ property, computed }: Member): string | undefined {
  if (!computed) return nameOf(property);
  return is(property, "Literal") && typeof property.value === "string" ? property.value : undefined;
}

/** The name of a key or of an import. */
export function nameOf(node: Node): string | undefined {
  if (is(node, "Identifier")) return node.name;
  return is(node, "Literal") ? String(node.value) : undefined;
}

/** The name that an expression begins with, if any. */
export function rootName(expression: Node): Identifier | undefined {
  const inner = bare(expression);
  if (is(inner, "MemberExpression")) return rootName(inner.object);
  return is(inner, "Identifier") ? inner : undefined;
}

/** The first token of an expression that is a call or a member of something. */
export function firstPart(expression: Node): Node {
  if (is(expression, "MemberExpression")) return firstPart(expression.object);
  return is(expression, "CallExpression") ? firstPart(expression.callee) : expression;
}
