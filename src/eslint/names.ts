/**
 * The origin of a value, by the names of a file: through constants, aliases, destructuring and imports. Shadowed names
 * count as their own; a name that is assigned twice has no known origin.
 */

import {
  bare,
  type Declarator,
  type FunctionNode,
  type Identifier,
  is,
  isFunction,
  memberName,
  nameOf,
  type Node,
  type Property,
} from "./syntax.ts";

/** A scope, as a linter's scope manager has it. */
export interface Scope {
  readonly variables: readonly Variable[];
  readonly references: readonly Reference[];
}

interface Reference {
  readonly identifier: Node;
  readonly resolved: Variable | null;
  readonly init?: boolean;
  isWrite(): boolean;
}

interface Definition {
  readonly type: string;
  readonly name: Node;
  readonly node: Node;
  readonly parent?: Node | null | undefined;
}

export interface Variable {
  readonly defs: readonly Definition[];
  readonly references: readonly Reference[];
}

/** `path` is what is taken out of it: `["promise", "all"]`. */
export type Origin =
  /** Declared nowhere in the file. */
  | { readonly kind: "global"; readonly path: readonly string[] }
  /** A default import is the module itself. */
  | { readonly kind: "import"; readonly module: string; readonly path: readonly string[] }
  | { readonly kind: "parameter"; readonly of: FunctionNode; readonly index: number; readonly path: readonly string[] }
  | { readonly kind: "here"; readonly node: Node; readonly path: readonly string[] };

/** More links between a name and its value than anybody writes: the names go in a circle. */
const MOST_LINKS = 32;

const GLOBAL_OBJECTS: ReadonlySet<string> = new Set(["globalThis", "self", "window", "global"]);

export class Names {
  readonly #variables = new Map<Node, Variable>();

  constructor(scopes: readonly Scope[]) {
    for (const { variables, references } of scopes) {
      for (const variable of variables) for (const { name } of variable.defs) this.#variables.set(name, variable);
      for (const { identifier, resolved } of references) if (resolved) this.#variables.set(identifier, resolved);
    }
  }

  /** Undefined for a name that the file does not declare. */
  variableOf(name: Node): Variable | undefined {
    const variable = this.#variables.get(name);
    return variable === undefined || variable.defs.length === 0 ? undefined : variable;
  }

  /** The uses of a name that stands for a function by its declaration. */
  usesOf(name: Node): readonly Node[] {
    const uses = this.variableOf(name)?.references.filter((use) => !use.isWrite()) ?? [];
    return uses.map(({ identifier }) => identifier);
  }

  originOf(expression: Node, links = 0): Origin | undefined {
    const node = bare(expression);
    if (links > MOST_LINKS) return undefined;
    if (is(node, "Identifier")) return this.#originOfName(node, links + 1);
    if (!is(node, "MemberExpression")) return this.#originOfModule(node) ?? { kind: "here", node, path: [] };
    const name = memberName(node);
    const object = name === undefined ? undefined : this.originOf(node.object, links + 1);
    return object === undefined || name === undefined ? undefined : this.#member(object, name, links + 1);
  }

  /** As it is called where it comes from. */
  importedName(name: Identifier): string {
    const origin = this.originOf(name);
    return (origin?.kind === "import" ? origin.path[0] : undefined) ?? name.name;
  }

  #originOfName(name: Identifier, links: number): Origin | undefined {
    const variable = this.variableOf(name);
    if (variable === undefined) return { kind: "global", path: GLOBAL_OBJECTS.has(name.name) ? [] : [name.name] };
    const [definition, another] = variable.defs;
    if (definition === undefined || another !== undefined) return undefined;
    switch (definition.type) {
      case "ImportBinding":
        return originOfImport(definition);
      case "Parameter":
        return originOfParameter(definition);
      case "Variable":
        return this.#originOfVariable(variable, definition, links);
      case "FunctionName":
      case "ClassName":
        return { kind: "here", node: definition.node, path: [] };
      default:
        return undefined;
    }
  }

  /** Of a module that is asked for where it is needed: `require("uuid")`, `await import("uuid")`. */
  #originOfModule(node: Node): Origin | undefined {
    const call = is(node, "AwaitExpression") ? node.argument : node;
    const isRequire = is(call, "CallExpression") && nameOf(call.callee) === "require" && !this.variableOf(call.callee);
    const source = is(call, "ImportExpression") ? call.source : isRequire ? call.arguments[0] : undefined;
    return is(source, "Literal") ? { kind: "import", module: String(source.value), path: [] } : undefined;
  }

  #originOfVariable({ references }: Variable, { node, name }: Definition, links: number): Origin | undefined {
    const { id, init } = node as Declarator;
    const isChanged = references.some((reference) => reference.isWrite() && reference.init !== true);
    const path = pathTo(name, id);
    if (!init || path === undefined || isChanged) return undefined;
    return path.reduce<Origin | undefined>(
      (origin, part) => origin && this.#member(origin, part, links),
      this.originOf(init, links),
    );
  }

  /** The origin of a member of a value: in an object literal, the value that is written there. */
  #member(origin: Origin, name: string, links: number): Origin | undefined {
    const object = origin.kind === "here" && origin.path.length === 0 ? origin.node : undefined;
    if (!is(object, "ObjectExpression")) return { ...origin, path: [...origin.path, name] };
    const property = object.properties.find((each) => is(each, "Property") && keyOf(each) === name);
    return is(property, "Property") ? this.originOf(property.value, links) : undefined;
  }
}

function originOfImport({ node, parent }: Definition): Origin | undefined {
  if (!is(parent, "ImportDeclaration")) return undefined;
  const imported = is(node, "ImportSpecifier") ? nameOf(node.imported) : undefined;
  const path = imported === undefined || imported === "default" ? [] : [imported];
  return { kind: "import", module: String(parent.source.value), path };
}

function originOfParameter({ node, name }: Definition): Origin | undefined {
  if (!isFunction(node)) return undefined;
  for (const [index, parameter] of node.params.entries()) {
    const path = pathTo(name, parameter);
    if (path !== undefined) return { kind: "parameter", of: node, index, path };
  }
  return undefined;
}

/** The way from what a pattern takes apart to a name in it; undefined if the name is not in it, or in a rest. */
function pathTo(name: Node, pattern: Node): readonly string[] | undefined {
  if (pattern === name) return [];
  if (is(pattern, "AssignmentPattern")) return pathTo(name, pattern.left);
  for (const [key, part] of partsOf(pattern)) {
    const path = pathTo(name, part);
    if (path !== undefined) return [key, ...path];
  }
  return undefined;
}

function partsOf(pattern: Node): readonly (readonly [key: string, part: Node])[] {
  if (is(pattern, "ArrayPattern")) {
    return pattern.elements.flatMap((part, index) => (part === null ? [] : [[`${index}`, part] as const]));
  }
  if (!is(pattern, "ObjectPattern")) return [];
  return pattern.properties.flatMap((property) => {
    const key = is(property, "Property") ? keyOf(property) : undefined;
    return key === undefined || !is(property, "Property") ? [] : [[key, property.value] as const];
  });
}

function keyOf({ key, computed }: Property): string | undefined {
  return computed ? undefined : nameOf(key);
}
