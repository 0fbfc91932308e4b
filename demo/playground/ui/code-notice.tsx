import type { JSX } from "preact";

export interface CodeNoticeProps {
  readonly text: string;
  readonly isWarning: boolean;
  /** What can be done about it; a text and what it does. */
  readonly action: { readonly label: string; readonly onPress: () => void } | undefined;
}

/** Where the code in the editor comes from, if not from the visitor. */
export function CodeNotice({ text, isWarning, action }: CodeNoticeProps): JSX.Element {
  return (
    <div class={isWarning ? "code-notice code-notice-warning" : "code-notice"} role="note">
      <p class="grow">{text}</p>
      {action !== undefined && (
        <button type="button" class="quiet" onClick={action.onPress}>
          {action.label}
        </button>
      )}
    </div>
  );
}
