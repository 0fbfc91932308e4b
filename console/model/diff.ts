/** Two texts line by line: what only the first has, what only the second has, and what both have. */

export interface DiffLine {
  readonly side: "both" | "before" | "after";
  readonly text: string;
}

/** Beyond so many pairs of lines to be compared, all that lies between equal beginnings and ends counts as changed. */
const MOST_PAIRS = 4_000_000;

export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [middleA, middleB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return [
    ...a.slice(0, start).map(both),
    ...(middleA.length * middleB.length > MOST_PAIRS ? replaced(middleA, middleB) : compared(middleA, middleB)),
    ...a.slice(a.length - end).map(both),
  ];
}

/** True if there is anything to be seen of it. */
export function differs(lines: readonly DiffLine[]): boolean {
  return lines.some(({ side }) => side !== "both");
}

function replaced(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  return [
    ...a.map((text) => ({ side: "before", text }) as const),
    ...b.map((text) => ({ side: "after", text }) as const),
  ];
}

/** By the longest row of lines that both have. */
function compared(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const lengthAt = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j] ? lengthAt(i + 1, j + 1) + 1 : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      lines.push(both(a[i++] ?? ""));
      j++;
    } else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) lines.push({ side: "before", text: a[i++] ?? "" });
    else lines.push({ side: "after", text: b[j++] ?? "" });
  }
  return [...lines, ...replaced(a.slice(i), b.slice(j))];
}

function both(text: string): DiffLine {
  return { side: "both", text };
}
