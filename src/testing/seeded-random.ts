/** Numbers that look random and are the same for the same seed, on every platform. */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** 32 lower-case hex digits. */
  id(): string;
}

/** `seed` may be any whole number. The generator is Mulberry32: 32 bits of state, enough for tests and for nothing else. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  function bits(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
  const next = (): number => bits() / 2 ** 32;
  const word = (): string => bits().toString(16).padStart(8, "0");
  return {
    next,
    below: (below) => Math.floor(next() * below),
    chance: (probability) => next() < probability,
    id: () => word() + word() + word() + word(),
  };
}
