/** Imports many rows, a few at a time. Some bad rows are reported; too many stop the import early. */

import { type DurableContext, retryPresets, withDurableExecution } from "perdure";

export interface RowImport {
  /** Each `name,amount`. */
  readonly rows: string[];
  /** How many bad rows to put up with; default 2. */
  readonly tolerated?: number;
  /** Default 5. */
  readonly atOnce?: number;
}

export interface RowImportResult {
  readonly status: "imported" | "stopped";
  readonly imported: number;
  readonly total: number;
  /** Bad rows by their index, with what is wrong. */
  readonly bad: readonly { readonly row: number; readonly reason: string }[];
}

export const importRows = withDurableExecution(
  async (event: RowImport, context: DurableContext): Promise<RowImportResult> => {
    const batch = await context.map(
      "import",
      event.rows,
      async (item, row) =>
        await item.step("parse", async () => parseAmount(row), { retryStrategy: retryPresets.noRetry }),
      {
        maxConcurrency: event.atOnce ?? 5,
        completionConfig: { toleratedFailureCount: event.tolerated ?? 2 },
        itemNamer: (_, index) => `row ${index + 1}`,
      },
    );
    const amounts = batch.getResults();
    return {
      status: batch.completionReason === "ALL_COMPLETED" ? "imported" : "stopped",
      imported: batch.successCount,
      total: amounts.reduce((sum, amount) => sum + amount, 0),
      bad: batch.failed().map(({ index, error }) => ({ row: index, reason: error.message })),
    };
  },
);

function parseAmount(row: string): number {
  const amount = Number(row.split(",")[1]);
  if (!Number.isFinite(amount)) throw new Error(`no amount in "${row}"`);
  return amount;
}
