import type { JSX } from "preact";
import { completeCallback } from "../api/deeds.ts";
import { CallbackInbox } from "../views/ui/callback-inbox.tsx";
import { AskedAnswer } from "./asked-answer.tsx";
import type { SubjectProps } from "./execution-page.tsx";

/** Callbacks that wait for an answer, to be given here. */
export function Inbox({ console, subject }: SubjectProps): JSX.Element | null {
  const { view } = subject;
  void subject.revision.value;
  const face = console.session.face.value;
  if (view.isEnded || face === undefined) return null;
  const open = view.openCallbacks;
  if (open.length > 0 && open.every(({ callbackId }) => isRedacted(callbackId))) {
    return (
      <p class="hint">
        It waits for {open.length === 1 ? "an answer" : `${open.length} answers`}. To answer here, the token needs the
        right callback.
      </p>
    );
  }
  return (
    <CallbackInbox
      callbacks={open.map((operation) => ({ operation, name: view.nameOf(operation) ?? "callback" }))}
      render={(callback) => (
        <AskedAnswer
          callback={callback}
          now={console.now.value}
          complete={(outcome) =>
            console.notices.attempt(
              () => completeCallback(face, callback.operation.callbackId, outcome),
              outcome.type === "HEARTBEAT" ? "The heartbeat was sent." : "The callback was answered.",
            )
          }
        />
      )}
    />
  );
}

/**
 * True for the substitute of an id for readers who may not complete callbacks; the padding of base64 stays behind it.
 */
function isRedacted(callbackId: string): boolean {
  return /-redacted-[0-9a-f]{16}={0,2}$/.test(callbackId);
}
