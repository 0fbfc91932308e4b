/**
 * A callback id carries the way to its execution and 128 random bits: base64 of `<execution id>\n<32 hex digits>`. A
 * holder of the id may complete the callback, so it is never logged.
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** The base64 alphabet, 1 to this many characters, is what the Lambda API takes. */
const MAX_CHARACTERS = 1024;
const RANDOM_DIGITS = 32;

/** The id of a new callback. The execution's id is ASCII; `random` is 32 hex digits. */
export function callbackIdOf(executionId: string, random: string): string {
  const text = `${executionId}\n${random}`;
  let id = "";
  for (let index = 0; index < text.length; index += 3) id += group(text, index);
  return id;
}

/** The execution that a callback belongs to; undefined for a text that is no callback id. */
export function executionIdOfCallback(callbackId: string): string | undefined {
  if (callbackId.length === 0 || callbackId.length > MAX_CHARACTERS || callbackId.length % 4 !== 0) return undefined;
  const text = decode(callbackId);
  const split = text?.lastIndexOf("\n") ?? -1;
  if (text === undefined || split < 1 || text.length - split - 1 !== RANDOM_DIGITS) return undefined;
  return text.slice(0, split);
}

function group(text: string, index: number): string {
  const available = Math.min(text.length - index, 3);
  const bits =
    (text.charCodeAt(index) << 16) |
    (available > 1 ? text.charCodeAt(index + 1) << 8 : 0) |
    (available > 2 ? text.charCodeAt(index + 2) : 0);
  return (
    digit(bits >> 18) +
    digit((bits >> 12) & 63) +
    (available > 1 ? digit((bits >> 6) & 63) : "=") +
    (available > 2 ? digit(bits & 63) : "=")
  );
}

function digit(value: number): string {
  return ALPHABET.charAt(value);
}

function decode(base64: string): string | undefined {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  const end = base64.length - padding;
  let text = "";
  let bits = 0;
  for (let index = 0; index < base64.length; index++) {
    const value = index < end ? ALPHABET.indexOf(base64.charAt(index)) : 0;
    if (value < 0) return undefined;
    bits = (bits << 6) | value;
    if (index % 4 !== 3) continue;
    text += String.fromCharCode((bits >> 16) & 255, (bits >> 8) & 255, bits & 255);
    bits = 0;
  }
  return text.slice(0, text.length - padding);
}
