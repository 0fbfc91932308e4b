import type { JSX } from "preact";
import { DEED_LABELS, DEED_TITLES } from "../../../console/views/ui/deed-words.ts";

export interface PauseButtonProps {
  readonly isPaused: boolean;
  readonly onPause: () => void;
  readonly onResume: () => void;
}

/** One button for both, so that the keyboard stays where it is. */
export function PauseButton({ isPaused, onPause, onResume }: PauseButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={isPaused ? "primary" : ""}
      title={isPaused ? "Goes on with it, with the code that it had." : DEED_TITLES.pause}
      onClick={isPaused ? onResume : onPause}
    >
      {isPaused ? DEED_LABELS.resume : DEED_LABELS.pause}
    </button>
  );
}
