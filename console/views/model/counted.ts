const numbers = new Intl.NumberFormat("en");

/** A number of things in words: `1 row`, `2,000 rows`, `3 processes`. */
export function counted(count: number, what: string): string {
  const plural = what.endsWith("s") ? `${what}es` : `${what}s`;
  return `${numbers.format(count)} ${count === 1 ? what : plural}`;
}
