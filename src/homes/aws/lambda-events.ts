/**
 * The inputs and outputs of Lambda functions, as far as they are used here: the types of AWS's own packages fit these.
 */

/** The context of a call. */
export interface LambdaCallContext {
  /** Milliseconds until Lambda ends the call. */
  getRemainingTimeInMillis(): number;
  /** Names the call. */
  readonly awsRequestId?: string;
}

/** One message, as an event source mapping hands it over. */
export interface QueueRecord {
  /** The message's id. */
  readonly messageId: string;
  /** Its text. */
  readonly body: string;
  /** The message's attributes from SQS, its `MessageGroupId` among them. */
  readonly attributes?: { readonly [name: string]: string | undefined };
}

/** A batch of messages, as an event source mapping hands them over. */
export interface QueueEvent {
  /** The messages. */
  readonly Records: readonly QueueRecord[];
}

/** The messages that are to come again, for a mapping with `ReportBatchItemFailures`. */
export interface QueueResponse {
  /** One for each message that is to come again. */
  batchItemFailures: {
    /** The `messageId` of the message. */
    itemIdentifier: string;
  }[];
}

/** A request to a Function URL or to an HTTP API of API Gateway, payload format 2.0. */
export interface HttpEvent {
  /** The payload format: `2.0`. */
  readonly version: string;
  /** The path. A Function URL leaves it as it was sent, an HTTP API decodes it. */
  readonly rawPath: string;
  /** The query as it was sent, without its question mark. */
  readonly rawQueryString: string;
  /** Headers by their names in small letters. */
  readonly headers: { readonly [name: string]: string | undefined };
  /** The text of the body, or its bytes as base64. */
  readonly body?: string | undefined;
  /** True if `body` is base64. */
  readonly isBase64Encoded: boolean;
  /** The facts about the request from the Function URL or the API. */
  readonly requestContext: {
    /** The host that was called. */
    readonly domainName: string;
    /** The HTTP part of the facts. */
    readonly http: {
      /** `GET`, `POST`. */
      readonly method: string;
    };
  };
}

/** An answer in payload format 2.0. */
export interface HttpResult {
  /** The HTTP status. */
  statusCode: number;
  /** Headers by name. */
  headers: Record<string, string>;
  /** The text of the body. */
  body: string;
  /** Always false: every body is text. */
  isBase64Encoded: boolean;
}
