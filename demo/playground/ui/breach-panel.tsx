import type { JSX } from "preact";
import type { Breach, BreachSide } from "../model/breach.ts";
import type { Playground } from "./playground.ts";

/** Where code and log part: both sides, and the way out. */
export function BreachPanel({ playground }: { readonly playground: Playground }): JSX.Element | null {
  const header = playground.view.value.header;
  const breach = playground.breach.value;
  if (header?.halt === undefined) return null;
  return (
    <section class="breach" aria-label="Why it halted">
      {breach === undefined ? (
        <p>{header.halt.error.errorMessage}</p>
      ) : (
        <>
          <p>
            At position {breach.id} the code calls something else than the log has there. It was stopped at that call,
            before it could see another operation's value, and nothing is lost.
          </p>
          <Sides parting={breach} />
        </>
      )}
      <WaysOut playground={playground} />
    </section>
  );
}

function WaysOut({ playground }: { readonly playground: Playground }): JSX.Element {
  const previous = playground.previousCode;
  const canPutBack = previous !== undefined && previous !== playground.draft.value.code && !playground.isRemote.value;
  return (
    <div class="run">
      {canPutBack && (
        <button type="button" class="primary" onClick={() => playground.putBack(previous)}>
          Put the earlier code back
        </button>
      )}
      <button type="button" class={canPutBack ? "" : "primary"} onClick={() => void playground.resume()}>
        {playground.isRemote.value ? "Resume" : "Resume with this code"}
      </button>
    </div>
  );
}

/** What the log has, beside what the code calls. */
export function Sides({ parting }: { readonly parting: Breach }): JSX.Element {
  return (
    <div class="sides">
      <Side title="The log has" side={parting.recorded} />
      <Side title="The code calls" side={parting.attempted} />
    </div>
  );
}

function Side({ title, side }: { readonly title: string; readonly side: BreachSide }): JSX.Element {
  return (
    <div class="side">
      <h3>{title}</h3>
      <p class="code">{side.what}</p>
      {side.line !== undefined && <p class="hint">line {side.line}</p>}
    </div>
  );
}
