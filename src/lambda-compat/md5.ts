/**
 * MD5, written out because browsers and Workers offer no synchronous digest. It stands here for its brevity and because
 * the wire asks for it; nothing rests on its strength. On Node, too: loading `node:crypto` takes as long as all of this
 * package.
 */

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
/** By round, which word of the block comes next. */
const STRIDES = [1, 5, 3, 7];
const OFFSETS = [0, 1, 5, 0];
const SINES = Int32Array.from({ length: 64 }, (_, index) => Math.abs(Math.sin(index + 1)) * 2 ** 32);

/** The MD5 of a text's UTF-8, 32 hex digits. */
export function md5(text: string): string {
  const words = padded(new TextEncoder().encode(text));
  let state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < words.length; block += 16) {
    const mixed = mix(state, words.subarray(block, block + 16));
    state = state.map((word, index) => (word + (mixed[index] ?? 0)) | 0);
  }
  return state.map(hex).join("");
}

/** The message, a one bit, zeros, and the length in bits, as little-endian words of whole blocks. */
function padded(bytes: Uint8Array): Int32Array {
  const words = new Int32Array((((bytes.length + 8) >> 6) + 1) << 4);
  const put = (byte: number, at: number): void => {
    words[at >> 2] = (words[at >> 2] ?? 0) | (byte << ((at & 3) << 3));
  };
  bytes.forEach(put);
  put(0x80, bytes.length);
  words[words.length - 2] = bytes.length << 3;
  return words;
}

function mix(state: readonly number[], words: Int32Array): readonly number[] {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let index = 0; index < 64; index++) {
    const round = index >> 4;
    const bits =
      round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
    const word = words[((STRIDES[round] ?? 0) * index + (OFFSETS[round] ?? 0)) & 15] ?? 0;
    const sum = (a + bits + (SINES[index] ?? 0) + word) | 0;
    const shift = SHIFTS[(round << 2) | (index & 3)] ?? 0;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  return [a, b, c, d];
}

/** Little-endian. */
function hex(word: number): string {
  return [0, 8, 16, 24].map((shift) => ((word >>> shift) & 255).toString(16).padStart(2, "0")).join("");
}
