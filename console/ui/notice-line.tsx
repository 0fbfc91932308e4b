import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Notice } from "../state/notices.ts";

export interface NoticeLineProps {
  readonly notice: Notice | undefined;
  readonly onDismiss: () => void;
}

/** How long what is only told stays, in ms. */
const SHOWN_MS = 8_000;

/** The last line of the page. What is told goes by itself; what went wrong waits to be read. */
export function NoticeLine({ notice, onDismiss }: NoticeLineProps): JSX.Element {
  useEffect(() => {
    if (notice === undefined || notice.isError) return undefined;
    const timer = setTimeout(onDismiss, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <footer class={`foot ${notice?.isError === true ? "foot-error" : ""}`}>
      <p class="notice" role="status">
        {notice?.text}
      </p>
      {notice !== undefined && (
        <button type="button" class="quiet" onClick={onDismiss}>
          Dismiss
        </button>
      )}
    </footer>
  );
}
