/**
 * A number of 32 bits by which damage to a text is found; forgery is not. A change of any one character changes the
 * checksum. `from` is where in the text it begins.
 */
export function checksum(text: string, from: number = 0): number {
  let sum = 0x811c9dc5;
  for (let index = from; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return sum >>> 0;
}
