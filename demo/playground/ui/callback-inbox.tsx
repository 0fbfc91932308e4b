import { useSignal } from "@preact/signals";
import type { Operation } from "perdure/engine";
import type { JSX } from "preact";
import { remaining } from "./labels.ts";
import type { Playground } from "./playground.ts";

type OpenCallback = Extract<Operation, { type: "CALLBACK" }>;

/** Callbacks that wait for somebody: here they can be that somebody. */
export function CallbackInbox({ playground }: { readonly playground: Playground }): JSX.Element | null {
  void playground.revision.value;
  const view = playground.view.value;
  const open = view.isEnded || view.header?.halt !== undefined ? [] : view.openCallbacks;
  if (open.length === 0) return null;
  return (
    <section class="inbox" aria-label="Callbacks">
      {open.slice(0, MOST_SHOWN).map((operation) => (
        <Callback key={operation.callbackId} operation={operation} playground={playground} />
      ))}
      {open.length > MOST_SHOWN && <p class="hint">{open.length - MOST_SHOWN} more wait for an answer.</p>}
    </section>
  );
}

/** More would leave no room for anything else. */
const MOST_SHOWN = 5;

interface CallbackProps {
  readonly operation: OpenCallback;
  readonly playground: Playground;
}

function Callback({ operation, playground }: CallbackProps): JSX.Element {
  const payload = useSignal("yes");
  const { callbackId } = operation;
  const name = playground.view.value.nameOf(operation) ?? "callback";
  const complete = (type: "SUCCEEDED" | "FAILED" | "HEARTBEAT"): void => {
    const { value } = payload;
    if (type === "FAILED") {
      const error = { errorType: "Refused", errorMessage: value };
      return void playground.completeCallback(callbackId, { type, error });
    }
    void playground.completeCallback(callbackId, type === "HEARTBEAT" ? { type } : { type, result: value });
  };
  const hasHeartbeat = operation.heartbeatTimeoutSeconds !== undefined;
  return (
    <form class="callback" onSubmit={(event) => (event.preventDefault(), complete("SUCCEEDED"))}>
      <label>
        It waits for an answer to “{name}”
        <input value={payload.value} onInput={({ currentTarget }) => (payload.value = currentTarget.value)} />
      </label>
      <button type="submit" class="primary">
        Succeed
      </button>
      <button type="button" onClick={() => complete("FAILED")}>
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
        onClick={() => complete("HEARTBEAT")}
      >
        Heartbeat
      </button>
      <p class="hint">{timeoutText(operation, playground.now.value)}</p>
    </form>
  );
}

function timeoutText({ timeoutAt, heartbeatAt }: OpenCallback, now: number): string {
  const parts = [
    ...(timeoutAt === undefined ? [] : [`Times out in ${remaining(timeoutAt - now)}.`]),
    ...(heartbeatAt === undefined ? [] : [`Needs a heartbeat within ${remaining(heartbeatAt - now)}.`]),
  ];
  return parts.length === 0 ? "It waits for as long as it takes." : parts.join(" ");
}
