import { useSignal } from "@preact/signals";
import type { CallbackOutcome } from "perdure/engine";
import type { JSX } from "preact";
import { deadlineText, HeartbeatButton, type OpenCallback } from "../views/ui/callback-inbox.tsx";
import { DeedForm, type DeedFormSpec } from "../views/ui/deed-form.tsx";

export interface AskedAnswerProps {
  readonly callback: OpenCallback;
  /** Ms since the epoch. */
  readonly now: number;
  /** Answers whether it was done. */
  readonly complete: (outcome: CallbackOutcome) => Promise<boolean>;
}

type Answer = "succeed" | "fail";

const LABELS: Readonly<Record<Answer, string>> = { succeed: "Succeed", fail: "Fail" };

/** The buttons that answer a callback. An answer cannot be taken back, so that each asks first; a heartbeat answers nothing. */
export function AskedAnswer(props: AskedAnswerProps): JSX.Element {
  const { callback, now, complete } = props;
  const { operation, name } = callback;
  const asked = useSignal<Answer | undefined>(undefined);
  const openedBy = (answer: Answer): string => `${answer}-${operation.callbackId}`;
  if (asked.value !== undefined) {
    const close = (): void => {
      asked.value = undefined;
    };
    const spec = SPECS[asked.value](props);
    return <DeedForm spec={spec} openedBy={openedBy(asked.value)} onDone={close} onCancel={close} />;
  }
  return (
    <div class="callback" role="group" aria-label={`Callback “${name}”`}>
      <p class="callback-name">It waits for an answer to “{name}”</p>
      {(["succeed", "fail"] as const).map((answer) => (
        <button key={answer} type="button" data-opens={openedBy(answer)} onClick={() => (asked.value = answer)}>
          {LABELS[answer]}
        </button>
      ))}
      <HeartbeatButton operation={operation} onBeat={() => void complete({ type: "HEARTBEAT" })} />
      <p class="hint">{deadlineText(operation, now)}</p>
    </div>
  );
}

const SPECS: Readonly<Record<Answer, (props: AskedAnswerProps) => DeedFormSpec>> = {
  succeed: ({ callback, complete }) => ({
    label: "Answer it",
    text: `The code is given this text as the answer to “${callback.name}”, as it stands here. That cannot be taken back.`,
    // Nobody knows what the code expects, so nothing is suggested.
    fields: [{ name: "answer", label: "The answer (optional)", isExact: true, hasKeyboard: true }],
    act: ({ answer = "" }) => complete({ type: "SUCCEEDED", result: answer }),
  }),
  fail: ({ callback, complete }) => ({
    label: "Fail it",
    isDangerous: true,
    text: `The code is given an error in place of the answer to “${callback.name}”. That cannot be taken back.`,
    fields: [{ name: "message", label: "What the error says", value: "refused by an operator", hasKeyboard: true }],
    act: ({ message = "" }) => complete({ type: "FAILED", error: { errorType: "Refused", errorMessage: message } }),
  }),
};
