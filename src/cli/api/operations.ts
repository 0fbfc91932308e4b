/** As much of the Lambda API as the commands call: how each operation travels, and the answers that are read. */

/** Seconds since the epoch from the API, Dates from AWS's client. */
export type ApiTime = number | Date;

export interface ApiError {
  readonly ErrorType?: string;
  readonly ErrorMessage?: string;
  readonly ErrorData?: string;
  readonly StackTrace?: readonly string[];
}

export interface ExecutionSummary {
  readonly DurableExecutionArn: string;
  readonly DurableExecutionName: string;
  readonly FunctionArn: string;
  readonly Status: string;
  readonly StartTimestamp: ApiTime;
  readonly EndTimestamp?: ApiTime;
  /** perdure's own. */
  readonly Halted?: boolean;
  /** perdure's own. */
  readonly Halt?: { readonly Reason: string; readonly Timestamp: ApiTime };
  /** perdure's own. */
  readonly StartAt?: ApiTime;
  /** perdure's own. */
  readonly Tags?: Readonly<Record<string, string>>;
}

export interface ExecutionDetails extends ExecutionSummary {
  readonly Version?: string;
  readonly InputPayload?: string;
  readonly Result?: string;
  readonly Error?: ApiError;
  /** perdure's own. */
  readonly Fault?: { readonly Count: number; readonly RetryTimestamp: ApiTime };
}

export interface HistoryEvent {
  readonly EventId: number;
  readonly EventType: string;
  readonly EventTimestamp: ApiTime;
  readonly Id?: string;
  readonly ParentId?: string;
  readonly Name?: string;
  readonly SubType?: string;
  readonly [details: string]: unknown;
}

/** An operation whose outcome is to come, as the state has it. */
export interface OpenOperation {
  readonly Id: string;
  readonly ParentId?: string;
  readonly Name?: string;
  readonly Type: "CONTEXT" | "STEP" | "WAIT" | "CALLBACK" | "CHAINED_INVOKE";
  readonly Status: string;
  readonly StartTimestamp: ApiTime;
  readonly StepDetails?: { readonly NextAttemptTimestamp?: ApiTime };
  readonly WaitDetails?: { readonly ScheduledEndTimestamp?: ApiTime };
  readonly CallbackDetails?: { readonly CallbackId?: string };
  /** The function is told by perdure alone. */
  readonly ChainedInvokeDetails?: { readonly FunctionName?: string };
}

export interface Page {
  readonly NextMarker?: string;
}

export interface Answers {
  readonly ListFunctions: Page & { readonly Functions?: readonly { readonly FunctionName: string }[] };
  /** perdure's own. */
  readonly SearchDurableExecutions: Page & { readonly DurableExecutions?: readonly ExecutionSummary[] };
  readonly ListDurableExecutionsByFunction: Page & { readonly DurableExecutions?: readonly ExecutionSummary[] };
  readonly GetDurableExecution: ExecutionDetails;
  readonly GetDurableExecutionHistory: Page & { readonly Events?: readonly HistoryEvent[] };
  /** perdure's own. */
  readonly GetOpenOperations: Page & { readonly Operations?: readonly OpenOperation[] };
  readonly Invoke: { readonly DurableExecutionArn?: string };
  readonly StopDurableExecution: { readonly StopTimestamp?: ApiTime };
  readonly SendDurableExecutionCallbackSuccess: object;
  readonly SendDurableExecutionCallbackFailure: object;
  readonly SendDurableExecutionCallbackHeartbeat: object;
}

export type Operation = keyof Answers;

/** The members of a request: those of the path, the query and the headers, and the body, of which an object is JSON. */
export type Input = Readonly<Record<string, string | number | boolean | readonly string[] | ApiError | undefined>>;

export interface Travel {
  readonly method: "GET" | "POST";
  readonly path: (input: Input) => string;
  /** The members that go into the query. */
  readonly query?: readonly string[];
  /** The members that go into headers, with their names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The member that is the body, as it is, or as JSON. */
  readonly body?: string;
}

const execution = (call: string) => (input: Input) =>
  `2025-12-01/durable-executions/${part(input, "DurableExecutionArn")}${call}`;
const callback = (call: string) => (input: Input) =>
  `2025-12-01/durable-execution-callbacks/${part(input, "CallbackId")}/${call}`;

export const TRAVELS: Readonly<Record<Operation, Travel>> = {
  ListFunctions: { method: "GET", path: () => "2015-03-31/functions/", query: ["Marker"] },
  SearchDurableExecutions: {
    method: "GET",
    path: () => "2025-12-01/durable-executions",
    query: ["FunctionName", "DurableExecutionName", "NamePrefix", "Statuses", "Halted", "Tag", "MaxItems", "Marker"],
  },
  ListDurableExecutionsByFunction: {
    method: "GET",
    path: (input) => `2025-12-01/functions/${part(input, "FunctionName")}/durable-executions`,
    query: ["DurableExecutionName", "Statuses", "StartedAfter", "MaxItems", "Marker"],
  },
  GetDurableExecution: { method: "GET", path: execution("") },
  GetDurableExecutionHistory: {
    method: "GET",
    path: execution("/history"),
    query: ["IncludeExecutionData", "ReverseOrder", "MaxItems", "Marker"],
  },
  GetOpenOperations: { method: "GET", path: execution("/open-operations"), query: ["MaxItems", "Marker"] },
  Invoke: {
    method: "POST",
    path: (input) => `2015-03-31/functions/${part(input, "FunctionName")}/invocations`,
    query: ["Qualifier"],
    headers: {
      InvocationType: "X-Amz-Invocation-Type",
      DurableExecutionName: "X-Amz-Durable-Execution-Name",
      TenantId: "X-Amz-Tenant-Id",
      Tags: "X-Perdure-Tags",
      StartAt: "X-Perdure-Start-At",
    },
    body: "Payload",
  },
  StopDurableExecution: { method: "POST", path: execution("/stop"), body: "Error" },
  SendDurableExecutionCallbackSuccess: { method: "POST", path: callback("succeed"), body: "Result" },
  SendDurableExecutionCallbackFailure: { method: "POST", path: callback("fail"), body: "Error" },
  SendDurableExecutionCallbackHeartbeat: { method: "POST", path: callback("heartbeat") },
};

function part(input: Input, member: string): string {
  return encodeURIComponent(textOf(input[member]));
}

/** A text is sent as it is, an object as JSON, nothing as nothing. */
export function textOf(value: Input[string]): string {
  if (value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Ms since the epoch. */
export function timeOf(time: ApiTime): number {
  return typeof time === "number" ? Math.round(time * 1000) : time.getTime();
}
