/** Whom a chained invoke calls, and under which name the callee's execution runs. */

/** Splits `name`, `name:version` or a function ARN; the version is a number, a name or `$LATEST`. */
export function splitTarget(functionName: string): { name: string; version: string | undefined } {
  const parts = functionName.split(":");
  const at = parts.indexOf("function");
  const [name, version] = functionName.startsWith("arn:") && at > 0 ? parts.slice(at + 1) : parts;
  return { name: name ?? functionName, version };
}

const MAX_NAME = 64;

/**
 * The same operation of the same execution always gets the same name, so starting its callee twice starts it once. An
 * execution that was rewound calls anew, under other names.
 * The incarnation is 128 random bits; a position too long to follow it is folded to 16 hex digits.
 */
export function childName(incarnation: string, operationId: string, rewinds: number = 0): string {
  const prefix = rewinds === 0 ? `${incarnation}-` : `${incarnation}-r${rewinds}-`;
  const name = `${prefix}${operationId}`;
  return name.length <= MAX_NAME ? name : `${prefix}${hash(operationId, 0x811c9dc5)}${hash(operationId, 0x01000193)}`;
}

const CHILD_NAME = /^[0-9a-f]{32}-(r\d+-)?([0-9a-f]{16}|\d+(-\d+)*)$/;

/** True for a name of the form that `childName` gives: whoever takes one before the invoke has it makes the invoke fail. */
export function isChildName(name: string): boolean {
  return CHILD_NAME.test(name);
}

/** FNV-1a, 32 bits. */
function hash(text: string, seed: number): string {
  let value = seed;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, "0");
}
