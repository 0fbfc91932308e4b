/** An error as it is stored and sent: AWS's ErrorObject in camelCase. */
export interface Failure {
  /** The name of the error's class. */
  readonly errorType?: string;
  /** The error's message. */
  readonly errorMessage?: string;
  /** Text that the failing side attached. */
  readonly errorData?: string;
  /** The lines of the error's stack. */
  readonly stackTrace?: readonly string[];
}
