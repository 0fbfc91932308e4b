import { useSignal } from "@preact/signals";
import type { JSX } from "preact";

export interface FileChoice {
  readonly file: string;
  readonly title: string;
}

export interface WorkflowHeadProps {
  readonly file: string;
  readonly choices: readonly FileChoice[];
  /** Undefined where there is nothing to put back. */
  readonly onReset: (() => void) | undefined;
  readonly onChoose: (file: string) => void;
  /** Answers the link. */
  readonly onShare: () => Promise<string>;
}

/** The name of the code in the editor, and the actions on it as a whole. */
export function WorkflowHead({ file, choices, onReset, onChoose, onShare }: WorkflowHeadProps): JSX.Element {
  return (
    <div class="pane-head">
      <h2 id="workflow-title">Workflow</h2>
      <label class="grow">
        <span class="sr">Example</span>
        <select value={file} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
          {choices.map((choice) => (
            <option key={choice.file} value={choice.file}>
              {choice.title}
            </option>
          ))}
          {choices.every((choice) => choice.file !== file) && <option value={file}>{file}</option>}
        </select>
      </label>
      {onReset !== undefined && (
        <button type="button" class="quiet" title="Puts the example's own code and payload back." onClick={onReset}>
          Reset
        </button>
      )}
      <ShareButton onShare={onShare} />
    </div>
  );
}

function ShareButton({ onShare }: Pick<WorkflowHeadProps, "onShare">): JSX.Element {
  const link = useSignal<string | undefined>(undefined);
  return (
    <>
      <button type="button" class="quiet" onClick={() => void onShare().then((url) => (link.value = url))}>
        Share
      </button>
      {link.value !== undefined && (
        <a class="share-link" href={link.value}>
          Link
        </a>
      )}
    </>
  );
}
