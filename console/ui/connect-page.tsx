import type { JSX } from "preact";
import { takeKeyboard } from "../views/ui/kept-keyboard.ts";
import type { PageProps } from "./app.tsx";

/** The form for the address and the token of a face, before anything can be shown. */
export function ConnectPage({ console }: PageProps): JSX.Element {
  const connect = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const field = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    console.session.connect({ url: field("url"), token: field("token") });
  };
  return (
    <form class="connect" aria-labelledby="connect-title" onSubmit={connect}>
      <h2 id="connect-title" tabIndex={-1} ref={takeKeyboard} data-keyboard="rest">
        Whose executions?
      </h2>
      <p class="hint">
        Of any host that serves perdure's HTTP API: a Worker, a function of Lambda, the emulator, a host of your own.
      </p>
      <label>
        Address
        <input name="url" type="url" required defaultValue={location.origin} />
      </label>
      <label>
        Bearer token
        <input name="token" type="password" required autoComplete="off" />
      </label>
      <button type="submit" class="primary">
        Connect
      </button>
      <p class="hint">
        A host at another address has to let this page in: <code>allowedOrigins: ["{location.origin}"]</code> among the
        options of its HTTP face. Browsers ask for that (CORS).
      </p>
      <p class="hint">
        The token stays in this tab until the tab is closed or you leave. A token with the right <code>read</code> sees;
        one with <code>admin</code> can also do. <code>perdure dev</code> and <code>perdure console</code> open this
        page with a link that needs no token.
      </p>
    </form>
  );
}
