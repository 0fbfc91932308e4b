/** The types of declarations in TypeScript. Plain JavaScript declares no types, and is understood all the same. */

import type { Names } from "./names.ts";
import { type Identifier, is, type Node } from "./syntax.ts";

/** True for a value that is declared as a durable context; also before the type is imported. */
export function contextTypeOf(declared: Node, names: Names): boolean {
  return typeNames(declared, names).includes("DurableContext");
}

/** True for a function that is declared as the handler of a durable function. */
export function handlerTypeOf(declared: Node, names: Names): boolean {
  return typeNames(declared, names).includes("DurableExecutionHandler");
}

/** The collection that it is declared as: `Array`, `Map`, `Set`. */
export function collectionTypeOf(declared: Node, names: Names): string | undefined {
  return typeNames(declared, names).find((name) => /^(Array|Map|Set)$/.test(name));
}

/** The names in the type of a declaration, through unions; `Array` for `number[]`. */
function typeNames(declared: Node, names: Names): readonly string[] {
  const target = is(declared, "AssignmentPattern") ? declared.left : declared;
  const annotation = (target as Identifier).typeAnnotation?.typeAnnotation;
  return annotation === undefined ? [] : namesIn(annotation, names);
}

function namesIn(type: Node, names: Names): readonly string[] {
  if (is(type, "TSArrayType")) return ["Array"];
  if (is(type, "TSUnionType")) return type.types.flatMap((each) => namesIn(each, names));
  if (!is(type, "TSTypeReference")) return [];
  const { typeName } = type;
  if (is(typeName, "Identifier")) return [names.importedName(typeName)];
  return is(typeName, "TSQualifiedName") ? [typeName.right.name] : [];
}
