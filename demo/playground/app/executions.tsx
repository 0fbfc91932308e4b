import type { JSX } from "preact";
import { ExecutionActions } from "../ui/execution-actions.tsx";
import { ExecutionList } from "../ui/execution-list.tsx";
import { VerdictPanel } from "../ui/verdict-panel.tsx";
import type { PaneProps } from "./app.tsx";

/** All executions, and what can be done with them. */
export function Executions({ playground }: PaneProps): JSX.Element {
  const { listing, selection, clock, runs } = playground;
  const verdict = runs.verdict.value;
  const open = (): void => {
    playground.tab.value = "Timeline";
  };
  return (
    <ExecutionList
      rows={listing.rows.value}
      question={listing.question.value}
      filter={{ functionName: listing.functionName.value, status: listing.status.value, tag: listing.tag.value }}
      functionNames={listing.functionNames.value}
      selected={selection.id.value}
      now={clock.now.value}
      empty={emptyText(playground)}
      onFilter={(change) => listing.filter(change)}
      onRefresh={() => void listing.refresh()}
      onSelect={(id) => playground.choose(id)}
      onOpen={open}
    >
      {verdict !== undefined && verdict.executionId === selection.id.value && <VerdictPanel {...verdict} />}
      <Actions playground={playground} onOpen={open} />
    </ExecutionList>
  );
}

function Actions({ playground, onOpen }: PaneProps & { readonly onOpen: () => void }): JSX.Element {
  const { selection, connection, notices, runs } = playground;
  void selection.revision.value;
  const local = {
    onRehearse: () => void notices.attempt(() => runs.rehearse()),
    onPurge: () => void playground.controls.purge(),
    onImport: (file: File) => void playground.controls.importLog(file),
  };
  return (
    <ExecutionActions
      selected={selection.id.value}
      isEnded={selection.view.value.isEnded}
      onOpen={onOpen}
      onStop={() => void playground.controls.stop()}
      onExport={() => download(runs.exportLog())}
      local={connection.isRemote ? undefined : local}
    />
  );
}

function emptyText({ listing, connection }: PaneProps["playground"]): string {
  if (listing.isFiltered) return "No execution is like that. Change the filter.";
  return connection.isRemote ? "The Worker has no execution yet." : "No execution yet. Run starts one.";
}

function download({ name, text }: { readonly name: string; readonly text: string }): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
