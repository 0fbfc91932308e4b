/**
 * A call to an object that cannot be reached: the object was reset by a deploy, moved, or is overloaded. These errors
 * are the platform's own and pass; an error of the object itself comes as an answer and is not seen here.
 */

import { ClientError, ClientErrorCode } from "../../engine/runner/client.ts";
import { misconfiguration } from "./misconfigured.ts";

const TRIES = 4;
const FIRST_PAUSE_MS = 50;

/**
 * Makes a call, and makes it again if that is `repeatable` and may help.
 *
 * @throws {ClientError} `TooManyRequestsException` from an overloaded object, `ServiceException` from one that was not
 * reached, or that the Worker's configuration keeps from being reached; the platform's error is the cause.
 */
export async function reach<T>(call: () => Promise<T>, repeatable: boolean): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof ClientError) throw error;
      const told = misconfiguration(error);
      if (told !== undefined) throw caused(new ClientError(ClientErrorCode.SERVICE, told), error);
      const overloaded = isOverloaded(error);
      if (overloaded || !repeatable || failures === TRIES) throw unreached(error, overloaded);
      await pause(FIRST_PAUSE_MS * 2 ** failures);
    }
  }
}

function unreached(error: unknown, overloaded: boolean): ClientError {
  const told = overloaded
    ? new ClientError(ClientErrorCode.THROTTLED, "The execution has too much to do; try again later.")
    : new ClientError(
        ClientErrorCode.SERVICE,
        "The execution could not be reached; what was asked may have been done.",
      );
  return caused(told, error);
}

function caused(told: ClientError, cause: unknown): ClientError {
  told.cause = cause;
  return told;
}

/** The platform marks such an error, and asks not to try again at once. */
function isOverloaded(error: unknown): boolean {
  return typeof error === "object" && error !== null && "overloaded" in error && error.overloaded === true;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
