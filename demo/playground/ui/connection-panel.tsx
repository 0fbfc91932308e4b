import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { Playground } from "./playground.ts";

/** Which executions are shown: this browser's, or those of a Worker. */
export function ConnectionPanel({ playground }: { readonly playground: Playground }): JSX.Element {
  const isOpen = useSignal(false);
  const opener = useRef<HTMLButtonElement>(null);
  if (playground.isRemote.value) {
    return (
      <button type="button" class="quiet" onClick={() => playground.disconnect()}>
        Back to this browser
      </button>
    );
  }
  const close = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    isOpen.value = false;
    opener.current?.focus();
  };
  return (
    <div class="connection" onKeyDown={close}>
      <button
        ref={opener}
        type="button"
        class="quiet"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        Look at a Worker
      </button>
      {isOpen.value && <ConnectionForm playground={playground} />}
    </div>
  );
}

function ConnectionForm({ playground }: { readonly playground: Playground }): JSX.Element {
  const isUnlisted = useSignal(false);
  const isBusy = useSignal(false);
  const connect = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const functionNames = field("functions")
      .split(/[\s,]+/)
      .filter(Boolean);
    isBusy.value = true;
    const outcome = await playground.connect({ address: field("address"), token: field("token"), functionNames });
    isBusy.value = false;
    if (outcome === "unlisted") isUnlisted.value = true;
  };
  return (
    <form class="popover" aria-label="Look at a Worker" onSubmit={(event) => void connect(event)}>
      <p class="hint">Shows the executions of a Worker that serves the HTTP API, live.</p>
      <label>
        Address
        <input name="address" type="url" required defaultValue={location.origin} ref={focusFirst} />
      </label>
      <label>
        Bearer token
        <input name="token" type="password" required autoComplete="off" />
      </label>
      {isUnlisted.value && (
        <label>
          Functions, separated by commas
          <input name="functions" required ref={focusFirst} />
        </label>
      )}
      <p class="hint">The token stays in this tab's memory. It is in no link and no storage.</p>
      <button type="submit" class="primary" disabled={isBusy.value}>
        Connect
      </button>
    </form>
  );
}

/** Once, when it appears. */
function focusFirst(input: HTMLInputElement | null): void {
  input?.focus();
}
