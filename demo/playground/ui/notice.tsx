import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { duration } from "./labels.ts";
import type { Playground } from "./playground.ts";

/** How long what is only told stays, in ms. */
const SHOWN_MS = 7_000;

/** Less than this ahead, in ms, is not worth a word. */
const AHEAD_MS = 2_000;

/** The last line of the page. What is told goes by itself, unless somebody is on it; what went wrong waits to be read. */
export function NoticeBar({ playground }: { readonly playground: Playground }): JSX.Element {
  const isHeld = useSignal(false);
  useSignalEffect(() => {
    const notice = playground.notice.value;
    if (notice === undefined || notice.isError || isHeld.value) return undefined;
    const timer = setTimeout(() => playground.dismiss(), SHOWN_MS);
    return () => clearTimeout(timer);
  });
  const notice = playground.notice.value;
  const hold = (held: boolean) => () => (isHeld.value = held);
  return (
    <footer
      class={`foot ${notice?.isError === true ? "foot-error" : ""}`}
      onMouseEnter={hold(true)}
      onMouseLeave={hold(false)}
      onFocusIn={hold(true)}
      onFocusOut={hold(false)}
    >
      <p class="notice" role="status">
        {notice?.text}
      </p>
      {playground.aheadMs > AHEAD_MS && (
        <span
          class="hint"
          title="Time was skipped. The clock stays ahead, since what is in the log cannot lie in the future."
        >
          Clock: {duration(playground.aheadMs)} ahead
        </span>
      )}
      {notice !== undefined && (
        <button type="button" class="quiet" onClick={() => playground.dismiss()}>
          Dismiss
        </button>
      )}
    </footer>
  );
}
