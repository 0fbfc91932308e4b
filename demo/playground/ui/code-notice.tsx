import type { JSX } from "preact";

export interface CodeNoticeProps {
  readonly text: string;
  readonly isWarning: boolean;
  /** The action about the notice: its label, and its effect. */
  readonly action: { readonly label: string; readonly onPress: () => void } | undefined;
}

/** The origin of the code in the editor, if it is not the visitor's own. */
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
