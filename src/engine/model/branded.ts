/** `instanceof` across copies of this package, such as one that is imported and one that is required. */

const BRAND = Symbol.for("perdure.class");

interface Class {
  readonly prototype: object;
}

/**
 * Makes `instanceof` take objects of the class of this name in any other copy of the package, and of its subclasses.
 * For subclasses that users declare, `instanceof` stays the same.
 */
export function branded(of: Class, name: string): void {
  Object.defineProperty(of, BRAND, { value: name });
  Object.defineProperty(of, Symbol.hasInstance, { value: isInstance });
}

function isInstance(this: Class, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Object.prototype.isPrototypeOf.call(this.prototype, value)) return true;
  const name = brandOf(this);
  return name !== undefined && prototypesOf(value).some((each) => brandOf(each.constructor) === name);
}

/** A class's own: subclasses inherit what their base class has. */
function brandOf(of: unknown): unknown {
  return typeof of !== "function" ? undefined : Object.getOwnPropertyDescriptor(of, BRAND)?.value;
}

function prototypesOf(value: object): object[] {
  const found: object[] = [];
  for (let next = proto(value); next !== null; next = proto(next)) found.push(next);
  return found;
}

function proto(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null;
}
