import { expect, test } from "vitest";
import { readBody } from "./body.ts";

/** Stands still, until its reader lets go of it: then it ends, or fails, as platforms do. */
function stalled(how: "ends" | "fails"): Request {
  const waiting = Promise.withResolvers<{ done: true; value: undefined }>();
  const reader = {
    read: () => waiting.promise,
    cancel: async () =>
      how === "ends" ? waiting.resolve({ done: true, value: undefined }) : waiting.reject(new Error()),
  };
  return { body: { getReader: () => reader } } as unknown as Request;
}

test.for(["ends", "fails"] as const)(
  "a body that is late is told as late where one that is let go of %s",
  async (how) => {
    await expect(readBody(stalled(how), { bytes: 10, ms: 5 })).rejects.toMatchObject({
      code: "RequestTimeoutException",
      status: 408,
    });
  },
);
