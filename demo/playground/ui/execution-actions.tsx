import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { takeKeyboard } from "../../../console/views/ui/kept-keyboard.ts";

export interface ExecutionActionsProps {
  /** Undefined if none is selected. */
  readonly selected: string | undefined;
  readonly isEnded: boolean;
  readonly onOpen: () => void;
  readonly onStop: () => void;
  readonly onExport: () => void;
  /** The actions that are possible only where the log is. */
  readonly local: LocalActions | undefined;
}

export interface LocalActions {
  readonly onRehearse: () => void;
  readonly onPurge: () => void;
  readonly onImport: (file: File) => void;
}

/** The actions on the selected execution of a list. */
export function ExecutionActions(props: ExecutionActionsProps): JSX.Element {
  const isNone = props.selected === undefined;
  return (
    <div class="buttons">
      <button type="button" disabled={isNone} onClick={props.onOpen}>
        Open
      </button>
      <button type="button" disabled={isNone || props.isEnded} onClick={props.onStop}>
        Stop
      </button>
      <button type="button" disabled={isNone} onClick={props.onExport}>
        Export
      </button>
      {props.local !== undefined && <LocalButtons selected={props.selected} {...props.local} />}
    </div>
  );
}

interface LocalButtonsProps extends LocalActions {
  readonly selected: string | undefined;
}

function LocalButtons({ selected, onRehearse, onPurge, onImport }: LocalButtonsProps): JSX.Element {
  return (
    <>
      <button
        type="button"
        disabled={selected === undefined}
        title="Would the code in the editor make the same calls as this log? Nothing is done and nothing is written."
        onClick={onRehearse}
      >
        Replay with this code
      </button>
      <PurgeButton selected={selected} onPurge={onPurge} />
      <label class="button">
        Import
        <input
          type="file"
          accept="application/json"
          class="sr"
          onChange={({ currentTarget }) => importFrom(currentTarget, onImport)}
        />
      </label>
    </>
  );
}

/** A log that is gone is gone, so it takes two presses. */
function PurgeButton({ selected, onPurge }: Pick<LocalButtonsProps, "selected" | "onPurge">): JSX.Element {
  const asked = useSignal<string | undefined>(undefined);
  if (selected === undefined || asked.value !== selected) {
    return (
      <button
        type="button"
        disabled={selected === undefined}
        data-opens="purge"
        title="Removes the execution and its log."
        onClick={() => (asked.value = selected)}
      >
        Purge
      </button>
    );
  }
  const answer = (work: () => void) => () => {
    asked.value = undefined;
    work();
  };
  return (
    <span class="confirm">
      Remove its log?
      <button type="button" class="danger" data-opened-by="purge" ref={takeKeyboard} onClick={answer(onPurge)}>
        Purge for good
      </button>
      <button type="button" data-opened-by="purge" onClick={answer(() => undefined)}>
        Keep it
      </button>
    </span>
  );
}

function importFrom(input: HTMLInputElement, onImport: (file: File) => void): void {
  const file = input.files?.[0];
  input.value = "";
  if (file !== undefined) onImport(file);
}
