import { useSignal } from "@preact/signals";
import type { CallbackOutcome } from "perdure/engine";
import type { JSX } from "preact";
import { deadlineText, HeartbeatButton, type OpenCallback } from "../../../console/views/ui/callback-inbox.tsx";

export interface AnswerableCallback extends OpenCallback {
  /** The answer, unless another one is written. */
  readonly answer: string;
}

export interface QuickAnswerProps {
  readonly callback: AnswerableCallback;
  /** Ms since the epoch. */
  readonly now: number;
  /** The message of a failure, unless another one is written. */
  readonly refusal: string;
  readonly onComplete: (callbackId: string, outcome: CallbackOutcome) => void;
}

/** Answers a callback at one press, with what is seen in the field, and says so: a playground is there to be tried. */
export function QuickAnswer({ callback, now, refusal, onComplete }: QuickAnswerProps): JSX.Element {
  const { operation, name, answer } = callback;
  const written = useSignal<string | undefined>(undefined);
  const { callbackId } = operation;
  const result = written.value ?? answer;
  const fail = (): void => {
    const error = { errorType: "Refused", errorMessage: written.value ?? refusal };
    onComplete(callbackId, { type: "FAILED", error });
  };
  return (
    <form
      class="callback"
      onSubmit={(event) => (event.preventDefault(), onComplete(callbackId, { type: "SUCCEEDED", result }))}
    >
      <label>
        It waits for an answer to “{name}”
        <input
          value={result}
          title="The text that the code is given; with Fail it is the error's message."
          onInput={({ currentTarget }) => (written.value = currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary" title="Answers at once, with the text in the field.">
        Succeed
      </button>
      <button type="button" title="Answers at once, with an error." onClick={fail}>
        Fail
      </button>
      <HeartbeatButton operation={operation} onBeat={() => onComplete(callbackId, { type: "HEARTBEAT" })} />
      <p class="hint">Succeed and Fail answer at once, without asking. {deadlineText(operation, now)}</p>
    </form>
  );
}
