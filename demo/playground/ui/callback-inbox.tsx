import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { titleOf } from "./labels.ts";
import type { Playground } from "./playground.ts";

/** Callbacks that wait for somebody: here they can be that somebody. */
export function CallbackInbox({ playground }: { readonly playground: Playground }): JSX.Element | null {
  void playground.revision.value;
  const view = playground.view.value;
  const open = view.isEnded || view.header?.halt !== undefined ? [] : view.openCallbacks;
  if (open.length === 0) return null;
  return (
    <section class="inbox" aria-label="Callbacks">
      {open.map((operation) => {
        const parent = operation.parentId === undefined ? undefined : view.track(operation.parentId);
        const outer = parent?.versions.at(-1)?.operation;
        const name = operation.name ?? (outer === undefined ? "callback" : titleOf(outer));
        return (
          <Callback key={operation.callbackId} name={name} callbackId={operation.callbackId} playground={playground} />
        );
      })}
    </section>
  );
}

interface CallbackProps {
  readonly name: string;
  readonly callbackId: string;
  readonly playground: Playground;
}

function Callback({ name, callbackId, playground }: CallbackProps): JSX.Element {
  const payload = useSignal("yes");
  const complete = (type: "SUCCEEDED" | "FAILED" | "HEARTBEAT"): void => {
    const { value } = payload;
    if (type === "FAILED") {
      const error = { errorType: "Refused", errorMessage: value };
      return void playground.completeCallback(callbackId, { type, error });
    }
    void playground.completeCallback(callbackId, type === "HEARTBEAT" ? { type } : { type, result: value });
  };
  return (
    <form class="callback" onSubmit={(event) => (event.preventDefault(), complete("SUCCEEDED"))}>
      <label class="grow">
        It waits for an answer to “{name}”
        <input value={payload.value} onInput={({ currentTarget }) => (payload.value = currentTarget.value)} />
      </label>
      <button type="submit" class="primary">
        Succeed
      </button>
      <button type="button" onClick={() => complete("FAILED")}>
        Fail
      </button>
      <button type="button" onClick={() => complete("HEARTBEAT")}>
        Heartbeat
      </button>
    </form>
  );
}
