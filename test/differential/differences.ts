/** Where perdure differs from AWS's SDK on purpose: as data, so that the tests hold it to exactly these differences. */

import { expect } from "vitest";
import type { Observation, ObservedError } from "./observation.ts";

/**
 * Where a program runs.
 *
 * - `native`: perdure on AWS's test runner, which imports AWS's SDK
 * - `alias`: the same, the runner importing perdure under the name of AWS's SDK
 * - `aws-hosted`: AWS's SDK on perdure's machine
 * - `parked`: perdure on its own machine, kept in memory while it waits
 * - `replayed`: perdure on its own machine, replayed from the log after every suspension
 */
export type Place = "native" | "alias" | "aws-hosted" | "parked" | "replayed";

export interface Difference {
  readonly places: readonly Place[];
  /** One line for docs/differences.md. */
  readonly reason: string;
  /** What perdure does where AWS's SDK on AWS's runner does `aws`. */
  readonly ours: (aws: Observation) => Observation;
}

const OURS: readonly Place[] = ["native", "alias", "parked", "replayed"];
const ON_MACHINE: readonly Place[] = ["aws-hosted", "parked", "replayed"];

/** Of batches whose items end together: what became of each item, and why the batch ended. */
const ONE_AT_A_TIME: readonly (readonly [string, string])[] = [
  ["SUCCEEDED,FAILED,STARTED", "FAILURE_TOLERANCE_EXCEEDED"],
  ["SUCCEEDED,STARTED,STARTED", "MIN_SUCCESSFUL_REACHED"],
  ["SUCCEEDED,FAILED,SUCCEEDED", "ALL_COMPLETED"],
  ["FAILED,STARTED", "FAILURE_TOLERANCE_EXCEEDED"],
  ["FAILED,SUCCEEDED", "ALL_COMPLETED"],
  ["FAILED,SUCCEEDED", "ALL_COMPLETED"],
  ["SUCCEEDED,SUCCEEDED,FAILED,STARTED", "FAILURE_TOLERANCE_EXCEEDED"],
  ["SUCCEEDED,STARTED,STARTED,STARTED", "MIN_SUCCESSFUL_REACHED"],
  ["SUCCEEDED,SUCCEEDED,FAILED,FAILED", "FAILURE_TOLERANCE_EXCEEDED"],
];

const ITEM_END = /^Context(Succeeded|Failed)\/MapIteration/;

/** An item that its batch has not seen end has no end in the history either. */
function itemEnds(): string[] {
  return ONE_AT_A_TIME.flatMap(([statuses]) =>
    statuses.split(",").flatMap((status, index) => {
      const event = { SUCCEEDED: "ContextSucceeded", FAILED: "ContextFailed" }[status];
      return event === undefined ? [] : [`${event}/MapIteration/map-item-${index}`];
    }),
  );
}

const UNWRITTEN =
  "A value that a serdes cannot write, be it a BigInt or a circle, is a failure of its step, condition, context, invoke or handler like any other: a SerdesError that names the operation and the place in the value, follows the retry strategy, is recorded and can be caught.";

