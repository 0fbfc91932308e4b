import { useSignal } from "@preact/signals";
import type { ExecutionHeader, Operation } from "perdure/engine";
import type { JSX } from "preact";
import { operationAt } from "../../../console/views/model/execution-view.ts";
import type { LogLine } from "../sandbox/protocol.ts";
import { ExecutionDetails, type ExecutionDetailsProps, type Relative } from "../ui/execution-details.tsx";
import { OperationDeeds, RewindForm } from "../ui/operation-deeds.tsx";
import type { ShownLogLine } from "../../../console/views/ui/log-lines.tsx";
import { OperationDetails } from "../../../console/views/ui/operation-details.tsx";
import type { Track } from "../../../console/views/model/execution-view.ts";
import type { PaneProps } from "./app.tsx";

/** Of the chosen operation, or of the execution while none is chosen. */
export function Details({ playground }: PaneProps): JSX.Element | null {
  const { selection } = playground;
  void selection.revision.value;
  const track = selection.view.value.track(selection.operationId.value ?? "");
  const operation = track === undefined ? undefined : operationAt(track, selection.seq.value);
  if (track === undefined || operation === undefined) return <OfExecution playground={playground} />;
  return <OfOperation {...{ playground, track, operation }} />;
}

interface OfOperationProps extends PaneProps {
  readonly track: Track;
  readonly operation: Operation;
}

function OfOperation({ playground, track, operation }: OfOperationProps): JSX.Element {
  const { bench, connection, controls, selection, watch } = playground;
  void selection.revision.value;
  /** Of which operation it was asked whether to rewind to it. */
  const asked = useSignal<string | undefined>(undefined);
  const execution = selection.id.value ?? "";
  const { id } = operation;
  const place = `${execution} ${id}`;
  const close = (): void => {
    asked.value = undefined;
  };
  return (
    <OperationDetails
      {...{ operation, track, seq: selection.seq.value, now: playground.moment.value }}
      line={watch.sites.recorded(execution, id)?.line}
      runs={watch.sites.runs(execution, id)}
      lines={shownLines(playground, watch.lines.of(execution, id), id)}
      thrown={watch.lines.thrownBy(execution, id)}
      onClose={() => (selection.operationId.value = undefined)}
      onLine={(line) => bench.pointAt(line)}
      deeds={
        <OperationDeeds
          onRestart={connection.isRemote ? undefined : () => void controls.restartFrom(id)}
          onRewind={() => (asked.value = place)}
        />
      }
      form={
        asked.value === place && (
          <RewindForm
            title={track.title}
            file={connection.isRemote ? undefined : bench.draft.value.file}
            onRewind={() => controls.rewind(id)}
            onClose={close}
          />
        )
      }
    />
  );
}

function OfExecution({ playground }: PaneProps): JSX.Element | null {
  const { bench, selection, watch } = playground;
  const header = selection.view.value.headerAt(selection.seq.value);
  const id = selection.id.value;
  if (id === undefined || header === undefined) return null;
  // Of an earlier commit, too, those are told that have come to be since.
  const { forks = [] } = selection.view.value.header ?? header;
  return (
    <ExecutionDetails
      header={header}
      now={playground.moment.value}
      hasOperations={selection.view.value.tracks.length > 0}
      parent={parentOf(playground, header)}
      forks={forks.map(({ executionId }) => relativeOf(executionId))}
      lines={shownLines(playground, watch.lines.of(id), undefined)}
      thrown={watch.lines.thrownBy(id)}
      onSelect={(other) => playground.choose(other)}
      onLine={(line) => bench.pointAt(line)}
    />
  );
}

function parentOf(
  { selection }: PaneProps["playground"],
  { forkedFrom }: ExecutionHeader,
): ExecutionDetailsProps["parent"] {
  if (forkedFrom === undefined) return undefined;
  const { executionId, operationId } = forkedFrom;
  if (operationId === undefined) return { ...relativeOf(executionId), operationName: undefined };
  const name = selection.view.value.track(operationId)?.versions.at(-1)?.operation.name;
  return { ...relativeOf(executionId), operationName: name ?? `position ${operationId}` };
}

function relativeOf(id: string): Relative {
  return { id, name: id.slice(id.indexOf("/") + 1) };
}

/** With the operation that each comes from, where it is another one than `owner`. */
function shownLines(
  { selection }: PaneProps["playground"],
  lines: readonly LogLine[],
  owner: string | undefined,
): readonly ShownLogLine[] {
  const view = selection.view.value;
  const ownerName = view.track(owner ?? "")?.title;
  return lines.map((line) => {
    const operation = view.track(line.id ?? "")?.versions.at(-1)?.operation;
    const from = operation === undefined ? undefined : (view.nameOf(operation) ?? view.titleOf(operation));
    return { ...line, from: line.id === owner || from === ownerName ? undefined : from };
  });
}
