/**
 * Encodes a video: waits until its source is uploaded, has MediaConvert encode it, derives what a reviewer needs, asks
 * a person, and publishes. Everything that may differ from one run to the next (ids, times, answers of services) comes
 * out of a step, so that the handler takes the same way whenever it is replayed.
 *
 * Nothing but the import tells that this is not AWS's own SDK: with "@aws/durable-execution-sdk-js" it runs there.
 */

import { CreateJobCommand, DescribeEndpointsCommand, GetJobCommand, type Job } from "@aws-sdk/client-mediaconvert";
import {
  CallbackTimeoutError,
  createRetryStrategy,
  type DurableContext,
  type Duration,
  withDurableExecution,
} from "perdure";
import { mediaConvert } from "./aws-clients.ts";
import { jobRequest } from "./encode-settings.ts";
import { headObject, putJson, splitUri } from "./objects.ts";

export interface EncodeRequest {
  readonly bucket: string;
  /** The source, which may still be on its way. */
  readonly key: string;
  /** The role that MediaConvert takes on. */
  readonly role?: string;
  /** Where to publish; default `web`, `mobile` and `archive`. */
  readonly channels?: string[];
  readonly pace?: Pace;
}

/** How long to wait for what; shorter for a demonstration, the defaults for real videos. */
export interface Pace {
  /** Between two looks for the source; default 30 s. */
  readonly source?: Duration;
  /** Between two looks at the job; default 60 s. */
  readonly job?: Duration;
  /** For the reviewer's answer; default 24 hours. */
  readonly approval?: Duration;
}

export type EncodeResult =
  | {
      readonly status: "succeeded";
      readonly requestId: string;
      readonly requestedAt: string;
      readonly jobId: string;
      /** `s3://bucket/key` */
      readonly output: string;
      readonly approvedBy: string;
      readonly published: readonly string[];
    }
  | { readonly status: "rejected"; readonly reason: string; readonly jobId: string }
  | { readonly status: "failed"; readonly reason: string; readonly jobId?: string };

/** What the reviewer answers: the callback's result, as JSON. */
export interface Approval {
  readonly approved: boolean;
  readonly by?: string;
  readonly reason?: string;
}

const CHECKS = 10;
const DEFAULT_ROLE = "arn:aws:iam::000000000000:role/encode-video";
const patient = createRetryStrategy({ maxAttempts: 3, initialDelay: { seconds: 1 }, backoffRate: 2 });

export const encodeVideo = withDurableExecution(
  async (event: EncodeRequest, context: DurableContext): Promise<EncodeResult> => {
    if (!(await findSource(event, context))) {
      return { status: "failed", reason: `${event.key} did not arrive in ${event.bucket}` };
    }
    const request = await context.step("identify request", async () => ({
      id: crypto.randomUUID(),
      token: crypto.randomUUID(),
      at: new Date().toISOString(),
    }));
    const endpoint = await context.step("find endpoint", findEndpoint);
    const jobId = await createJob(event, context, { ...request, endpoint });
    const job = await finishJob(event, context, { endpoint, jobId });
    if (job.status !== "COMPLETE") {
      context.logger.error("no video", { jobId, ...job });
      return { status: "failed", reason: job.error ?? `not encoded after ${CHECKS} looks`, jobId };
    }
    const output = job.output ?? `s3://${event.bucket}/${destinationKey(event.key, request.id)}.mp4`;
    const review = await prepareReview(event, context, { request, output });
    const approval = await askReviewer(event, context, { request, review });
    if (!approval.approved) return { status: "rejected", reason: approval.reason ?? "no reason given", jobId };
    const published = await publish(event, context, { request, output });
    context.logger.info("published", { jobId, output, published });
    return {
      status: "succeeded",
      requestId: request.id,
      requestedAt: request.at,
      jobId,
      output,
      approvedBy: approval.by ?? "unknown",
      published,
    };
  },
);

interface RequestIdentity {
  readonly id: string;
  readonly token: string;
  readonly at: string;
}

async function findSource(event: EncodeRequest, context: DurableContext): Promise<boolean> {
  const { found } = await context.waitForCondition(
    "find source",
    async (state, { logger }) => {
      const attempt = state.attempt + 1;
      const head = await headObject(event.bucket, event.key);
      logger.info("looked for the source", { key: event.key, attempt, found: head !== undefined });
      return { attempt, found: head !== undefined };
    },
    {
      initialState: { attempt: 0, found: false },
      waitStrategy: ({ attempt, found }) =>
        found || attempt >= CHECKS
          ? { shouldContinue: false }
          : { shouldContinue: true, delay: event.pace?.source ?? { seconds: 30 } },
    },
  );
  return found;
}

/** Accounts had endpoints of their own; MediaConvert still tells them, and the region's serves as well. */
async function findEndpoint(): Promise<string> {
  const { Endpoints } = await mediaConvert().send(new DescribeEndpointsCommand({}));
  const url = Endpoints?.[0]?.Url;
  if (url === undefined) throw new Error("MediaConvert named no endpoint");
  return url;
}

