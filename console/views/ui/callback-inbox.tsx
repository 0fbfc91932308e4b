import { useSignal } from "@preact/signals";
import type { CallbackOutcome, Operation } from "perdure/engine";
import type { JSX } from "preact";
import { remaining } from "./labels.ts";

/** A callback that waits for an answer. */
export interface OpenCallback {
  readonly operation: Extract<Operation, { type: "CALLBACK" }>;
  readonly name: string;
  /** What it is answered with unless something else is written. */
  readonly answer: string;
}

export interface CallbackInboxProps {
  readonly callbacks: readonly OpenCallback[];
  /** Ms since the epoch. */
  readonly now: number;
  readonly onComplete: (callbackId: string, outcome: CallbackOutcome) => void;
}

/** More would leave no room for anything else. */
const MOST_SHOWN = 5;

/** Callbacks that wait for somebody: here the visitor can be that somebody. */
export function CallbackInbox({ callbacks, now, onComplete }: CallbackInboxProps): JSX.Element | null {
  if (callbacks.length === 0) return null;
  return (
    <section class="inbox" aria-labelledby="inbox-title">
      <h3 id="inbox-title">Callbacks</h3>
      {callbacks.slice(0, MOST_SHOWN).map((callback) => (
        <Callback key={callback.operation.callbackId} {...{ callback, now, onComplete }} />
      ))}
      {callbacks.length > MOST_SHOWN && <p class="hint">{callbacks.length - MOST_SHOWN} more wait for an answer.</p>}
    </section>
  );
}

interface CallbackProps extends Omit<CallbackInboxProps, "callbacks"> {
  readonly callback: OpenCallback;
}

function Callback({ callback: { operation, name, answer }, now, onComplete }: CallbackProps): JSX.Element {
  const written = useSignal<string | undefined>(undefined);
  const { callbackId } = operation;
  const result = written.value ?? answer;
  const fail = (): void => {
    const error = { errorType: "Refused", errorMessage: written.value ?? "refused in the playground" };
    onComplete(callbackId, { type: "FAILED", error });
  };
  const hasHeartbeat = operation.heartbeatTimeoutSeconds !== undefined;
  return (
    <form
      class="callback"
      onSubmit={(event) => (event.preventDefault(), onComplete(callbackId, { type: "SUCCEEDED", result }))}
    >
      <label>
        It waits for an answer to “{name}”
        <input
          value={result}
          title="The text that the code is given; with Fail it is the error's message."
          onInput={({ currentTarget }) => (written.value = currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary">
        Succeed
      </button>
      <button type="button" onClick={fail}>
        Fail
      </button>
      <button
        type="button"
        disabled={!hasHeartbeat}
        title={
          hasHeartbeat
            ? "Says that somebody still works on the answer, which puts its heartbeat timeout off."
            : "This callback has no heartbeat timeout, so a heartbeat would change nothing."
        }
        onClick={() => onComplete(callbackId, { type: "HEARTBEAT" })}
      >
        Heartbeat
      </button>
      <p class="hint">{timeoutText(operation, now)}</p>
    </form>
  );
}

function timeoutText({ timeoutAt, heartbeatAt }: OpenCallback["operation"], now: number): string {
  const parts = [
    ...(timeoutAt === undefined ? [] : [`Times out in ${remaining(timeoutAt - now)}.`]),
    ...(heartbeatAt === undefined ? [] : [`Needs a heartbeat within ${remaining(heartbeatAt - now)}.`]),
  ];
  return parts.length === 0 ? "It waits for as long as it takes." : parts.join(" ");
}
