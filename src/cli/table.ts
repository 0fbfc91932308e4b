/** Rows in columns that fit the terminal. */

import { type Colour, printable, type Terminal } from "./terminal.ts";

export interface Cell {
  readonly text: string;
  readonly colour?: Colour | undefined;
}

const GAP = "  ";

/** The last column takes the room that is left, and is cut there. */
export function printTable(terminal: Terminal, header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const head = header.map((text): Cell => ({ text, colour: "dim" }));
  const lines = [head, ...rows].map((row) => row.map((cell) => ({ ...cell, text: printable(cell.text) })));
  const widths = header.map((_, column) => widest(lines.map((row) => row[column]?.text ?? "")));
  for (const row of lines) {
    let left = terminal.width;
    const cells = row.map(({ text, colour }, column) => {
      const isLast = column === row.length - 1;
      const width = Math.min(widths[column] ?? 0, left);
      left = Math.max(0, left - width - GAP.length);
      const fitted = text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
      return terminal.paint(isLast ? fitted : fitted.padEnd(width), colour);
    });
    terminal.print(cells.join(GAP).trimEnd());
  }
}

/** The length of the longest. */
export function widest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

const STATUS_COLOURS: Readonly<Record<string, Colour>> = {
  RUNNING: "cyan",
  SUCCEEDED: "green",
  FAILED: "red",
  TIMED_OUT: "red",
  HALTED: "yellow",
  PAUSED: "yellow",
  STOPPED: "yellow",
};

export function statusCell(status: string, reason?: string): Cell {
  return { text: reason === undefined ? status : `${status} ${reason}`, colour: STATUS_COLOURS[status] };
}
