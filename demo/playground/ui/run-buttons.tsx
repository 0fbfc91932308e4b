import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ProcessState } from "../../../console/views/ui/story-text.ts";

export interface RunButtonsProps {
  readonly process: ProcessState;
  readonly onRun: () => void;
  readonly onKill: () => void;
  readonly onRestart: () => void;
}

/** Starts an execution, and ends and starts the process that runs it. */
export function RunButtons({ process, onRun, onKill, onRestart }: RunButtonsProps): JSX.Element {
  return (
    <div class="run">
      <button type="button" class="primary" onClick={onRun}>
        Run
      </button>
      {process === "killed" ? (
        <button type="button" title="It runs the code that is in the editor." onClick={onRestart}>
          Restart worker
        </button>
      ) : (
        <button
          type="button"
          class="danger"
          title="Ends the process that runs the code. What it had in memory is gone."
          disabled={process !== "running"}
          onClick={onKill}
        >
          Kill
        </button>
      )}
      <span class={`process process-${process}`}>{processLabels[process]}</span>
    </div>
  );
}

const processLabels: Readonly<Record<ProcessState, string>> = {
  starting: "The worker starts",
  running: "The worker runs",
  killed: "No worker: killed",
  elsewhere: "Another tab has the worker",
};

export interface RemoteStartProps {
  readonly functionNames: readonly string[];
  /** Chosen unless another one is. */
  readonly functionName: string | undefined;
  readonly onStart: (functionName: string) => void;
}

/** The code in the editor has no part in it: the Worker has its own. */
export function RemoteStart({ functionNames, functionName, onStart }: RemoteStartProps): JSX.Element {
  const chosen = useSignal<string | undefined>(undefined);
  const name = chosen.value ?? functionName ?? functionNames[0] ?? "";
  return (
    <div class="run">
      <label class="inline">
        Function
        <select value={name} onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}>
          {functionNames.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="primary" disabled={name === ""} onClick={() => onStart(name)}>
        Start at the Worker
      </button>
      <span class="hint">The Worker runs its own code, not the editor's.</span>
    </div>
  );
}