export const differences = {
  "time is not skipped": {
    places: ON_MACHINE,
    reason:
      "A wait that nobody awaits is still open when the execution ends: AWS's runner ends every wait at once when it skips time.",
    ours: (aws) => withoutEvents(aws, /^WaitSucceeded/, (operation) => operation.type === "WAIT"),
  },
  "seconds are checked": {
    places: ON_MACHINE,
    reason:
      "A wait, a retry delay or a timeout that is no whole number of seconds between 1 and 31,622,400 fails the execution, as the service documents it; AWS's runner takes any number.",
    ours: () => refused(/.+ in seconds is .+; it must be a whole number from \d to 31622400\./),
  },
  "empty texts are kept": {
    places: ON_MACHINE,
    reason: 'A callback completed with an empty text has the value ""; AWS\'s runner makes it undefined.',
    ours: (aws) => ({
      ...aws,
      result: aws.result?.replace('{"type":"undefined"}', '{"value":"","type":"string"}'),
      operations: aws.operations.map((operation) => ({ ...operation, result: operation.result ?? "" })),
    }),
  },
  "timeouts have a type": {
    places: ON_MACHINE,
    reason:
      "The cause of a callback's timeout is named Callback.Timeout or Callback.Heartbeat, as on the service; AWS's runner gives it no type.",
    ours: (aws) => {
      const type = /heartbeat/.test(JSON.stringify(aws)) ? "Callback.Heartbeat" : "Callback.Timeout";
      return {
        ...aws,
        result: aws.result?.replace('"class":"Error","name":"Error"', `"class":"Error","name":"${type}"`),
        operations: aws.operations.map((operation) =>
          operation.type === "CALLBACK" ? { ...operation, error: { ...operation.error, type } } : operation,
        ),
      };
    },
  },
  "unknown functions fail the invoke": {
    places: ON_MACHINE,
    reason:
      "Invoking a function that is not registered fails that operation, which the handler can catch; AWS's runner ends the whole run.",
    ours: ({ error }) => ({
      status: "SUCCEEDED",
      result: expect.stringContaining(`"message":"${error?.message?.split("\n")[0]}`) as string,
      error: undefined,
      operations: [expect.objectContaining({ type: "CHAINED_INVOKE", status: "FAILED" })] as unknown[] as [],
      events: expect.arrayContaining(["ExecutionSucceeded"]) as [],
    }),
  },
  "invoked functions invoke": {
    places: ON_MACHINE,
    reason:
      "An invoked function reaches every function of its host; AWS's runner registers functions for one level only.",
    ours: () => ({
      status: "SUCCEEDED",
      result: "7",
      error: undefined,
      operations: [
        expect.objectContaining({ type: "CHAINED_INVOKE", status: "SUCCEEDED", result: "7" }),
      ] as unknown[] as [],
      events: expect.arrayContaining(["ExecutionSucceeded"]) as [],
    }),
  },
  "nothing is a result": {
    places: ON_MACHINE,
    reason: "Invoking a function that returns nothing succeeds with undefined; AWS's runner takes it for a failure.",
    ours: (aws) => ({
      ...aws,
      result: "{}",
      operations: aws.operations.map((operation) => ({ ...operation, status: "SUCCEEDED" })),
      events: aws.events.map((event) => event.replace("ChainedInvokeFailed", "ChainedInvokeSucceeded")).toSorted(),
    }),
  },
  "payloads end at 6 MiB": {
    places: ON_MACHINE,
    reason:
      "A handler's result of more than 6,291,456 characters, the limit that the service documents, fails the execution; AWS's runner takes any size.",
    ours: (aws) => ({
      ...aws,
      status: "FAILED",
      result: undefined,
      error: expect.objectContaining({
        message: expect.stringMatching(/^(Result|Payload) is 6291457 characters; the limit is 6291456\.$/) as string,
      }) as ObservedError,
      events: aws.events.map((event) => event.replace("ExecutionSucceeded", "ExecutionFailed")).toSorted(),
    }),
  },
  "one result at a time": {
    places: OURS,
    reason:
      "Results that arrive together are handed over one after the other, in the order in which they were recorded, so that a replay sees what the live run saw; in AWS's SDK the failed items of a batch overtake the successful ones beside them, and items that the batch has not counted any more still have an end in the history.",
    ours: (aws) => ({
      status: "SUCCEEDED",
      result: JSON.stringify(ONE_AT_A_TIME),
      error: undefined,
      operations: expect.any(Array) as [],
      events: [...aws.events.filter((event) => !ITEM_END.test(event)), ...itemEnds()].toSorted(),
      updates: expect.any(Object) as Record<string, []>,
    }),
  },
  "a breach of type names both sides": {
    places: OURS,
    reason:
      "Where the log has an operation of another type or sub type, the message also names both operations; AWS's names their types alone.",
    ours: (aws) => ({
      ...aws,
      error: {
        ...aws.error,
        message: expect.stringMatching(
          new RegExp(
            `${aws.error?.message?.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")} The log has \\w+ ".*\\); the code calls \\w+ .*\\)\\.$`,
          ),
        ) as string,
      },
    }),
  },
  "a breach can be repaired": {
    places: ["replayed"],
    reason:
      "Code that no longer matches the log halts the execution, which can be resumed once the code is repaired; AWS's SDK ends it as failed.",
    ours: ({ error }) => ({
      status: "HALTED",
      result: undefined,
      error: { type: error?.type, message: error?.message },
      operations: [],
      events: [],
    }),
  },
  "a child's lines are written once": {
    places: OURS,
    reason:
      "The lines that a child context logged before it waited are not logged again when it goes on; AWS's SDK repeats them at every replay.",
    ours: (aws) => ({ ...aws, result: JSON.stringify([...new Set(JSON.parse(aws.result ?? "[]") as string[])]) }),
  },
  "synchronous handlers": {
    places: OURS,
    reason: "A handler may return its result without a promise; AWS's SDK fails such an execution with a TypeError.",
    ours: (aws) => ({
      ...aws,
      status: "SUCCEEDED",
      result: '"sync"',
      error: undefined,
      events: ["ExecutionStarted", "ExecutionSucceeded"],
    }),
  },
  "no branch at all": {
    places: OURS,
    reason:
      "A branch of `parallel` that is null is reported as no function; AWS's SDK stumbles over it with a TypeError.",
    ours: (aws) => ({
      ...aws,
      result: JSON.stringify({
        error: {
          class: "Error",
          name: "Error",
          message: "All branches must be functions or NamedParallelBranch objects",
        },
      }),
    }),
  },
  "odd messages become text": {
    places: OURS,
    reason:
      "A message or a name of an error that is a number or a boolean is stored as text, and one that is anything else is left out; AWS's SDK sends what it is, which the service refuses.",
    ours: (aws) => ({
      ...aws,
      result: aws.result
        ?.replace('"name":42', '"name":"42"')
        .replace('"[object Object]"', '"Unknown error"')
        .replace('"[object Object]"', '""'),
      operations: aws.operations.map((operation) => ({ ...operation, error: withTexts(operation.error) })),
      updates: expect.any(Object) as Record<string, []>,
    }),
  },
  "what cannot be read is an unknown error": {
    places: OURS,
    reason:
      "A thrown value that throws when it is read fails its operation with the message `Unknown error`; AWS's SDK hands over what reading it has thrown, and records no end of the operation.",
    ours: () => ({
      status: "SUCCEEDED",
      result: expect.stringMatching(
        /"class":"ChildContextError","name":"ChildContextError","message":"Unknown error"/,
      ) as string,
      error: undefined,
      operations: [expect.objectContaining({ type: "CONTEXT", status: "FAILED" })] as unknown[] as [],
      events: expect.arrayContaining(["ContextFailed/RunInChildContext/child"]) as [],
      updates: expect.any(Object) as Record<string, []>,
    }),
  },
  "patterns match every time": {
    places: OURS,
    reason:
      "A pattern in `retryableErrors` with the flag `g` or `y` is tried from the beginning of each message; in AWS's SDK it goes on where it matched last, so that the same error is retried once and then not.",
    ours: () => ({
      status: "SUCCEEDED",
      result: '{"value":"attempt 3"}',
      error: undefined,
      operations: [expect.objectContaining({ type: "STEP", status: "SUCCEEDED", attempts: 3 })] as unknown[] as [],
      events: expect.arrayContaining(["StepSucceeded/Step/a"]) as [],
      updates: expect.any(Object) as Record<string, []>,
    }),
  },
  "a namer fails its map": {
    places: OURS,
    reason:
      "An `itemNamer` that throws, or names an item with what is no text, fails its `map`, which is recorded; with AWS's SDK the first leaves no record, and of the second the item fails with `fn is not a function`.",
    ours: () => ({
      status: "SUCCEEDED",
      result: expect.stringMatching(
        /"class":"ChildContextError","name":"ChildContextError","message":"(no name|itemNamer returned 7 for item 0: names are text\.)"/,
      ) as string,
      error: undefined,
      operations: [expect.objectContaining({ type: "CONTEXT", subType: "Map", status: "FAILED" })] as unknown[] as [],
      events: expect.arrayContaining(["ContextFailed/Map/named"]) as [],
      updates: expect.any(Object) as Record<string, []>,
    }),
  },
  "restored errors are kept": {
    places: OURS,
    reason:
      "The error of an item that a serdes for a whole batch has read back as an Error is handed over as it is; AWS's SDK takes it for a stored one, so that its message is lost.",
    ours: (aws) => ({
      ...aws,
      result: aws.result?.replace(
        '{"class":"Error","name":"Error","message":""}',
        '{"class":"RangeError","name":"RangeError","message":"read"}',
      ),
    }),
  },
  "holes are items": {
    places: OURS,
    reason:
      "A hole in the array of a `map` is an item that is undefined; in AWS's SDK the whole `map` fails with a TypeError of its own.",
    ours: () => ({
      status: "SUCCEEDED",
      result: expect.stringContaining('"results":["a0","undefined1","c2"]') as string,
      error: undefined,
      operations: expect.any(Array) as [],
      events: expect.arrayContaining(["ContextSucceeded/Map/holes"]) as [],
      updates: expect.any(Object) as Record<string, []>,
    }),
  },
  "loggers may lack methods": {
    places: OURS,
    reason:
      "What is logged by a method that a `customLogger` has not goes nowhere; with AWS's SDK the handler gets a TypeError.",
    ours: (aws) => ({ ...aws, result: '["first"]' }),
  },
  "no time is no timeout": {
    places: ON_MACHINE,
    reason:
      "A callback with a timeout of no seconds has none, as the service documents it; on AWS's runner it times out at once.",
    ours: (aws) => {
      const open = withoutEvents(aws, /^CallbackTimedOut/, ({ type }) => type === "CALLBACK");
      const operations = open.operations.map((operation) =>
        operation.type === "CALLBACK" ? { ...operation, error: undefined, settings: {} } : operation,
      );
      return { ...open, operations };
    },
  },
  "a broken strategy fails its step": {
    places: OURS,
    reason:
      "A retry strategy that throws fails its step with that error, which is recorded; AWS's SDK hands the error over and records nothing, so that the step runs again at the next replay.",
    ours: (aws) => ({
      ...aws,
      result: aws.result && (expect.stringContaining('"class":"StepError"') as string),
      error: aws.error && { ...aws.error, type: "StepError" },
      operations: aws.operations.map((operation) => ({
        ...operation,
        status: "FAILED",
        error: { type: "TypeError", message: "strategy is broken", data: undefined },
        attempts: 1,
      })),
      events: [...aws.events, "StepFailed/Step/a"].toSorted(),
      updates: aws.updates && (expect.any(Object) as Record<string, []>),
    }),
  },
  "what cannot be written fails its operation": {
    places: OURS,
    reason: UNWRITTEN,
    ours: (aws) => ({
      ...unwritten(aws),
      status: "SUCCEEDED",
      result: expect.stringContaining(whyUnwritten(aws)) as string,
      error: undefined,
    }),
  },
  "what cannot be written fails its execution": {
    places: OURS,
    reason: UNWRITTEN,
    ours: (aws) => ({
      ...unwritten(aws),
      status: "FAILED",
      result: undefined,
      error: {
        type: "SerdesError",
        message: expect.stringContaining(whyUnwritten(aws)) as string,
        data: undefined,
      },
    }),
  },
  "thrown texts are kept": {
    places: OURS,
    reason: `Whoever throws a text finds it as the message of the error; AWS's SDK makes "Unknown error" of it.`,
    ours: (aws) => JSON.parse(JSON.stringify(aws).replaceAll(/Unknown [eE]rror/g, "text")) as Observation,
  },
  "thrown numbers are kept": {
    places: OURS,
    reason:
      'A thrown number is text, too, and of a thrown object that has nothing but a message, this is kept; AWS\'s SDK makes "Unknown error" of both.',
    ours: (aws) => JSON.parse(JSON.stringify(aws).replaceAll(/Unknown [eE]rror/g, "42")) as Observation,
  },
  "causes are kept": {
    places: OURS,
    reason:
      "The causes of an error, and the errors of an AggregateError, are stored as lines of its stack trace, such as `Caused by TypeError: fetch failed`, and are there again on the error's `cause`; AWS's SDK drops them.",
    ours: (aws) => ({
      ...aws,
      result: aws.result && (expect.stringMatching(/"message":"(outer|several|All promises were rejected)"/) as string),
      updates: aws.updates && (matching(hasCauses) as Record<string, []>),
    }),
  },
  "large errors are cut": {
    places: OURS,
    reason:
      "Message, data and stack trace of an error above 28 KiB are cut and say how long they were, since an update may have 32 KiB; with AWS's SDK the update is refused and the execution fails.",
    ours: () => ({
      status: "SUCCEEDED",
      result: expect.stringContaining("[truncated: 40000 characters in all]") as string,
      error: undefined,
      operations: [expect.objectContaining({ type: "STEP", status: "FAILED" })] as unknown[] as [],
      events: expect.arrayContaining(["ExecutionSucceeded"]) as [],
      updates: expect.any(Object) as Record<string, []>,
    }),
  },
  "arguments are checked": {
    places: OURS,
    reason:
      'A duration that is none (`5`, `"5s"`, `{ second: 5 }`), a missing function, a configuration in the place of a strategy and a strategy that decides nothing get an InvalidArgumentError, at the call, that says what to write; AWS\'s SDK takes them for no time at all, fails later, or runs the step again and again.',
    ours: () => ({
      status: "FAILED",
      result: undefined,
      error: {
        type: "InvalidArgumentError",
        message: expect.stringMatching(/ write \{ seconds: 5 \}\.$/) as string,
        data: undefined,
      },
      operations: [],
      events: ["ExecutionFailed", "ExecutionStarted"],
      updates: {},
    }),
  },
} satisfies Record<string, Difference>;

