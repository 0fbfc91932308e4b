import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Playground } from "./playground.ts";

/** Which executions are shown: this browser's, or those of a Worker. */
export function ConnectionPanel({ playground }: { readonly playground: Playground }): JSX.Element {
  const isOpen = useSignal(false);
  if (playground.isRemote.value) {
    return (
      <button type="button" class="quiet" onClick={() => playground.disconnect()}>
        Back to this browser
      </button>
    );
  }
  const connect = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const functionNames = field("functions")
      .split(/[\s,]+/)
      .filter(Boolean);
    isOpen.value = false;
    void playground.connect({ address: field("address"), token: field("token"), functionNames });
  };
  return (
    <div class="connection">
      <button type="button" class="quiet" aria-expanded={isOpen.value} onClick={() => (isOpen.value = !isOpen.value)}>
        Look at a Worker
      </button>
      {isOpen.value && (
        <form class="popover" onSubmit={connect}>
          <label>
            Address
            <input name="address" type="url" required value={location.origin} />
          </label>
          <label>
            Bearer token
            <input name="token" type="password" required autoComplete="off" />
          </label>
          <label>
            Functions
            <input name="functions" required value="order-saga, encode-video, approve-expense" />
          </label>
          <p class="hint">The token stays in this tab's memory. It is in no link and no storage.</p>
          <button type="submit" class="primary">
            Connect
          </button>
        </form>
      )}
    </div>
  );
}
