/** An error as it is stored and sent: AWS's ErrorObject in camelCase. */
export interface Failure {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly errorData?: string;
  readonly stackTrace?: readonly string[];
}
