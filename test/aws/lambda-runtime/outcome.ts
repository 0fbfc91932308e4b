/** What comes of an invocation, as Lambda tells it to its caller. */

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export type InvocationOutcome =
  /** `payload` is what the function answered: JSON text, or the bytes that it streamed. */
  | { readonly status: "SUCCEEDED"; readonly payload: string; readonly contentType: string }
  | { readonly status: "FAILED"; readonly error: FunctionError }
  /** As many environments as the function may have are busy. */
  | { readonly status: "THROTTLED" };

export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  /** Told of every piece of a streamed response as it arrives. */
  readonly onChunk: ((chunk: Uint8Array, contentType: string) => void) | undefined;
  /** Told how it ended, once. */
  readonly settle: (outcome: InvocationOutcome) => void;
}

export function failed(errorType: string, errorMessage: string): InvocationOutcome {
  return { status: "FAILED", error: { errorType, errorMessage } };
}
