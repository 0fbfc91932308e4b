import type { HistoryEvent } from "perdure/engine";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { ExecutionView } from "../model/execution-view.ts";
import { clockTime } from "./labels.ts";
import { VirtualList } from "./virtual-list.tsx";

export interface HistoryViewProps {
  readonly view: ExecutionView;
  /** Changes when the view has: it is changed in place. */
  readonly revision: number;
  /** The commit that is looked at. */
  readonly seq: number;
  readonly isLive: boolean;
  /** With the operation of an event; without one for the execution's own. */
  readonly onSelect: (operationId: string | undefined) => void;
}

/** The history, as AWS names its events. Choosing one shows its operation. */
export function HistoryView({ view, revision, seq, isLive, onSelect }: HistoryViewProps): JSX.Element {
  const events = useMemo(() => view.events.filter((each) => each.seq <= seq), [view, revision, seq]);
  return (
    <VirtualList
      id="event"
      label="History"
      items={events}
      keyOf={({ event }) => String(event.eventId)}
      onSelect={({ event }) => onSelect(event.id)}
      follow={isLive}
      empty="No event yet."
      render={({ event }) => (
        <span class="cells">
          <span class="cell-number">{event.eventId}</span>
          <span class="cell-main">{event.eventType}</span>
          <span class="cell-text">{textOf(event)}</span>
          <time class="cell-time" dateTime={new Date(event.at).toISOString()}>
            {clockTime(event.at)}
          </time>
        </span>
      )}
    />
  );
}

function textOf({ name, error, result, input }: HistoryEvent): string {
  return [name, error?.errorMessage ?? result ?? input].filter((part) => part !== undefined).join("  ");
}
