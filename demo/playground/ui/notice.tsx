import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { duration } from "../../../console/views/ui/labels.ts";

export interface NoticeBarProps {
  readonly notice: { readonly text: string; readonly isError: boolean } | undefined;
  /** How far the clock is ahead, in ms. */
  readonly aheadMs: number;
  readonly onDismiss: () => void;
  readonly onClockBack: () => void;
}

/** How long what is only told stays, in ms. */
const SHOWN_MS = 7_000;

/** The last line of the page. What is told goes by itself, unless somebody is on it; what went wrong waits to be read. */
export function NoticeBar({ notice, aheadMs, onDismiss, onClockBack }: NoticeBarProps): JSX.Element {
  const isHeld = useSignal(false);
  const goesAway = notice !== undefined && !notice.isError && !isHeld.value;
  useEffect(() => {
    if (!goesAway) return undefined;
    const timer = setTimeout(onDismiss, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice, goesAway]);
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
      {aheadMs > 0 && (
        <>
          <span class="hint" title="Time was skipped. The code's Date is ahead too.">
            Clock: {duration(aheadMs)} ahead
          </span>
          <button
            type="button"
            class="quiet"
            title="Sets the clock to the real time. What waits for a later time then waits for all of it."
            onClick={onClockBack}
          >
            Put the clock back
          </button>
        </>
      )}
      {notice !== undefined && (
        <button type="button" class="quiet" onClick={onDismiss}>
          Dismiss
        </button>
      )}
    </footer>
  );
}
