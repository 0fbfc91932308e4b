import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { type ExecutionView, operationAt, type Track } from "../views/model/execution-view.ts";
import { outlineOf, refolded } from "../views/model/outline.ts";
import { textOfFailure } from "../views/ui/failure-text.tsx";
import { statusLabel } from "../views/ui/labels.ts";
import { timeText } from "../views/ui/time-text.ts";
import { Fold, KindTag } from "../views/ui/timeline.tsx";
import { VirtualList } from "../views/ui/virtual-list.tsx";

export interface TreeViewProps {
  readonly view: ExecutionView;
  readonly revision: number;
  readonly seq: number;
  readonly isLive: boolean;
  /** Ms since the epoch. */
  readonly now: number;
  readonly selected: string | undefined;
  readonly onSelect: (operationId: string) => void;
  readonly folded: Signal<ReadonlySet<string>>;
}

/** Operations as they lie in each other, each with its result. */
export function TreeView(props: TreeViewProps): JSX.Element {
  const { view, revision, seq, selected, onSelect, folded, now } = props;
  const tracks = useMemo(() => outlineOf(view.tracks, folded.value, seq), [view, revision, seq, folded.value]);
  const fold = (id: string): void => {
    folded.value = refolded(folded.value, id);
  };
  return (
    <VirtualList
      id="tree"
      label="Operations as a tree"
      items={tracks}
      keyOf={({ id }) => id}
      selected={selected}
      onSelect={({ id }) => onSelect(id)}
      empty="No operation yet."
      tree={{
        level: ({ depth }) => depth,
        isOpen: ({ id, children }) => (children.length === 0 ? undefined : !folded.value.has(id)),
        onToggle: ({ id }) => fold(id),
      }}
      render={(track) => <Row track={track} seq={seq} now={now} isFolded={folded.value.has(track.id)} onFold={fold} />}
    />
  );
}

interface RowProps {
  readonly track: Track;
  readonly seq: number;
  readonly now: number;
  readonly isFolded: boolean;
  readonly onFold: (id: string) => void;
}

function Row({ track, seq, now, isFolded, onFold }: RowProps): JSX.Element {
  const operation = operationAt(track, seq);
  if (operation === undefined) return <span />;
  const { error, result } = operation;
  return (
    <>
      <span class="row-name tree-name" style={{ paddingInlineStart: `${track.depth * 14}px` }}>
        <Fold track={track} isFolded={isFolded} onFold={onFold} />
        <span class={`dot dot-${operation.status}`} />
        <span class="row-title">{track.title}</span>
        <KindTag operation={operation} track={track} />
        <span class="sr">, {statusLabel(operation.status)}</span>
      </span>
      <span class="cell-text">{error === undefined ? (result ?? "").slice(0, 200) : textOfFailure(error)}</span>
      <span class="row-time">{timeText(operation, { now, diedAt: undefined })}</span>
    </>
  );
}
