import type { JSX } from "preact";
import type { BreachSide } from "../model/breach.ts";
import type { Playground } from "./playground.ts";

/** Where code and log part: both sides, and the way out. */
export function BreachPanel({ playground }: { readonly playground: Playground }): JSX.Element | null {
  const header = playground.view.value.header;
  const breach = playground.breach.value;
  if (header?.halt === undefined) return null;
  const previous = playground.previousCode;
  const canPutBack = previous !== undefined && previous !== playground.draft.value.code && !playground.isRemote.value;
  return (
    <section class="breach" aria-label="Why it halted">
      {breach === undefined ? (
        <p>{header.halt.error.errorMessage}</p>
      ) : (
        <>
          <p>
            The code no longer matches the log at position {breach.id}. It was stopped at that call, before it could see
            another operation's value.
          </p>
          <div class="sides">
            <Side title="The log has" side={breach.recorded} />
            <Side title="The code calls" side={breach.attempted} />
          </div>
        </>
      )}
      <div class="run">
        {canPutBack && (
          <button type="button" onClick={() => playground.edit({ code: previous })}>
            Put the code before back
          </button>
        )}
        <button type="button" class="primary" onClick={() => void playground.resume()}>
          Resume with this code
        </button>
      </div>
    </section>
  );
}

function Side({ title, side }: { readonly title: string; readonly side: BreachSide }): JSX.Element {
  return (
    <div class="side">
      <h3>{title}</h3>
      <p class="code">{side.what}</p>
      <p class="hint">{side.line === undefined ? "line unknown" : `line ${side.line}`}</p>
    </div>
  );
}
