import type { JSX } from "preact";
import { DeedForm } from "../../../console/views/ui/deed-form.tsx";
import { DEED_LABELS, DEED_TITLES, rewindText } from "../../../console/views/ui/deed-words.ts";

export interface OperationDeedsProps {
  /** Absent where it cannot be done. */
  readonly onRestart: (() => void) | undefined;
  readonly onRewind: () => void;
}

const REWIND = "rewind";

/** The actions from the chosen operation on. */
export function OperationDeeds({ onRestart, onRewind }: OperationDeedsProps): JSX.Element {
  return (
    <>
      {onRestart !== undefined && (
        <button
          type="button"
          title="Starts a new execution that has the log up to here, and runs the code in the editor from here on."
          onClick={onRestart}
        >
          {DEED_LABELS.fork}
        </button>
      )}
      <button type="button" data-opens={REWIND} title={DEED_TITLES.rewind} onClick={onRewind}>
        {DEED_LABELS.rewind}
      </button>
    </>
  );
}

export interface RewindFormProps {
  /** The operation's name. */
  readonly title: string;
  /** The file of the code that goes on: that in the editor; undefined for the code that the execution has. */
  readonly file: string | undefined;
  /** Answers whether it was done. */
  readonly onRewind: () => Promise<boolean>;
  readonly onClose: () => void;
}

/** The form for a rewind. The operations after it do not count any more, so it takes two presses. */
export function RewindForm({ title, file, onRewind, onClose }: RewindFormProps): JSX.Element {
  const code = file === undefined ? "" : ` From there it runs the code that is in the editor, ${file}.`;
  const text = `${rewindText(`before “${title}”`)}${code}`;
  return (
    <DeedForm
      spec={{ label: "Rewind it", isDangerous: true, text, fields: [], act: onRewind }}
      openedBy={REWIND}
      onDone={onClose}
      onCancel={onClose}
    />
  );
}
