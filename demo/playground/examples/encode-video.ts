/** A video: wait for its source, encode it, derive what a reviewer needs, ask a person, publish. */

import { CallbackTimeoutError, createRetryStrategy, type DurableContext, withDurableExecution } from "perdure";

interface Request {
  readonly key: string;
  readonly channels: string[];
}

const patient = createRetryStrategy({ maxAttempts: 3, initialDelay: { seconds: 2 }, backoffRate: 2 });

export const encodeVideo = withDurableExecution(async (event: Request, context: DurableContext) => {
  const source = await context.waitForCondition(
    "find source",
    async ({ looks }: { looks: number; found: boolean }) => ({ looks: looks + 1, found: looks + 1 >= 3 }),
    {
      initialState: { looks: 0, found: false },
      waitStrategy: ({ looks, found }) =>
        found || looks >= 10 ? { shouldContinue: false } : { shouldContinue: true, delay: { seconds: 2 } },
    },
  );
  if (!source.found) return { status: "failed", reason: `${event.key} did not arrive` };

  const request = await context.step("identify request", async () => crypto.randomUUID());
  const job = await context.step("create job", async ({ attempt }) => createJob(request, attempt), {
    retryStrategy: patient,
  });
  await context.wait("encode", { seconds: 20 });

  const review = await context.parallel("derive", [
    { name: "poster", func: (branch: DurableContext) => branch.step("derive poster", () => work("poster.jpg")) },
    { name: "captions", func: (branch: DurableContext) => branch.step("derive captions", () => work("captions.vtt")) },
    { name: "report", func: (branch: DurableContext) => branch.step("derive report", () => work("report.json")) },
  ]);
  review.throwIfError();

  if (!(await isApproved(job, context))) return { status: "rejected", job };
  const published = await context.map(
    "publish",
    event.channels,
    async (item, channel) => item.step(`publish to ${channel}`, () => work(`${channel}/${request}`)),
    { maxConcurrency: 2, itemNamer: (channel) => channel },
  );
  return { status: "succeeded", job, published: published.getResults() };
});

/** Asks a person: look for it under Callbacks, on the right. */
async function isApproved(job: string, context: DurableContext): Promise<boolean> {
  try {
    const answer = await context.waitForCallback(
      "approval",
      async (_callbackId, { logger }) => logger.info("asked", { job }),
      {
        timeout: { hours: 24 },
      },
    );
    return answer !== "no";
  } catch (error) {
    if (error instanceof CallbackTimeoutError) return false;
    throw error;
  }
}

async function createJob(request: string, attempt: number): Promise<string> {
  await work("job");
  if (attempt === 1) throw new Error("the encoder is busy");
  return `job-${request.slice(0, 8)}`;
}

async function work(result: string): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 700));
  return result;
}
