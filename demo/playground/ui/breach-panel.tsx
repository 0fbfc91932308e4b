import type { ComponentChildren, JSX } from "preact";
import type { Breach, BreachSide } from "../model/breach.ts";

export interface BreachPanelProps {
  /** The engine's message. */
  readonly message: string;
  readonly breach: Breach | undefined;
  /** The ways out, as controls. */
  readonly children: ComponentChildren;
}

/** The breach between code and log: both sides, and the way out. */
export function BreachPanel({ message, breach, children }: BreachPanelProps): JSX.Element {
  return (
    <section class="breach" aria-label="Why it halted">
      {breach === undefined ? (
        <p>{message}</p>
      ) : (
        <>
          <p>
            At position {breach.id} the code calls something else than the log has there. It was stopped at that call,
            before it could see another operation's value, and nothing is lost.
          </p>
          <Sides parting={breach} />
        </>
      )}
      <div class="run">{children}</div>
    </section>
  );
}

/** The record in the log, beside the call in the code. */
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
