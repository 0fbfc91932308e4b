import type { Operation } from "perdure/engine";
import type { ComponentChildren, JSX } from "preact";
import { remaining } from "./labels.ts";

/** A callback that waits for an answer. */
export interface OpenCallback {
  readonly operation: Extract<Operation, { type: "CALLBACK" }>;
  readonly name: string;
}

export interface CallbackInboxProps<Callback extends OpenCallback> {
  readonly callbacks: readonly Callback[];
  /** The controls that answer it. */
  readonly render: (callback: Callback) => ComponentChildren;
}

/** More would leave no room for anything else. */
const MOST_SHOWN = 5;

/** Callbacks that wait for somebody: whoever looks can be that somebody. */
export function CallbackInbox<Callback extends OpenCallback>(props: CallbackInboxProps<Callback>): JSX.Element | null {
  const { callbacks, render } = props;
  if (callbacks.length === 0) return null;
  return (
    <section class="inbox" aria-labelledby="inbox-title">
      <h3 id="inbox-title">Callbacks</h3>
      {callbacks.slice(0, MOST_SHOWN).map((callback) => (
        <div key={callback.operation.callbackId} class="callback-place">
          {render(callback)}
        </div>
      ))}
      {callbacks.length > MOST_SHOWN && <p class="hint">{moreText(callbacks.length - MOST_SHOWN)}</p>}
    </section>
  );
}

function moreText(count: number): string {
  return count === 1 ? "1 more waits for an answer." : `${count} more wait for an answer.`;
}

export interface HeartbeatButtonProps {
  readonly operation: OpenCallback["operation"];
  readonly onBeat: () => void;
}

export function HeartbeatButton({ operation, onBeat }: HeartbeatButtonProps): JSX.Element {
  const hasHeartbeat = operation.heartbeatTimeoutSeconds !== undefined;
  return (
    <button
      type="button"
      disabled={!hasHeartbeat}
      title={
        hasHeartbeat
          ? "Says that somebody still works on the answer, which puts its heartbeat timeout off."
          : "This callback has no heartbeat timeout, so a heartbeat would change nothing."
      }
      onClick={onBeat}
    >
      Heartbeat
    </button>
  );
}

/** By when a callback has to be answered; `now` is in ms since the epoch. */
export function deadlineText({ timeoutAt, heartbeatAt }: OpenCallback["operation"], now: number): string {
  const parts = [
    ...(timeoutAt === undefined ? [] : [`Times out in ${remaining(timeoutAt - now)}.`]),
    ...(heartbeatAt === undefined ? [] : [`Needs a heartbeat within ${remaining(heartbeatAt - now)}.`]),
  ];
  return parts.length === 0 ? "It waits for as long as it takes." : parts.join(" ");
}
