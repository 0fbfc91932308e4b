import type { HistoryEvent } from "perdure/engine";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { clockTime } from "./labels.ts";
import type { Playground } from "./playground.ts";
import { VirtualList } from "./virtual-list.tsx";

/** The history, as AWS names its events. Choosing one shows its operation. */
export function HistoryView({ playground }: { readonly playground: Playground }): JSX.Element {
  const revision = playground.revision.value;
  const view = playground.view.value;
  const seq = playground.seq.value;
  const events = useMemo(() => view.events.filter((each) => each.seq <= seq), [view, revision, seq]);
  return (
    <VirtualList
      id="event"
      label="History"
      items={events}
      keyOf={({ event }) => String(event.eventId)}
      onSelect={({ event }) => (playground.operationId.value = event.id)}
      follow={playground.scrub.value === undefined}
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
