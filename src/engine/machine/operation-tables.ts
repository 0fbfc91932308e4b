/**
 * Many operations as little text that is read fast. Operations with the same members stand in one table, and a member of
 * all of them in one column. Most columns of a long execution are one value throughout, or whole numbers that grow by
 * little: those are written once, and as the steps from each to the next.
 *
 * The tables know no member by name, so they hold whatever members an operation has. The code is all loops, since all
 * operations of an execution are packed in one go.
 */

import type { Operation } from "../model/operation.ts";

/** The values of one member, one for each operation of its table. */
type Column =
  | { readonly values: readonly unknown[] }
  /** Every operation has this value. */
  | { readonly all: unknown }
  /** Whole numbers: the first, and how much each is above the one before. */
  | { readonly steps: readonly number[] };

/** Operations with the same members, in the order in which they have them. */
interface Table {
  readonly members: readonly string[];
  readonly columns: readonly Column[];
  readonly length: number;
}

export interface OperationTables {
  readonly tables: readonly Table[];
  /** By turns: the index of a table, and how many operations come from it next. */
  readonly order: readonly number[];
}

/** A table that operations are being put into. */
interface OpenTable {
  readonly index: number;
  readonly members: string[];
  readonly columns: unknown[][];
  length: number;
}

type Row = Record<string, unknown>;

export function packOperations(operations: ReadonlyMap<string, Operation>): OperationTables {
  const tables = new Map<string, OpenTable>();
  const order: number[] = [];
  let last: OpenTable | undefined;
  for (const operation of operations.values()) {
    const row: Row = { ...operation };
    const table = tableOf(row, tables);
    table.length++;
    for (let index = 0; index < table.members.length; index++) {
      table.columns[index]?.push(row[table.members[index] ?? ""]);
    }
    if (table !== last) order.push(table.index, 0);
    order[order.length - 1] = (order.at(-1) ?? 0) + 1;
    last = table;
  }
  const packed = Array.from(tables.values(), ({ members, columns, length }) => ({
    members,
    columns: columns.map(pack),
    length,
  }));
  return { tables: packed, order };
}

/** By id, in the order in which they were given. */
export function unpackOperations({ tables, order }: OperationTables): Map<string, Operation> {
  const rows = tables.map(unpackTable);
  const taken = rows.map(() => 0);
  const operations = new Map<string, Operation>();
  for (let turn = 0; turn < order.length; turn += 2) {
    const index = order[turn] ?? 0;
    const from = taken[index] ?? 0;
    const end = from + (order[turn + 1] ?? 0);
    for (let at = from; at < end; at++) {
      const operation = rows[index]?.[at] as unknown as Operation;
      operations.set(operation.id, operation);
    }
    taken[index] = end;
  }
  return operations;
}

/** The table of operations with these members. A member that is undefined counts as absent. */
function tableOf(row: Row, tables: Map<string, OpenTable>): OpenTable {
  let key = "";
  for (const member in row) if (row[member] !== undefined) key += `${member},`;
  const known = tables.get(key);
  if (known !== undefined) return known;
  const members = Object.keys(row).filter((member) => row[member] !== undefined);
  const table = { index: tables.size, members, columns: members.map(() => []), length: 0 };
  tables.set(key, table);
  return table;
}

function unpackTable({ members, columns, length }: Table): Row[] {
  const first: Row = {};
  for (const [index, member] of members.entries()) {
    const column = columns[index];
    first[member] = column !== undefined && "all" in column ? column.all : undefined;
  }
  const rows: Row[] = [];
  for (let row = 0; row < length; row++) rows.push({ ...first });
  for (const [index, member] of members.entries()) {
    const column = columns[index];
    if (column !== undefined && !("all" in column)) fill(rows, member, column);
  }
  return rows;
}

function fill(rows: readonly Row[], member: string, column: Exclude<Column, { readonly all: unknown }>): void {
  const isSteps = "steps" in column;
  const values: readonly unknown[] = isSteps ? column.steps : column.values;
  let sum = 0;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as Row;
    row[member] = isSteps ? (sum += values[index] as number) : values[index];
  }
}

/** The values are no longer to be used. */
function pack(values: unknown[]): Column {
  const [first] = values;
  let isOne = typeof first !== "object";
  let isWhole = isCountable(first);
  for (let index = 1; index < values.length && (isOne || isWhole); index++) {
    isOne &&= values[index] === first;
    isWhole &&= isCountable(values[index]);
  }
  if (isOne) return { all: first };
  return isWhole ? { steps: stepsOf(values as number[]) } : { values };
}

/** True for whole numbers whose differences are exact. */
function isCountable(value: unknown): boolean {
  return Number.isInteger(value) && Math.abs(value as number) <= 2 ** 52;
}

function stepsOf(values: number[]): number[] {
  for (let index = values.length - 1; index > 0; index--)
    values[index] = (values[index] ?? 0) - (values[index - 1] ?? 0);
  return values;
}