function withTexts(error: ObservedError = {}): ObservedError {
  const text = (value: unknown): string | undefined =>
    typeof value === "number" ? String(value) : typeof value === "string" ? value : undefined;
  return { type: text(error.type), message: text(error.message), data: error.data };
}

/** What AWS's SDK says of a value that it could not write or read, up to the end of the line. */
function whyUnwritten({ error: { message = "" } = {} }: Observation): string {
  return /failed for [^:]+: (.*)$/m.exec(message)?.[1] ?? message.split("\n", 1)[0] ?? "";
}

function unwritten(aws: Observation): Observation {
  return {
    ...aws,
    operations: expect.any(Array) as [],
    events: expect.arrayContaining([expect.stringMatching(/^Execution(Succeeded|Failed)/)]) as [],
    updates: expect.any(Object) as Record<string, []>,
  };
}

/** Stands for whatever the test holds of. */
function matching(asymmetricMatch: (value: unknown) => boolean): unknown {
  return { asymmetricMatch };
}

/** Both the outcome of a handler and the updates of its step say what the cause was, where there are any. */
function hasCauses(updates: unknown): boolean {
  const text = JSON.stringify(updates);
  return text === "{}" || /"StackTrace":\["(Caused by|Error 1 of \d:) \w*Error: /.test(text);
}

export type DifferenceName = keyof typeof differences;

/** Differences that other tests show than the comparison of whole runs. */
export const otherDifferences = {
  "a parked invocation is one":
    "An invocation that waits in memory has not ended, so the history has one InvocationCompleted for what AWS's runner shows as one for each wait; with `parks: false` it has as many.",
  "conditions are compared":
    "A replay compares the type, name and sub type of `waitForCondition` with the log like those of all other operations; AWS's SDK does not look.",
  "items in flight stay":
    "A batch that was too large to store still has, when it is rebuilt, the items that were in flight when it ended; AWS's SDK leaves them out, so that its counts change between the first run and a replay.",
  "an answer without a token ends the invocation":
    "A checkpoint that is answered without a token ends the invocation as pending, since a newer one has taken over or the execution is paused; AWS's SDK 2.4.0 goes on with the token that is spent.",
  "faults come to an end":
    "After 50 invocations in a row that broke and got nowhere, for example because a stored value cannot be read, the execution halts with the reason `REPEATED_FAULTS` and can be resumed; AWS's service has retry limits of its own.",
  "contexts nest 512 deep":
    "The position of an operation is a path of at most 1,024 characters; what lies deeper fails the execution.",
} satisfies Record<string, string>;

export type OtherDifferenceName = keyof typeof otherDifferences;

/** The execution fails because the machine does not take a checkpoint. */
function refused(message: RegExp): Observation {
  return {
    status: "FAILED",
    result: undefined,
    error: {
      type: "CheckpointUnrecoverableExecutionError",
      message: expect.stringMatching(message) as string,
      data: undefined,
    },
    operations: expect.any(Array) as [],
    events: expect.arrayContaining(["ExecutionFailed"]) as [],
  };
}

/** The same without these events, and the operations that they ended still started. */
function withoutEvents(
  aws: Observation,
  signature: RegExp,
  isAffected: (operation: Observation["operations"][number]) => boolean,
): Observation {
  return {
    ...aws,
    events: aws.events.filter((event) => !signature.test(event)),
    operations: aws.operations.map((operation) =>
      isAffected(operation) ? { ...operation, status: "STARTED" } : operation,
    ),
  };
}