/** The token was made in a step of its own: whoever runs this again asks for the same job, and gets it. */
async function createJob(
  event: EncodeRequest,
  context: DurableContext,
  request: RequestIdentity & { readonly endpoint: string },
): Promise<string> {
  const height = await context.step("measure source", async () => {
    const head = await headObject(event.bucket, event.key);
    return Number(head?.Metadata?.["height"] ?? 1080);
  });
  let accelerated = false;
  if (height > 1080) {
    await context.step("book acceleration", async () => {
      await putJson(event.bucket, `bookings/${request.id}.json`, { height, at: request.at });
    });
    accelerated = true;
  }
  const create = async (): Promise<string> => {
    const input = jobRequest({
      role: event.role ?? DEFAULT_ROLE,
      token: request.token,
      source: `s3://${event.bucket}/${event.key}`,
      destination: `s3://${event.bucket}/${destinationKey(event.key, request.id)}`,
      maxBitrate: height > 720 ? 6_000_000 : 2_500_000,
      accelerated,
    });
    const { Job } = await mediaConvert(request.endpoint).send(new CreateJobCommand(input));
    if (Job?.Id === undefined) throw new Error("MediaConvert named no job");
    return Job.Id;
  };
  const jobId = await context.step("create job", create, { retryStrategy: patient });
  context.logger.info("job created", { jobId, height, accelerated });
  return jobId;
}

interface JobState {
  readonly attempt: number;
  readonly status: string;
  readonly output?: string;
  readonly error?: string;
}

async function finishJob(
  event: EncodeRequest,
  context: DurableContext,
  job: { readonly endpoint: string; readonly jobId: string },
): Promise<JobState> {
  const initialState: JobState = { attempt: 0, status: "SUBMITTED" };
  return await context.waitForCondition(
    "finish job",
    async (state, { logger }) => {
      const { Job } = await mediaConvert(job.endpoint).send(new GetJobCommand({ Id: job.jobId }));
      const next = jobState(Job, state.attempt + 1);
      logger.info("looked at the job", { jobId: job.jobId, ...next });
      return next;
    },
    {
      initialState,
      waitStrategy: ({ attempt, status }) =>
        status === "COMPLETE" || status === "ERROR" || status === "CANCELED" || attempt >= CHECKS
          ? { shouldContinue: false }
          : { shouldContinue: true, delay: event.pace?.job ?? { seconds: 60 } },
    },
  );
}

function jobState(job: Job | undefined, attempt: number): JobState {
  const status = job?.Status ?? "SUBMITTED";
  if (status === "ERROR") return { attempt, status, error: job?.ErrorMessage ?? "MediaConvert gave no message" };
  if (status === "CANCELED") return { attempt, status, error: "the job was cancelled" };
  const group = job?.Settings?.OutputGroups?.[0];
  const destination = group?.OutputGroupSettings?.FileGroupSettings?.Destination;
  const extension = group?.Outputs?.[0]?.Extension ?? "mp4";
  return destination === undefined ? { attempt, status } : { attempt, status, output: `${destination}.${extension}` };
}

/** What a reviewer looks at, derived all at once. */
async function prepareReview(
  event: EncodeRequest,
  context: DurableContext,
  { request, output }: { readonly request: RequestIdentity; readonly output: string },
): Promise<readonly string[]> {
  const derive = (kind: string, content: () => Promise<unknown>) => async (branch: DurableContext) =>
    await branch.step(`derive ${kind}`, async () => {
      const key = `reviews/${request.id}/${kind}.json`;
      await putJson(event.bucket, key, await content());
      return key;
    });
  const derived = await context.parallel("derive", [
    derive("poster", async () => ({ frameOf: output, second: 5 })),
    derive("captions", async () => ({ spokenIn: output, language: "en" })),
    derive("report", async () => ({ output, bytes: (await headObject(...splitUri(output)))?.ContentLength ?? null })),
  ]);
  derived.throwIfError();
  const [poster = "", captions = "", report = ""] = derived.getResults();
  return [poster, captions, report];
}

/** Asks a person, who answers through the callback API with an {@link Approval}. */
async function askReviewer(
  event: EncodeRequest,
  context: DurableContext,
  { request, review }: { readonly request: RequestIdentity; readonly review: readonly string[] },
): Promise<Approval> {
  try {
    const answer = await context.waitForCallback(
      "approval",
      async (callbackId) => {
        await putJson(event.bucket, `reviews/${request.id}/approval.json`, { callbackId, review, askedFor: event.key });
      },
      { timeout: event.pace?.approval ?? { hours: 24 } },
    );
    return readApproval(answer);
  } catch (error) {
    if (!(error instanceof CallbackTimeoutError)) throw error;
    return { approved: false, reason: "nobody answered in time" };
  }
}

function readApproval(answer: string): Approval {
  try {
    const { approved, by, reason } = JSON.parse(answer) as Partial<Approval>;
    return {
      approved: approved === true,
      ...(typeof by === "string" ? { by } : {}),
      ...(typeof reason === "string" ? { reason } : {}),
    };
  } catch {
    return { approved: false, reason: "the answer was not JSON" };
  }
}

async function publish(
  event: EncodeRequest,
  context: DurableContext,
  { request, output }: { readonly request: RequestIdentity; readonly output: string },
): Promise<readonly string[]> {
  const channels = await context.map(
    "publish",
    event.channels ?? ["web", "mobile", "archive"],
    async (item, channel) =>
      await item.step(`publish to ${channel}`, async () => {
        const key = `published/${channel}/${request.id}.json`;
        await putJson(event.bucket, key, { output, requestedAt: request.at });
        return key;
      }),
    { maxConcurrency: 2, itemNamer: (channel) => channel },
  );
  channels.throwIfError();
  return channels.getResults();
}

function destinationKey(key: string, requestId: string): string {
  const stem = key.includes(".") ? key.slice(0, key.lastIndexOf(".")) : key;
  return `encoded/${requestId}/${stem}`;
}
