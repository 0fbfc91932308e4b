import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Notice } from "../model/notices.ts";

export interface NoticeBarProps {
  readonly notice: Notice | undefined;
  readonly onDismiss: () => void;
  /** The further content of the bar. */
  readonly children?: ComponentChildren;
}

/** The time that a notice without an error stays, in ms. */
const SHOWN_MS = 7_000;

/** The last line of the page. What is told goes by itself, unless somebody is on it; what went wrong waits to be read. */
export function NoticeBar({ notice, onDismiss, children }: NoticeBarProps): JSX.Element {
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
      {children}
      {notice !== undefined && (
        <button type="button" class="quiet" onClick={onDismiss}>
          Dismiss
        </button>
      )}
    </footer>
  );
}
