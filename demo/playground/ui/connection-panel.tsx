import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

/** The address, the token and the functions of a Worker to connect. */
export interface ConnectionRequest {
  readonly address: string;
  readonly token: string;
  readonly functionNames: readonly string[];
}

export interface ConnectionPanelProps {
  /** Of the Worker that is looked at; undefined for this browser. */
  readonly address: string | undefined;
  /** The address that is offered. */
  readonly offered: string;
  /** The origin of this page, which a Worker has to allow. */
  readonly origin: string;
  readonly onConnect: (request: ConnectionRequest) => Promise<"connected" | "unlisted" | "failed">;
  readonly onDisconnect: () => void;
}

/** The choice of the executions that are shown: this browser's, or those of a Worker. */
export function ConnectionPanel(props: ConnectionPanelProps): JSX.Element {
  const isOpen = useSignal(false);
  if (props.address !== undefined) {
    return (
      <div class="connection connected">
        <span class="address" title={`The executions of the Worker at ${props.address}`}>
          <span class="hint">Worker</span> {props.address.replace(/^https?:\/\//, "")}
        </span>
        <button
          type="button"
          class="quiet"
          data-opens="connection"
          data-opened-by="connection"
          onClick={props.onDisconnect}
        >
          Back to this browser
        </button>
      </div>
    );
  }
  const close = (event: KeyboardEvent): void => {
    if (event.key === "Escape") isOpen.value = false;
  };
  return (
    <div class="connection" onKeyDown={close}>
      <button
        type="button"
        class="quiet"
        data-opens="connection"
        aria-expanded={isOpen.value}
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        Look at a Worker
      </button>
      {isOpen.value && <ConnectionForm {...props} onConnected={() => (isOpen.value = false)} />}
    </div>
  );
}

interface ConnectionFormProps extends ConnectionPanelProps {
  readonly onConnected: () => void;
}

function ConnectionForm({ offered, origin, onConnect, onConnected }: ConnectionFormProps): JSX.Element {
  const isUnlisted = useSignal(false);
  const isBusy = useSignal(false);
  const connect = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy.value) return;
    const request = requestOf(event.currentTarget as HTMLFormElement);
    isBusy.value = true;
    const outcome = await onConnect(request);
    isBusy.value = false;
    if (outcome === "unlisted") isUnlisted.value = true;
    if (outcome === "connected") onConnected();
  };
  return (
    <form
      class="popover"
      aria-label="Look at a Worker"
      data-opened-by="connection"
      onSubmit={(event) => void connect(event)}
    >
      <p class="hint">Shows the executions of a Worker that serves the HTTP API, live.</p>
      <label>
        Address
        <input name="address" type="url" required defaultValue={offered} ref={focusFirst} />
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
      <p class="hint">
        A Worker elsewhere has to allow this page, with <code>allowedOrigins: ["{origin}"]</code>: browsers ask for
        that.
      </p>
      <p class="hint">The token stays in this tab until it is closed or left. It is in no link.</p>
      <button type="submit" class="primary" aria-disabled={isBusy.value}>
        Connect
      </button>
    </form>
  );
}

function requestOf(element: HTMLFormElement): ConnectionRequest {
  const form = new FormData(element);
  const field = (name: string): string => {
    const value = form.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  const functionNames = field("functions")
    .split(/[\s,]+/)
    .filter(Boolean);
  return { address: field("address"), token: field("token"), functionNames };
}

/** Once, when it appears. */
function focusFirst(input: HTMLInputElement | null): void {
  input?.focus();
}
