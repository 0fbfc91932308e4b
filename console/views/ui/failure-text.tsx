import type { Failure } from "perdure/engine";
import type { JSX } from "preact";
import { pretty } from "./labels.ts";
import { Payload } from "./payload.tsx";

export interface FailureProps {
  readonly error: Failure;
  /** As the code threw it, if that was seen: the log has no stack. */
  readonly thrown: { readonly stack: string; readonly line?: number } | undefined;
  readonly onLine: (line: number) => void;
}

/** An error with all that is known of it. */
export function FailureText({ error, thrown, onLine }: FailureProps): JSX.Element {
  const { errorData, stackTrace = [] } = error;
  const line = thrown?.line;
  return (
    <>
      <Payload name="Error" text={textOfFailure(error)} />
      {errorData !== undefined && <Payload name="Data" text={pretty(errorData)} />}
      {stackTrace.length > 0 && <Payload name="Causes" text={stackTrace.join("\n")} />}
      {thrown !== undefined && <Payload name="Stack" text={thrown.stack} />}
      {line !== undefined && (
        <div>
          <dt>Thrown</dt>
          <dd>
            <button type="button" class="quiet small" onClick={() => onLine(line)}>
              at line {line}
            </button>
          </dd>
        </div>
      )}
    </>
  );
}

export function textOfFailure({ errorType = "Error", errorMessage = "" }: Failure): string {
  return `${errorType}: ${errorMessage}`;
}
