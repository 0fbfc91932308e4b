import type { MarkedLine } from "../editor/code-editor.ts";
import type { Playground } from "../state/playground.ts";

/** The lines to point out: where the code and the log part, that of the chosen operation, or how far the code had got. */
export function linesOf({ selection, connection, breach, watch }: Playground): readonly MarkedLine[] {
  const { id, operationId, seq, view, revision } = selection;
  void revision.value;
  const execution = id.value;
  if (execution === undefined || connection.isRemote) return [];
  const chosen = lineAt(operationId.value);
  if (chosen !== undefined) return [{ line: chosen, kind: "chosen" }];
  const parted = breach.value;
  if (parted !== undefined) return partingLines(parted.recorded.line, parted.attempted.line);
  const reached = lineAt(view.value.newestAt(seq.value)?.id);
  return reached === undefined ? [] : [{ line: reached, kind: "reached" }];

  /** Its own, or that of the nearest context around it that was called in the code. */
  function lineAt(operation: string | undefined): number | undefined {
    if (operation === undefined || execution === undefined) return undefined;
    const line = watch.sites.recorded(execution, operation)?.line;
    return line ?? lineAt(view.value.track(operation)?.parentId);
  }
}

function partingLines(recorded: number | undefined, attempted: number | undefined): readonly MarkedLine[] {
  return [
    ...(attempted === undefined ? [] : [{ line: attempted, kind: "attempted" } as const]),
    ...(recorded === undefined || recorded === attempted ? [] : [{ line: recorded, kind: "recorded" } as const]),
  ];
}
